import { Plus, X } from 'lucide-react';
import { memo } from 'react';
import { useStore } from 'zustand';
import { getAt } from '../../graph/paths.ts';
import type { ZernikeParam } from '../../optics/element.ts';
import { nollToDegree, zernikeName } from '../../optics/maths/zernike.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../parts/Menu.tsx';
import { settle, setValue, toggleLearnPath } from '../stores/actions.ts';
import { documentStore, registry } from '../stores/app.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { LearnToggle, Travel, UnitSwitch } from './FieldParts.tsx';
import styles from './fields.module.css';
import { LinkChip } from './LinkParts.tsx';
import { NumberField } from './NumberField.tsx';
import { openTerms, rememberTerm } from './openTerms.ts';
import { type FieldUnit, fieldUnit, readValue, unitsOf, valueText } from './quantityText.ts';
import type { SoftRange } from './scale.ts';
import { useLink } from './useLink.ts';
import { useLiveValue, useParam, useTermNames } from './useParam.ts';
import { edgeValue, indexIn, ORDERS, SIGN_NOTE, SIZES, sizedUnit, termsInOrder } from './zernikeView.ts';

const cx = moduleClasses(styles);

function nameOf(nollIndex: number): string {
  const { n, m } = nollToDegree(nollIndex);
  const name = zernikeName(n, m);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
const OFFERED_TERMS = 37;

interface TermsProps {
  readonly nodeId: string;
  readonly param: string;
  readonly spec: ZernikeParam;
}

/** Aberrations as Zernike terms: a row for every term that is set, learned or opened here. */
export function ZernikeEditor({ nodeId, param, spec }: TermsProps) {
  const set = useTermNames(nodeId, param);
  const path = `${nodeId}.${param}`;
  const learned = useStore(documentStore, ({ design }) =>
    design.learn.filter((each) => each.startsWith(`${path}.`)).join(' '),
  );
  const opened = useStore(openTerms, (state) => state.terms[path]);
  const type = useStore(
    documentStore,
    ({ design }) => design.nodes.find((node) => node.id === nodeId)?.type ?? '',
  );
  const unitKey = `${type}.${param}`;
  const chosen = useStore(settingsStore, (state) => state.units[unitKey]);
  const unit = fieldUnit(spec, param, nodeId, chosen);
  const learnedTerms = learned === '' ? [] : learned.split(' ').map((each) => Number(each.split('.')[2]));
  const order = useStore(settingsStore, ({ zernikeOrder }) => zernikeOrder);
  const shown = [...new Set([...set.map(Number), ...learnedTerms, ...(opened ?? [])])].sort(
    (a, b) => indexIn(order, a) - indexIn(order, b),
  );
  const offered = termsInOrder(order, OFFERED_TERMS, spec.maxIndex).filter((index) => !shown.includes(index));
  return (
    <section className={cx('row')} aria-label={spec.title}>
      <div className={cx('subhead')}>
        <Hint text={spec.doc} side="left">
          <span>{spec.title}</span>
        </Hint>
        <span className={cx('line')}>
          <Menu
            align="end"
            trigger={
              <Button small look="outlined" data-testid={`add-term-${path}`}>
                <Plus size={13} /> Add term
              </Button>
            }
          >
            {offered.map((index) => (
              <MenuItem
                key={index}
                text={`Z${indexIn(order, index)}  ${nameOf(index)}`}
                testId={`add-term-${path}.${index}`}
                onSelect={() => rememberTerm(path, index)}
              />
            ))}
          </Menu>
        </span>
      </div>
      <div className={cx('conventions')}>
        <OrderSwitch />
        <UnitSwitch unit={unit} units={unitsOf(spec, param, nodeId)} unitKey={unitKey} />
      </div>
      <p className={cx('note')}>{shown.length === 0 ? 'No aberrations: a perfect wavefront.' : SIGN_NOTE}</p>
      {shown.map((index) => (
        <Term key={index} nodeId={nodeId} param={param} spec={spec} index={index} unit={unit} />
      ))}
    </section>
  );
}

/** Which index order and which size of coefficients are shown; the document keeps Noll indices and RMS. */
const OrderSwitch = memo(function OrderSwitch() {
  const order = useStore(settingsStore, ({ zernikeOrder }) => zernikeOrder);
  const size = useStore(settingsStore, ({ zernikeSize }) => zernikeSize);
  const { set } = settingsStore.getState();
  const text = [
    ORDERS.find(({ value }) => value === order)?.text,
    SIZES.find(({ value }) => value === size)?.text,
  ];
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          className={`${cx('convention')} nodrag`}
          aria-label={`Zernike convention: ${text.join(', ')}`}
          data-testid="zernike-convention"
        >
          {text.join(' · ')}
        </button>
      }
    >
      <MenuLabel>Index order</MenuLabel>
      <MenuChoice value={order} options={ORDERS} onChange={(zernikeOrder) => set({ zernikeOrder })} />
      <MenuLine />
      <MenuLabel>Coefficient</MenuLabel>
      <MenuChoice value={size} options={SIZES} onChange={(zernikeSize) => set({ zernikeSize })} />
    </Menu>
  );
});

/** Sets a term to nothing and closes its row. */
const RemoveTerm = memo(function RemoveTerm({
  base,
  index,
  label,
  disabled,
}: {
  readonly base: string;
  readonly index: number;
  readonly label: string;
  readonly disabled: boolean;
}) {
  const remove = (): void => {
    const path = `${base}.${index}`;
    const { design } = documentStore.getState();
    if (design.learn.includes(path)) toggleLearnPath(path);
    if ((getAt(design, registry, path) ?? 0) !== 0) setValue(path, 0);
    rememberTerm(base, index, false);
  };
  return <IconButton small label={label} icon={<X size={13} />} disabled={disabled} onClick={remove} />;
});

function Term({
  nodeId,
  param,
  spec,
  index,
  unit: plainUnit,
}: TermsProps & { readonly index: number; readonly unit: FieldUnit }) {
  const base = `${nodeId}.${param}`;
  const path = `${base}.${index}`;
  const stored = useParam(nodeId, `${param}.${index}`);
  const live = useLiveValue(path);
  const learned = useStore(documentStore, ({ design }) => design.learn.includes(path));
  const link = useLink(path);
  const value = live ?? (typeof stored === 'number' ? stored : 0);
  const range: SoftRange = { soft: spec.soft, scale: 'linear', min: spec.min, max: spec.max };
  const order = useStore(settingsStore, ({ zernikeOrder }) => zernikeOrder);
  const size = useStore(settingsStore, ({ zernikeSize }) => zernikeSize);
  const unit = sizedUnit(plainUnit, size, index);
  const text = valueText(value, unit);
  const { n, m } = nollToDegree(index);
  const name = nameOf(index);
  const label = `Z${indexIn(order, index)} ${name}`;
  const parse = (typed: string) => {
    const read = readValue(path, typed, plainUnit);
    return read.ok && size === 'peak' ? { ...read, value: read.value / edgeValue(index) } : read;
  };
  const change = (next: number, final: boolean): void => {
    rememberTerm(base, index);
    setValue(path, next, final);
  };
  const travel = { value, text, range, unit, learned, onChange: change };
  return (
    <div className={cx('zernikeRow')} data-learn-path={path}>
      <span className={cx('nollIndex')}>Z{indexIn(order, index)}</span>
      <span className={cx('zernikeName')} title={`${name}: Noll ${index}, n = ${n}, m = ${m}`}>
        {name}
      </span>
      <span>
        <LinkChip link={link} title={label} />
        <LearnToggle
          path={path}
          title={name}
          learnable={spec.learnable && link.text === null}
          testId={`learn-${path}`}
        />
      </span>
      <NumberField
        compact
        link={link}
        label={label}
        testId={`field-${path}`}
        value={value}
        factor={unit.factor}
        range={range}
        text={text}
        parse={parse}
        live={live !== undefined}
        disabled={live !== undefined}
        after={<span className={cx('unit')}>{unit.symbol}</span>}
        onChange={change}
        onSettle={settle}
      />
      <RemoveTerm
        base={base}
        index={index}
        label={`Remove Z${indexIn(order, index)}`}
        disabled={live !== undefined}
      />
      <span className={cx('zernikeSlider')}>
        <Travel label={label} link={link} disabled={live !== undefined} {...travel} />
      </span>
    </div>
  );
}
