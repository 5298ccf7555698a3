import { useId, useState } from 'react';
import { useStore } from 'zustand';
import { moduleClasses } from '../parts/classNames.ts';
import { formatValue, linearTicks } from '../views/format.ts';
import { AGAINST, type Against, batchParameters, batchPoints, batchSummary } from './batch.ts';
import styles from './guide.module.css';
import { guideStore } from './guideStore.ts';

const cx = moduleClasses(styles);

const AGAINST_TITLES: Readonly<Record<Against, string>> = {
  bead: 'beads in turn',
  column: 'column in the file',
  row: 'row in the file',
};

const WIDTH = 270;
const HEIGHT = 150;
const LEFT = 52;
const BOTTOM = 18;
const TOP = 8;
const RIGHT = 8;

/** One parameter of every bead with its error, and the mean ± scatter of all. */
export function BatchChart() {
  const rows = useStore(guideStore, (state) => state.batch.rows);
  const [chosen, setChosen] = useState<string | null>(null);
  const [against, setAgainst] = useState<Against>('bead');
  const id = useId();
  const parameters = batchParameters(rows);
  const parameter =
    parameters.find(({ path }) => path === chosen) ??
    parameters.find(({ path }) => path.includes('.zernike.')) ??
    parameters[0];
  if (parameter === undefined) return null;
  const points = batchPoints(rows, parameter.path, against);
  const summary = batchSummary(rows).find(({ path }) => path === parameter.path) ?? null;
  return (
    <figure className={cx('chart')} data-testid="guide-batch-chart">
      <div className={cx('chooseLine')}>
        <label htmlFor={`${id}-what`}>Parameter</label>
        <select id={`${id}-what`} value={parameter.path} onChange={(event) => setChosen(event.target.value)}>
          {parameters.map(({ path, title }) => (
            <option key={path} value={path}>
              {title}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}-against`}>against</label>
        <select
          id={`${id}-against`}
          value={against}
          onChange={(event) => setAgainst(AGAINST.find((each) => each === event.target.value) ?? 'bead')}
        >
          {AGAINST.map((each) => (
            <option key={each} value={each}>
              {AGAINST_TITLES[each]}
            </option>
          ))}
        </select>
      </div>
      <Plot points={points} summary={summary} unit={parameter.unit} />
    </figure>
  );
}

interface PlotProps {
  readonly points: ReturnType<typeof batchPoints>;
  readonly summary: { readonly mean: number; readonly deviation: number | null } | null;
  readonly unit: string;
}

function Plot({ points, summary, unit }: PlotProps) {
  const low = points.map(({ value, sigma }) => value - (sigma ?? 0));
  const high = points.map(({ value, sigma }) => value + (sigma ?? 0));
  const band = summary?.deviation ?? 0;
  if (summary !== null) {
    low.push(summary.mean - band);
    high.push(summary.mean + band);
  }
  const [bottom, top] = padded(Math.min(...low), Math.max(...high));
  const [first, last] = padded(
    Math.min(...points.map(({ at }) => at)),
    Math.max(...points.map(({ at }) => at)),
  );
  const x = (at: number) => LEFT + ((at - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) =>
    HEIGHT - BOTTOM - ((value - bottom) / (top - bottom)) * (HEIGHT - BOTTOM - TOP);
  const words = points.map(({ title, value }) => `${title}: ${formatValue(value, 3)}`).join(', ');
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${words} ${unit}`}>
      {summary !== null && (
        <>
          <rect
            className={cx('band')}
            x={LEFT}
            width={WIDTH - LEFT - RIGHT}
            y={y(summary.mean + band)}
            height={Math.max(0.5, y(summary.mean - band) - y(summary.mean + band))}
          />
          <path className={cx('mean')} d={`M${LEFT} ${y(summary.mean)}H${WIDTH - RIGHT}`} />
        </>
      )}
      <path className={cx('axis')} d={`M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}`} />
      {linearTicks(bottom, top, 4).map((tick) => (
        <text key={tick} className={cx('tick')} x={LEFT - 4} y={y(tick) + 3} textAnchor="end">
          {formatValue(tick, 3)}
        </text>
      ))}
      <text className={cx('tick')} x={LEFT + 4} y={TOP + 4}>
        {unit}
      </text>
      {linearTicks(first, last, 4).map((tick) => (
        <text key={tick} className={cx('tick')} x={x(tick)} y={HEIGHT - 5} textAnchor="middle">
          {formatValue(tick, 3)}
        </text>
      ))}
      {points.map(({ title, at, value, sigma, good }) => (
        <g key={title} className={cx('point', !good && 'poor')}>
          <title>{`${title}: ${formatValue(value, 4)} ${unit}`}</title>
          {sigma !== null && <path d={`M${x(at)} ${y(value - sigma)}V${y(value + sigma)}`} />}
          <circle cx={x(at)} cy={y(value)} r={2.6} />
        </g>
      ))}
    </svg>
  );
}

/** Room around the points; some where all of them are at one place. */
function padded(low: number, high: number): readonly [number, number] {
  const room = 0.08 * (high - low) || Math.max(1e-12, 0.1 * Math.abs(high)) || 1;
  return [low - room, high + room];
}
