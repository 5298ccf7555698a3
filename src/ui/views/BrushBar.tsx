import { Eraser, Magnet } from 'lucide-react';
import { useStore } from 'zustand';
import { NumberField } from '../inspector/NumberField.tsx';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { formatValue } from './format.ts';
import { BRUSH_SIZES, fillSheet } from './painter.ts';
import { viewStore } from './viewStore.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

const VALUES = { soft: [0, 1], scale: 'linear', min: 0, max: 1e9 } as const;

/** What the brush leaves, below the tools of the picture. */
export function BrushBar({ nodeId }: { readonly nodeId: string }) {
  const { size, value, erase } = useStore(viewStore, (state) => state.brush);
  const follows = useStore(viewStore, (state) => state.follow);
  const { setBrush } = viewStore.getState();
  return (
    <div className={cx('toolbar')} role="toolbar" aria-label="Brush" data-testid="brush-bar">
      <label className={cx('planes')}>
        <span>Brush</span>
        <input
          type="range"
          min={0}
          max={Math.log2(BRUSH_SIZES.most)}
          step={0.25}
          value={Math.log2(size)}
          aria-label="Width of the brush"
          aria-valuetext={`${size} pixels`}
          onChange={(event) => setBrush({ size: Math.round(2 ** event.target.valueAsNumber) })}
          data-testid="brush-size"
        />
        <output className={cx('planeCount')}>{size} px</output>
      </label>
      <span className={cx('planes')}>
        <span>Value</span>
        <NumberField
          compact
          label="Value that the brush paints"
          testId="brush-value"
          value={value}
          factor={1}
          range={VALUES}
          text={formatValue(value)}
          parse={(text) => {
            const read = Number(text.trim().replace(',', '.'));
            return text.trim() !== '' && read >= VALUES.min && read <= VALUES.max
              ? { ok: true, value: read }
              : { ok: false, reason: 'Give a number that is not negative.' };
          }}
          onChange={(next) => setBrush({ value: next, erase: false })}
          onSettle={() => {}}
        />
      </span>
      <div className={cx('buttons')}>
        <IconButton
          small
          label={erase ? 'Erasing; click to paint' : 'Erase'}
          keys="E"
          pressed={erase}
          icon={<Eraser size={16} />}
          onClick={() => setBrush({ erase: !erase })}
          data-testid="brush-erase"
        />
        <IconButton
          small
          label={
            follows ? 'The optics follow the brush; click to only paint' : 'Let the optics follow the brush'
          }
          keys="T"
          pressed={follows}
          icon={<Magnet size={16} />}
          onClick={() => viewStore.setState({ follow: !follows })}
          data-testid="brush-follow"
        />
        <Button small onClick={() => fillSheet(nodeId, value)} data-testid="brush-fill">
          Fill
        </Button>
        <Button small onClick={() => fillSheet(nodeId, 0)} data-testid="brush-clear">
          Clear
        </Button>
      </div>
    </div>
  );
}
