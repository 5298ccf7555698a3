/** A number with a unit: in the inspector, on a card, and with one value per plane. */
import { useStore } from 'zustand';
import { isList } from '../../graph/format.ts';
import type { QuantityParam } from '../../optics/element.ts';
import { formatNumber } from '../../optics/units.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { settle, setValue } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { LearnToggle, Travel, UnitSwitch } from './FieldParts.tsx';
import { FieldRow } from './FieldRow.tsx';
import styles from './fields.module.css';
import { LinkChip } from './LinkParts.tsx';
import { NumberField } from './NumberField.tsx';
import { fieldUnit, readValue, unitsOf, valueText } from './quantityText.ts';
import { softRangeOf } from './scale.ts';
import { useLink } from './useLink.ts';
import { type FieldProps, useElementType, useLiveValue, useParam } from './useParam.ts';

const cx = moduleClasses(styles);

/** What is learned of a parameter that can hold one value per plane: all planes, where the document says so. */
function useLearnPath(nodeId: string, param: string, spec: QuantityParam): string {
  const path = `${nodeId}.${param}`;
  return useStore(documentStore, ({ design }) =>
    spec.perPlane === true && design.learn.includes(`${path}.*`) ? `${path}.*` : path,
  );
}

export function QuantityRow({ nodeId, param, spec }: FieldProps<QuantityParam>) {
  const stored = useParam(nodeId, param);
  const path = `${nodeId}.${param}`;
  const live = useLiveValue(path);
  const link = useLink(path);
  const type = useElementType(nodeId);
  const chosen = useStore(settingsStore, (state) => state.units[`${type}.${param}`]);
  const learnPath = useLearnPath(nodeId, param, spec);
  const learned = useStore(documentStore, ({ design }) => design.learn.includes(learnPath));
  if (stored !== undefined && typeof stored === 'object' && isList(stored)) {
    return <PlanesRow nodeId={nodeId} param={param} spec={spec} values={stored} />;
  }
  const value = live ?? (typeof stored === 'number' ? stored : spec.default);
  const unit = fieldUnit(spec, param, nodeId, chosen);
  const units = unitsOf(spec, param, nodeId);
  const range = softRangeOf(spec);
  const text = valueText(value, unit);
  const change = (next: number, final: boolean): void => setValue(path, next, final);
  const travel = { value, text, range, unit, learned, onChange: change };
  return (
    <FieldRow
      nodeId={nodeId}
      param={param}
      spec={spec}
      {...(spec.learnable ? { learnPath } : {})}
      below={<Travel label={spec.title} link={link} disabled={live !== undefined} {...travel} />}
    >
      <LinkChip link={link} title={spec.title} />
      <LearnToggle
        path={learnPath}
        title={spec.title}
        learnable={spec.learnable && link.text === null}
        testId={`learn-${learnPath}`}
      />
      <NumberField
        link={link}
        label={spec.title}
        testId={`field-${path}`}
        value={value}
        factor={unit.factor}
        range={range}
        text={text}
        parse={(typed) => readValue(path, typed, unit)}
        live={live !== undefined}
        disabled={live !== undefined}
        after={
          <UnitSwitch
            unit={unit}
            units={units}
            unitKey={`${type}.${param}`}
            {...(link.text === null ? { linkPath: path } : {})}
          />
        }
        onChange={change}
        onSettle={settle}
      />
    </FieldRow>
  );
}

/** A card is narrow: values that a fit moves are cut to what fits, long units stand in the inspector only. */
const LIVE_DIGITS = 4;
const LONGEST_CARD_UNIT = 4;

export function QuantityCompact({ nodeId, param, spec }: FieldProps<QuantityParam>) {
  const stored = useParam(nodeId, param);
  const path = `${nodeId}.${param}`;
  const live = useLiveValue(path);
  const link = useLink(path);
  const learnPath = useLearnPath(nodeId, param, spec);
  const type = useElementType(nodeId);
  const chosen = useStore(settingsStore, (state) => state.units[`${type}.${param}`]);
  const list = stored !== undefined && typeof stored === 'object' && isList(stored) ? stored : null;
  const value = live ?? (typeof stored === 'number' ? stored : (list?.[0] ?? spec.default));
  const unit = fieldUnit(spec, param, nodeId, chosen);
  return (
    <div className={cx('line', 'compactLine')} data-learn-path={spec.learnable ? learnPath : undefined}>
      <span className={cx('label')} title={spec.doc}>
        {spec.title}
      </span>
      <LinkChip link={link} title={spec.title} prefix="card-" />
      <LearnToggle
        path={learnPath}
        title={spec.title}
        learnable={spec.learnable && link.text === null}
        testId={`card-learn-${learnPath}`}
      />
      {list !== null ? (
        <span className={cx('note')}>{list.length} planes</span>
      ) : (
        <NumberField
          compact
          link={link}
          label={spec.title}
          testId={`card-field-${path}`}
          value={value}
          factor={unit.factor}
          range={softRangeOf(spec)}
          text={live === undefined ? valueText(value, unit) : formatNumber(value / unit.factor, LIVE_DIGITS)}
          parse={(typed) => readValue(path, typed, unit)}
          live={live !== undefined}
          disabled={live !== undefined}
          after={unit.symbol.length <= LONGEST_CARD_UNIT && <span className={cx('unit')}>{unit.symbol}</span>}
          onChange={(next, final) => setValue(path, next, final)}
          onSettle={settle}
        />
      )}
    </div>
  );
}

/** A parameter with one value per plane: how many, from where to where. */
function PlanesRow({
  nodeId,
  param,
  spec,
  values,
}: FieldProps<QuantityParam> & { readonly values: readonly number[] }) {
  const type = useElementType(nodeId);
  const chosen = useStore(settingsStore, (state) => state.units[`${type}.${param}`]);
  const unit = fieldUnit(spec, param, nodeId, chosen);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high === low ? 1 : high - low;
  const points = values
    .map((value, index) => {
      const x = (index / Math.max(1, values.length - 1)) * 100;
      return `${x.toFixed(2)},${(22 - ((value - low) / span) * 20).toFixed(2)}`;
    })
    .join(' ');
  const path = `${nodeId}.${param}.*`;
  return (
    <FieldRow
      nodeId={nodeId}
      param={param}
      spec={spec}
      {...(spec.learnable ? { learnPath: path } : {})}
      below={
        <>
          <svg className={cx('spark')} viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
            <polyline
              points={points}
              fill="none"
              stroke="var(--accent)"
              strokeWidth="1.5"
              vectorEffect="non-scaling-stroke"
            />
          </svg>
          <div className={cx('planes')}>
            <span className={cx('note')}>
              {valueText(low, unit)} to {valueText(high, unit)} {unit.symbol}
            </span>
            <Button
              small
              onClick={() =>
                setValue(`${nodeId}.${param}`, values.reduce((sum, each) => sum + each, 0) / values.length)
              }
            >
              Use one value
            </Button>
          </div>
        </>
      }
    >
      <LearnToggle path={path} title={spec.title} learnable={spec.learnable} testId={`learn-${path}`} />
      <span className={cx('note')}>{values.length} planes</span>
    </FieldRow>
  );
}
