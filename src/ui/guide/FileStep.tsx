import { ImageUp } from 'lucide-react';
import { useRef } from 'react';
import { useStore } from 'zustand';
import { moduleClasses } from '../parts/classNames.ts';
import { formatValue } from '../views/format.ts';
import { FilePicture } from './FilePicture.tsx';
import styles from './guide.module.css';
import { takeFile } from './guideActions.ts';
import { type GuidedFile, guideStore } from './guideStore.ts';

const cx = moduleClasses(styles);

/** A file is chosen, and what it holds is shown. */
export function FileStep() {
  const file = useStore(guideStore, (state) => state.file);
  const reading = useStore(guideStore, (state) => state.reading);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className={cx('drop')}
        disabled={reading}
        data-testid="guide-choose"
        onClick={() => input.current?.click()}
      >
        <ImageUp size={20} aria-hidden="true" />
        {reading ? 'Reading …' : 'Drop an image here, or choose one'}
      </button>
      <input
        ref={input}
        hidden
        type="file"
        accept=".png,.tif,.tiff,.npy,image/png,image/tiff"
        data-testid="guide-file"
        onChange={(event) => {
          const [chosen] = event.currentTarget.files ?? [];
          event.currentTarget.value = '';
          if (chosen !== undefined) void takeFile(chosen);
        }}
      />
      {file === null ? (
        <p className={cx('words')}>
          TIFF, PNG or NPY: a focus stack of a bead, an image of beads, a hologram, a star. The file stays on
          this computer.
        </p>
      ) : (
        <FileCard file={file} />
      )}
    </>
  );
}

const AXIS_WORDS = {
  depth: 'depths, most likely (a focus stack)',
  time: 'times, most likely (a movie)',
  unknown: 'depths or times, which the next step asks',
} as const;

/** “pixels of 130 nm, 0.3 µm from plane to plane” */
function lengthsText(pixelSize: number | null, planeSpacing: number | null): string {
  const pixels = pixelSize === null ? [] : [`pixels of ${formatValue(pixelSize * 1e9, 4)} nm`];
  const planes =
    planeSpacing === null ? [] : [`${formatValue(planeSpacing * 1e6, 4)} µm from plane to plane`];
  return [...pixels, ...planes].join(', ');
}

function FileCard({ file }: { readonly file: GuidedFile }) {
  const { image, pixels, facts, storedAs, planeSpacing, pixelSize, axis, notes } = file;
  const size = `${pixels.nx} × ${pixels.ny} pixels`;
  const axes = pixels.planes > 1 ? `${pixels.planes} planes: ${AXIS_WORDS[axis ?? 'unknown']}` : 'one plane';
  const saturated =
    facts.saturated === 0
      ? 'none'
      : `${facts.saturated} of ${pixels.data.length} at ${pixels.level}: left out of the fit`;
  return (
    <section aria-label="The file" data-testid="guide-card">
      <FilePicture file={file} />
      <dl className={cx('facts')}>
        <dt>File</dt>
        <dd>{image.name}</dd>
        <dt>Size</dt>
        <dd>{size}</dd>
        <dt>Axes</dt>
        <dd>{axes}</dd>
        {storedAs !== null && (
          <>
            <dt>Numbers</dt>
            <dd>{storedAs}</dd>
          </>
        )}
        <dt>Least, median, 99.9 %</dt>
        <dd>
          {formatValue(facts.least)}, {formatValue(facts.median)}, {formatValue(facts.bright)}
        </dd>
        <dt>Saturated</dt>
        <dd>{saturated}</dd>
        {facts.notNumbers > 0 && (
          <>
            <dt>Not numbers</dt>
            <dd>{facts.notNumbers}, left out</dd>
          </>
        )}
        {(planeSpacing !== null || pixelSize !== null) && (
          <>
            <dt>From the file</dt>
            <dd data-testid="guide-lengths">{lengthsText(pixelSize, planeSpacing)}</dd>
          </>
        )}
      </dl>
      {notes.map((note) => (
        <p key={note} className={cx('words', 'small')}>
          {note}
        </p>
      ))}
    </section>
  );
}
