import { Download } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { colorHex } from '../../pictures/colormaps.ts';
import type { ImageFileKind } from '../../workers/filesClient.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Menu, MenuItem } from '../parts/Menu.tsx';
import { documentStore, registry } from '../stores/app.ts';
import { exportValues, runExport } from './exportView.ts';
import { drawFigure, type MapFigure, mapFigures, rangeText } from './mapFigures.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

const KINDS: readonly { readonly kind: ImageFileKind; readonly text: string }[] = [
  { kind: 'npy', text: 'NPY' },
  { kind: 'tiff', text: 'TIFF' },
  { kind: 'csv', text: 'CSV' },
];

/** Maps beside their standard errors, and the wavefront that terms and maps make together. */
export function ResultMaps({ result }: { readonly result: FitResult }) {
  const nodes = useStore(documentStore, ({ design }) => design.nodes);
  const title = useStore(documentStore, ({ design }) => design.title);
  const figures = useMemo(() => mapFigures(result, { nodes }, registry), [result, nodes]);
  if (figures.length === 0) return null;
  return (
    <section className={cx('maps')} aria-label="Maps and their errors" data-testid="results-maps">
      {figures.map((figure) => (
        <Figure key={figure.id} figure={figure} title={title} />
      ))}
      <p className={cx('soft', 'mapsNote')}>
        Empty cells get no light, so nothing is known there. ± holds noise and what the penalty on the map
        takes away.
      </p>
    </section>
  );
}

function Figure({ figure, title }: { readonly figure: MapFigure; readonly title: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null) drawFigure(canvas.current, figure);
  }, [figure]);
  const { side, values, unit, colormap } = figure;
  const ends = [0, 64, 128, 192, 255].map((index) => colorHex(colormap, index)).join(', ');
  return (
    <figure className={cx('mapFigure')} data-figure={figure.id}>
      <canvas ref={canvas} role="img" aria-label={`${figure.title}, ${rangeText(figure)}`} />
      <span
        className={cx('mapScale')}
        aria-hidden="true"
        style={{ background: `linear-gradient(to right, ${ends})` }}
      />
      <figcaption>
        <span>
          {figure.title}
          <br />
          <span className={cx('soft')}>{rangeText(figure)}</span>
        </span>
        <Menu
          align="end"
          trigger={
            <Button small aria-label={`Save ${figure.title}`} title="Save the values">
              <Download size={14} />
            </Button>
          }
        >
          {KINDS.map(({ kind, text }) => (
            <MenuItem
              key={kind}
              text={text}
              onSelect={() =>
                runExport(
                  exportValues(
                    kind,
                    { shape: [side, side], data: values, pitch: 0, unit, portType: 'image' },
                    [title, figure.title],
                  ),
                )
              }
            />
          ))}
        </Menu>
      </figcaption>
    </figure>
  );
}
