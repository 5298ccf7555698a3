import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { GAUSSIAN_FWHM } from '../../graph/guided/gaussianWidths.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { exportTable, runExport } from '../views/exportView.ts';
import { formatValue, formatValueAndError } from '../views/format.ts';
import styles from './guide.module.css';
import { hasBeads, planesApart } from './guideParts.ts';
import { guideStore } from './guideStore.ts';
import { expectedWidths, widthsOf } from './measuredWidths.ts';
import { AXES, type Axis, commonWidth, precisionOf, type WidthsOfSpot, widthColumns } from './widths.ts';

const cx = moduleClasses(styles);

interface Row extends WidthsOfSpot {
  readonly title: string;
}

/** Widths of the picked spots, the first on screen. */
function useWidths(): readonly Row[] {
  const file = useStore(guideStore, (state) => state.file);
  const kind = useStore(guideStore, (state) => state.kind);
  const beads = useStore(guideStore, (state) => state.beads);
  const picked = useStore(guideStore, (state) => state.picked);
  const apart = useStore(guideStore, planesApart);
  const design = useStore(documentStore, (state) => state.design);
  return useMemo(() => {
    if (file === null || !hasBeads(design, kind)) return [];
    return picked.flatMap((index) => {
      const bead = beads[index];
      return bead === undefined
        ? []
        : [{ title: `Bead ${index + 1}`, ...widthsOf(design, file, bead, apart) }];
    });
  }, [file, kind, beads, picked, apart, design]);
}

interface Unit {
  readonly name: string;
  /** Metres. */
  readonly size: number;
}

/** Nanometres, but for lengths beyond ten micrometres. */
function unitFor(lengths: readonly (number | null | undefined)[]): Unit {
  const most = Math.max(0, ...lengths.map((length) => length ?? 0));
  return most > 10e-6 ? { name: 'µm', size: 1e-6 } : { name: 'nm', size: 1e-9 };
}

const axesOf = (rows: readonly WidthsOfSpot[]): readonly Axis[] =>
  AXES.filter((axis) => rows.some((row) => row[axis] !== null));

/** Width, its σ and what is known of the position, each by its name: one is often taken for another. */
export function PrecisionTable({ result }: { readonly result: FitResult }) {
  const [row] = useWidths();
  const design = useStore(documentStore, (state) => state.design);
  if (row === undefined) return null;
  const axes = axesOf([row]);
  if (axes.length === 0) return null;
  const unit = unitFor(axes.map((axis) => row[axis]?.fwhm));
  const expected = expectedWidths(design);
  const number = (length: number | null, digits = 3) =>
    length === null ? '–' : formatValue(length / unit.size, digits);
  const lines: readonly (readonly [string, string, (axis: Axis) => string])[] = [
    [
      'Width (FWHM)',
      'Full width at half maximum of a Gaussian: across the sharpest plane, and along the planes through its middle',
      (axis) => number(row[axis]?.fwhm ?? null),
    ],
    [
      'its σ',
      'Standard deviation of the same Gaussian: the width divided by 2.355. It is no error.',
      (axis) => number(row[axis] === null ? null : row[axis].fwhm / GAUSSIAN_FWHM),
    ],
    [
      'Light alone',
      'Full width at half maximum of a point without aberrations, pixels and blur: 0.51 λ/NA across',
      (axis) => number(expected[axis]),
    ],
    [
      'Position ±',
      'Standard error of the fitted position: how well the bead is localised',
      (axis) => number(precisionOf(result, axis).error, 2),
    ],
    [
      'Bound (CRLB)',
      'Cramér-Rao bound: no unbiased estimate of the position has a smaller error with this noise. A dash where the noise is not given, and where the error holds more than noise.',
      (axis) => number(precisionOf(result, axis).bound, 2),
    ],
  ];
  return (
    <section aria-label="Width and precision">
      <h3 className={cx('heading')}>Width and precision, {unit.name}</h3>
      <table className={cx('table', 'two')} data-testid="guide-precision">
        <thead>
          <tr>
            <td />
            {axes.map((axis) => (
              <th key={axis} scope="col" className={cx('right')}>
                {axis}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(([title, words, cell]) => (
            <tr key={title}>
              <th scope="row" title={words}>
                {title}
              </th>
              {axes.map((axis) => (
                <td key={axis}>{cell(axis)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={cx('words', 'small')}>
        The width is the size of a point’s picture; the position is known far better. The bound is the least
        error that this noise allows.
      </p>
    </section>
  );
}

/** Widths of all picked spots with their mean and scatter: no fit of the optics is needed for them. */
export function WidthsOfAll() {
  const rows = useWidths();
  const title = useStore(documentStore, ({ design }) => design.title);
  const axes = axesOf(rows);
  if (axes.length === 0) return null;
  const unit = unitFor(rows.flatMap((row) => axes.map((axis) => row[axis]?.fwhm)));
  const save = (): void => {
    const names = { name: 'bead', values: [...rows.map((row) => row.title), 'mean', 'SD'] };
    runExport(exportTable([names, ...widthColumns(rows)], [title, 'widths']));
  };
  return (
    <details className={cx('more')} data-testid="guide-widths">
      <summary>Widths of the picked beads (FWHM)</summary>
      <table className={cx('table', 'two')} aria-label={`Full widths at half maximum, ${unit.name}`}>
        <thead>
          <tr>
            <th scope="col">{unit.name}</th>
            {axes.map((axis) => (
              <th key={axis} scope="col" className={cx('right')}>
                {axis}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.title}>
              <th scope="row">{row.title}</th>
              {axes.map((axis) => (
                <td key={axis}>{widthText(row, axis, unit)}</td>
              ))}
            </tr>
          ))}
          {rows.length > 1 && (
            <tr data-testid="guide-widths-mean">
              <th scope="row">Mean ± SD</th>
              {axes.map((axis) => {
                const common = commonWidth(rows, axis);
                return (
                  <td key={axis}>
                    {common === null ? '–' : meanText(common.mean / unit.size, common.deviation, unit)}
                  </td>
                );
              })}
            </tr>
          )}
        </tbody>
      </table>
      <p className={cx('words', 'small')}>
        Full widths at half maximum of Gaussians by least squares: two axes across the sharpest plane
        {axes.includes('z') ? ', one along the planes through its middle' : ''}, with pixel, blur and bead in
        them.
        {rows.some((row) => axes.some((axis) => row[axis] === null)) &&
          ' A dash: no Gaussian fits there, as the spot is cut off, too wide, doubled or too faint.'}
      </p>
      <Button small look="outlined" data-testid="guide-widths-csv" onClick={save}>
        <Download size={14} /> Widths as CSV
      </Button>
    </details>
  );
}

function widthText(row: Row, axis: Axis, { size }: Unit): string {
  const width = row[axis];
  return width === null ? '–' : formatValueAndError(width.fwhm / size, width.error / size);
}

function meanText(mean: number, deviation: number | null, { size }: Unit): string {
  return deviation === null ? formatValue(mean, 3) : formatValueAndError(mean, deviation / size);
}
