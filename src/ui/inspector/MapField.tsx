import { Upload } from 'lucide-react';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ParamData } from '../../graph/document.ts';
import { isTerms } from '../../graph/format.ts';
import type { MapParam } from '../../optics/element.ts';
import { unitFactor } from '../../optics/units.ts';
import { colorTable } from '../../pictures/colormaps.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { resetValue, setValue } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { fittedMap, keepMap, loadMap, paintRound, type ShownMap, shownMap } from '../stores/maps.ts';
import { LearnToggle } from './FieldParts.tsx';
import styles from './fields.module.css';
import { NumberField } from './NumberField.tsx';
import { readValue, valueText } from './quantityText.ts';
import type { SoftRange } from './scale.ts';
import { type FieldProps, useParam } from './useParam.ts';

const cx = moduleClasses(styles);

/** Share of the side that a brush covers. */
const BRUSH: SoftRange = { soft: [0.01, 0.5], scale: 'log', min: 1e-3, max: 1 };

/** A picture of the map: phases on their wheel, others in grey over the map's range. */
function draw(canvas: HTMLCanvasElement, { cells, values }: ShownMap, spec: MapParam): void {
  canvas.width = cells;
  canvas.height = cells;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const picture = context.createImageData(cells, cells);
  const words = new Uint32Array(picture.data.buffer);
  const isPhase = spec.quantity === 'angle';
  const table = colorTable(isPhase ? 'phase' : 'gray');
  const [low, high] = spec.soft;
  values.forEach((value, i) => {
    const share = (value - low) / (high - low);
    const within = isPhase ? share - Math.floor(share) : Math.min(1, Math.max(0, share));
    words[i] = table[Math.min(255, Math.floor(256 * within))] ?? 0;
  });
  context.putImageData(picture, 0, 0);
}

/** What the map is made of, as a value of the menu: an image by its id after a colon, which no id begins with. */
function kindOf(data: ParamData | undefined): string {
  if (typeof data === 'string' && data !== '') return `:${data}`;
  return typeof data === 'object' ? 'random' : 'flat';
}

/** A map: where it starts, a picture to paint on, and whether a fit may change its cells. */
export function MapField({ nodeId, param, spec }: FieldProps<MapParam>) {
  const path = `${nodeId}.${param}`;
  const data = useParam(nodeId, param);
  const design = useStore(documentStore, (state) => state.design);
  const isFitting = useStore(engineStore, ({ fit }) => fit.status !== 'idle');
  const learned = useStore(engineStore, ({ fit }) => (fit.status === 'idle' ? undefined : fit.maps[path]));
  const shown = useMemo(
    () => (learned === undefined ? shownMap(design, nodeId, param, spec) : fittedMap(learned)),
    [design, nodeId, param, spec, learned],
  );
  const [value, setBrushValue] = useState(spec.soft[1]);
  const [size, setSize] = useState(0.1);
  const canvas = useRef<HTMLCanvasElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const stroke = useRef<ShownMap | null>(null);

  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, shown, spec);
  }, [shown, spec]);

  const paint = (event: PointerEvent<HTMLCanvasElement>): void => {
    const painted = stroke.current;
    if (painted === null) return;
    const box = event.currentTarget.getBoundingClientRect();
    const { cells } = painted;
    const at = {
      x: ((event.clientX - box.left) / box.width) * cells,
      y: ((event.clientY - box.top) / box.height) * cells,
    };
    paintRound(painted, at, Math.max(0.71, (size * cells) / 2), value);
    draw(event.currentTarget, painted, spec);
  };
  const choose = (kind: string): void => {
    const [low, high] = spec.soft;
    if (kind === 'flat') resetValue(nodeId, param);
    else if (kind === 'random') setValue(path, { low, high, seed: nextSeed(data) });
    else setValue(path, kind.slice(1));
  };
  const unit = { symbol: spec.display, factor: unitFactor(spec.display, spec.quantity, {}) ?? 1 };
  const range: SoftRange = { soft: spec.soft, scale: 'linear', min: spec.min, max: spec.max };
  return (
    <div className={cx('row')} data-learn-path={path}>
      <div className={cx('line')}>
        <span className={cx('label')}>{spec.title}</span>
        <LearnToggle path={path} title={spec.title} learnable={spec.learnable} testId={`learn-${path}`} />
        <select
          className={cx('select')}
          aria-label={`${spec.title}: start`}
          data-testid={`field-${path}`}
          disabled={isFitting}
          value={kindOf(data)}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="flat">
            {typeof data === 'number' ? `flat, ${valueText(data, unit)} ${unit.symbol}` : 'flat'}
          </option>
          <option value="random">random</option>
          {Object.entries(design.images).map(([id, image]) => (
            <option key={id} value={`:${id}`}>
              {image.name}
            </option>
          ))}
        </select>
      </div>
      <canvas
        ref={canvas}
        className={cx('map')}
        role="img"
        aria-label={`${spec.title}, ${shown.cells} × ${shown.cells} cells: paint with the pointer, or use the value and Fill`}
        data-testid={`map-${path}`}
        onPointerDown={(event) => {
          if (isFitting || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          stroke.current = { cells: shown.cells, values: shown.values.slice() };
          paint(event);
        }}
        onPointerMove={paint}
        onPointerUp={() => {
          if (stroke.current !== null) keepMap(path, stroke.current);
          stroke.current = null;
        }}
        onPointerCancel={() => {
          stroke.current = null;
          if (canvas.current !== null) draw(canvas.current, shown, spec);
        }}
      />
      <div className={cx('line')}>
        <span className={cx('label')}>Value</span>
        <NumberField
          compact
          label={`${spec.title}: value of the brush`}
          testId={`brush-${path}`}
          value={value}
          factor={unit.factor}
          range={range}
          text={valueText(value, unit)}
          parse={(text) => readValue(path, text, unit)}
          after={<span className={cx('unit')}>{unit.symbol}</span>}
          onChange={setBrushValue}
          onSettle={() => {}}
        />
        <NumberField
          compact
          label={`${spec.title}: size of the brush, share of the side`}
          testId={`size-${path}`}
          value={size}
          factor={1}
          range={BRUSH}
          text={valueText(size, { symbol: '', factor: 1 })}
          parse={(text) => {
            const read = Number(text);
            return read >= BRUSH.min && read <= BRUSH.max
              ? { ok: true, value: read }
              : { ok: false, reason: 'Give a share of the side, from 0.001 to 1.' };
          }}
          onChange={setSize}
          onSettle={() => {}}
        />
      </div>
      <div className={cx('line')}>
        <Button small look="outlined" disabled={isFitting} onClick={() => setValue(path, value)}>
          Fill
        </Button>
        <Button small look="outlined" disabled={isFitting} onClick={() => choose('random')}>
          Random
        </Button>
        <Button small look="outlined" disabled={isFitting} onClick={() => resetValue(nodeId, param)}>
          Clear
        </Button>
        <Button small look="outlined" disabled={isFitting} onClick={() => input.current?.click()}>
          <Upload size={13} /> Upload…
        </Button>
        <input
          ref={input}
          hidden
          type="file"
          accept=".png,.tif,.tiff,.npy,image/png,image/tiff"
          data-testid={`upload-${path}`}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (file !== undefined) void loadMap(path, spec, file);
          }}
        />
      </div>
    </div>
  );
}

/** Another random start than the one that is there. */
function nextSeed(data: ParamData | undefined): number {
  return isTerms(data) ? (data['seed'] ?? 0) + 1 : 1;
}
