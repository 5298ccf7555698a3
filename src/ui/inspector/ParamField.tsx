import { Switch } from 'radix-ui';
import { memo, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { formatParam, isList, isTerms } from '../../graph/format.ts';
import { defaultValue } from '../../graph/registry.ts';
import { tableRows } from '../../graph/tables.ts';
import type {
  ChoiceParam,
  IntegerParam,
  MapParam,
  ParamSpec,
  QuantityParam,
  SwitchParam,
  TableParam,
} from '../../optics/element.ts';
import { formatNumber } from '../../optics/units.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { resetValue, settle, setValue } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { LearnToggle, TravelSlider, UnitSwitch } from './FieldParts.tsx';
import styles from './fields.module.css';
import { ImageField } from './ImageField.tsx';
import { termsText } from './learned.ts';
import { MapField } from './MapField.tsx';
import { NumberField } from './NumberField.tsx';
import { fieldUnit, readValue, unitsOf, valueText } from './quantityText.ts';
import { type SoftRange, softRangeOf } from './scale.ts';
import { type FieldProps, useLiveValue, useParam } from './useParam.ts';
import { ZernikeEditor } from './ZernikeEditor.tsx';

const cx = moduleClasses(styles);

/** What is learned of a parameter that can hold one value per plane: all planes, where the document says so. */
function useLearnPath(nodeId: string, param: string, spec: QuantityParam): string {
  const path = `${nodeId}.${param}`;
  return useStore(documentStore, ({ design }) =>
    spec.perPlane === true && design.learn.includes(`${path}.*`) ? `${path}.*` : path,
  );
}

function useElementType(nodeId: string): string {
  return useStore(documentStore, ({ design }) => design.nodes.find((node) => node.id === nodeId)?.type ?? '');
}

/** One parameter in the inspector. */
export const ParamField = memo(function ParamField({ nodeId, param, spec }: FieldProps) {
  switch (spec.kind) {
    case 'quantity':
      return <QuantityRow nodeId={nodeId} param={param} spec={spec} />;
    case 'zernike':
      return <ZernikeEditor nodeId={nodeId} param={param} spec={spec} />;
    case 'map':
      return <MapField nodeId={nodeId} param={param} spec={spec} />;
    case 'image':
      return <ImageField nodeId={nodeId} param={param} spec={spec} />;
    case 'table':
      return (
        <Row nodeId={nodeId} param={param} spec={spec}>
          <RowCount nodeId={nodeId} param={param} spec={spec} />
        </Row>
      );
    default:
      return (
        <Row nodeId={nodeId} param={param} spec={spec}>
          <SimpleControl nodeId={nodeId} param={param} spec={spec} />
        </Row>
      );
  }
});

/** One parameter on the node card. */
export const CompactField = memo(function CompactField({ nodeId, param, spec }: FieldProps) {
  if (spec.kind === 'quantity') return <QuantityCompact nodeId={nodeId} param={param} spec={spec} />;
  if (spec.kind === 'zernike') return <ZernikeSummary nodeId={nodeId} param={param} spec={spec} />;
  return (
    <div className={cx('line', 'compactLine')}>
      <span className={cx('label')}>{spec.title}</span>
      {spec.kind === 'map' ? (
        <MapName nodeId={nodeId} param={param} spec={spec} />
      ) : spec.kind === 'table' ? (
        <RowCount nodeId={nodeId} param={param} spec={spec} />
      ) : spec.kind === 'image' ? (
        <ImageName nodeId={nodeId} param={param} />
      ) : (
        <SimpleControl nodeId={nodeId} param={param} spec={spec} compact />
      )}
    </div>
  );
});

const RowLabel = memo(function RowLabel({ title, doc }: { readonly title: string; readonly doc: string }) {
  return (
    <Hint text={doc} side="left">
      <span className={cx('label')}>{title}</span>
    </Hint>
  );
});

function Row({
  nodeId,
  param,
  spec,
  children,
  below,
  learnPath,
}: FieldProps & { readonly children: ReactNode; readonly below?: ReactNode; readonly learnPath?: string }) {
  const changed = useStore(
    documentStore,
    ({ design }) => design.nodes.find((node) => node.id === nodeId)?.params[param] !== undefined,
  );
  const standard = formatParam(spec, defaultValue(spec));
  const automatic = useAutomatic(nodeId, param, spec);
  return (
    <div className={cx('row')} data-learn-path={learnPath}>
      {changed && (
        <Hint text={standard === '' ? 'Back to the default' : `Back to the default, ${standard}`} side="left">
          <button
            type="button"
            className={cx('reset')}
            aria-label={`Reset ${spec.title}`}
            onClick={() => resetValue(nodeId, param)}
          />
        </Hint>
      )}
      <div className={cx('line')}>
        <RowLabel title={spec.title} doc={spec.doc} />
        {children}
      </div>
      {automatic !== null && <p className={cx('note')}>automatic: {automatic}</p>}
      {below}
    </div>
  );
}

/** What a parameter at 0 stands for, where the element then chooses by itself. */
function useAutomatic(nodeId: string, param: string, spec: ParamSpec): string | null {
  const value = useParam(nodeId, param);
  const grid = useStore(documentStore, ({ design }) => design.grid);
  if (value !== 0 || (spec.kind !== 'quantity' && spec.kind !== 'integer')) return null;
  const { automatic } = spec;
  if (automatic === undefined || typeof automatic === 'string') return automatic ?? null;
  const chosen = automatic(grid);
  if (spec.kind === 'integer') return String(chosen);
  const unit = fieldUnit(spec, param, nodeId, undefined);
  return `${valueText(chosen, unit)} ${unit.symbol}`;
}

function QuantityRow({ nodeId, param, spec }: FieldProps<QuantityParam>) {
  const stored = useParam(nodeId, param);
  const path = `${nodeId}.${param}`;
  const live = useLiveValue(path);
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
  return (
    <Row
      nodeId={nodeId}
      param={param}
      spec={spec}
      {...(spec.learnable ? { learnPath } : {})}
      below={
        <TravelSlider
          label={spec.title}
          value={value}
          text={text}
          range={range}
          unit={unit}
          learned={learned}
          disabled={live !== undefined}
          onChange={change}
        />
      }
    >
      <LearnToggle
        path={learnPath}
        title={spec.title}
        learnable={spec.learnable}
        testId={`learn-${learnPath}`}
      />
      <NumberField
        label={spec.title}
        testId={`field-${path}`}
        value={value}
        factor={unit.factor}
        range={range}
        text={text}
        parse={(typed) => readValue(path, typed, unit)}
        live={live !== undefined}
        disabled={live !== undefined}
        after={<UnitSwitch unit={unit} units={units} unitKey={`${type}.${param}`} />}
        onChange={change}
        onSettle={settle}
      />
    </Row>
  );
}

/** A card is narrow: values that a fit moves are cut to what fits, long units stand in the inspector only. */
const LIVE_DIGITS = 4;
const LONGEST_CARD_UNIT = 4;

function QuantityCompact({ nodeId, param, spec }: FieldProps<QuantityParam>) {
  const stored = useParam(nodeId, param);
  const path = `${nodeId}.${param}`;
  const live = useLiveValue(path);
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
      <LearnToggle
        path={learnPath}
        title={spec.title}
        learnable={spec.learnable}
        testId={`card-learn-${learnPath}`}
      />
      {list !== null ? (
        <span className={cx('note')}>{list.length} planes</span>
      ) : (
        <NumberField
          compact
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
    <Row
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
    </Row>
  );
}

function SimpleControl({
  nodeId,
  param,
  spec,
  compact = false,
}: FieldProps<IntegerParam | ChoiceParam | SwitchParam> & { readonly compact?: boolean }) {
  const stored = useParam(nodeId, param);
  const path = `${nodeId}.${param}`;
  const testId = `${compact ? 'card-field' : 'field'}-${path}`;
  if (spec.kind === 'choice') {
    return (
      <select
        className={`${cx('select', compact && 'compactSelect')} nodrag`}
        aria-label={spec.title}
        data-testid={testId}
        value={typeof stored === 'string' ? stored : spec.default}
        onChange={(event) => setValue(path, event.currentTarget.value)}
      >
        {spec.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    );
  }
  if (spec.kind === 'switch') {
    return (
      <Switch.Root
        className={`${cx('switch')} nodrag`}
        aria-label={spec.title}
        data-testid={testId}
        checked={typeof stored === 'boolean' ? stored : spec.default}
        onCheckedChange={(checked) => setValue(path, checked)}
      >
        <Switch.Thumb className={cx('thumb')} />
      </Switch.Root>
    );
  }
  const value = typeof stored === 'number' ? stored : spec.default;
  const range: SoftRange = {
    soft: [spec.min, Math.min(spec.max, Math.max(spec.min + 10, 4 * spec.default))],
    scale: 'linear',
    min: spec.min,
    max: spec.max,
  };
  return (
    <NumberField
      compact={compact}
      whole
      label={spec.title}
      testId={testId}
      value={value}
      factor={1}
      range={range}
      text={String(value)}
      parse={(typed) => readValue(path, typed, { symbol: '', factor: 1 })}
      onChange={(next, final) => setValue(path, Math.round(next), final)}
      onSettle={settle}
    />
  );
}

function ZernikeSummary({ nodeId, param, spec }: FieldProps) {
  const stored = useParam(nodeId, param);
  const set = isTerms(stored) ? Object.keys(stored) : [];
  const stem = `${nodeId}.${param}.`;
  const learned = useStore(
    documentStore,
    useShallow(({ design }) =>
      design.learn.filter((path) => path.startsWith(stem)).map((path) => path.slice(stem.length)),
    ),
  );
  return (
    <div className={cx('line', 'compactLine')}>
      <span className={cx('label')}>{spec.title}</span>
      <span className={cx('note')}>{termsText(set, learned)}</span>
    </div>
  );
}

/** Whether the fit may change the map, and what it starts from. */
function MapName({ nodeId, param, spec }: FieldProps<MapParam>) {
  const data = useParam(nodeId, param);
  const path = `${nodeId}.${param}`;
  const start = typeof data === 'string' ? 'drawn' : typeof data === 'object' ? 'random' : 'flat';
  return (
    <>
      <span className={cx('note')}>{start}</span>
      <LearnToggle path={path} title={spec.title} learnable={spec.learnable} testId={`card-learn-${path}`} />
    </>
  );
}

/** "3 spheres" */
function RowCount({ nodeId, param, spec }: FieldProps<TableParam>) {
  const data = useParam(nodeId, param);
  return <span className={cx('note')}>{formatParam(spec, tableRows(spec, data))}</span>;
}

function ImageName({ nodeId, param }: { readonly nodeId: string; readonly param: string }) {
  const id = useParam(nodeId, param);
  const name = useStore(documentStore, ({ design }) =>
    typeof id === 'string' ? (design.images[id]?.name ?? 'none yet') : 'none yet',
  );
  return <span className={cx('note')}>{name}</span>;
}
