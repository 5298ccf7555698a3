import { useState } from 'react';
import { useStore } from 'zustand';
import { formatQuantity } from '../../graph/format.ts';
import { GRID_SAMPLES } from '../../graph/limits.ts';
import { parseQuantity } from '../../optics/units.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { changeDetails, changeGrid, settle } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import fieldStyles from './fields.module.css';
import styles from './inspector.module.css';
import { KnownNumber } from './KnownNumber.tsx';
import { NumberField, type ParsedText } from './NumberField.tsx';
import type { SoftRange } from './scale.ts';

const cx = moduleClasses(styles);
const fx = moduleClasses(fieldStyles);

const SAMPLE_CHOICES = [32, 64, 128, 256, 512, 1024, 2048];
const PITCH: SoftRange = { soft: [10e-9, 100e-6], scale: 'log', min: 1e-10, max: 1e-2 };
const SEED: SoftRange = { soft: [0, 100], scale: 'linear', min: 0, max: 2 ** 31 - 1 };
const MICROMETRE = 1e-6;

function readPitch(text: string): ParsedText {
  const parsed = parseQuantity(text, 'length', 'µm');
  if (!parsed.ok) return parsed;
  if (parsed.value >= PITCH.min && parsed.value <= PITCH.max) return parsed;
  return { ok: false, reason: 'The pitch must lie between 0.1 nm and 10 mm.' };
}

function readSeed(text: string): ParsedText {
  const value = Number(text);
  if (Number.isInteger(value) && value >= SEED.min && value <= SEED.max) return { ok: true, value };
  return { ok: false, reason: 'The seed is a whole number from 0 up.' };
}

/** The document itself, when nothing is selected. */
export function DocumentPanel() {
  return (
    <>
      <KnownNumber />
      <DocumentSettings />
    </>
  );
}

function DocumentSettings() {
  // One by one: what is dragged changes the design with every frame, and none of these.
  const grid = useStore(documentStore, ({ design }) => design.grid);
  const seed = useStore(documentStore, ({ design }) => design.seed);
  const description = useStore(documentStore, ({ design }) => design.description ?? '');
  const choices = [...new Set([...SAMPLE_CHOICES, grid.samples])]
    .filter((samples) => samples >= GRID_SAMPLES.min && samples <= GRID_SAMPLES.max)
    .sort((a, b) => a - b);
  return (
    <section className={cx('section')} aria-label="Document" data-testid="document-panel">
      <h3 className={cx('sectionTitle')}>Document</h3>
      <div className={fx('row')}>
        <div className={fx('line')}>
          <Hint text="Samples along x and y of light fields. Powers of two are fastest." side="left">
            <span className={fx('label')}>Grid samples</span>
          </Hint>
          <select
            className={fx('select')}
            aria-label="Grid samples"
            data-testid="field-grid.samples"
            value={grid.samples}
            onChange={(event) => changeGrid({ samples: Number(event.currentTarget.value) })}
          >
            {choices.map((samples) => (
              <option key={samples} value={samples}>
                {samples} × {samples}
              </option>
            ))}
          </select>
        </div>
      </div>
      <div className={fx('row')}>
        <div className={fx('line')}>
          <Hint text="Distance between samples of light fields." side="left">
            <span className={fx('label')}>Grid pitch</span>
          </Hint>
          <NumberField
            label="Grid pitch"
            testId="field-grid.pitch"
            value={grid.pitch}
            factor={MICROMETRE}
            range={PITCH}
            text={String(Number((grid.pitch / MICROMETRE).toPrecision(6)))}
            parse={readPitch}
            after={<span className={fx('unit')}>µm</span>}
            onChange={(pitch, final) => changeGrid({ pitch }, final)}
            onSettle={settle}
          />
        </div>
        <p className={fx('note')}>
          Field of view {formatQuantity(grid.samples * grid.pitch, 'length', undefined, {}, 4)}
        </p>
      </div>
      <div className={fx('row')}>
        <div className={fx('line')}>
          <Hint
            text="Start of all random numbers: the same seed gives the same noise everywhere."
            side="left"
          >
            <span className={fx('label')}>Random seed</span>
          </Hint>
          <NumberField
            whole
            label="Random seed"
            testId="field-seed"
            value={seed}
            factor={1}
            range={SEED}
            text={String(seed)}
            parse={readSeed}
            onChange={(next) => changeDetails({ seed: Math.round(next) })}
            onSettle={settle}
          />
        </div>
      </div>
      <Description text={description} />
    </section>
  );
}

function Description({ text }: { readonly text: string }) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <div className={fx('row')}>
      <label className={fx('label')} htmlFor="document-description">
        Description
      </label>
      <textarea
        id="document-description"
        className={cx('description')}
        rows={5}
        placeholder="What this design shows, and for whom."
        value={draft ?? text}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => event.stopPropagation()}
        onBlur={() => {
          if (draft !== null && draft !== text) changeDetails({ description: draft });
          setDraft(null);
        }}
      />
    </div>
  );
}
