import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { FAULT_WORDS } from '../../graph/guided/beads.ts';
import { boxAround } from '../../graph/guided/box.ts';
import { brightestPlane } from '../../graph/guided/pixels.ts';
import { FindSpheresSection } from '../inspector/FindSpheresSection.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { formatValue } from '../views/format.ts';
import styles from './guide.module.css';
import { pickAt, toggleBead } from './guideActions.ts';
import { hasBeads } from './guideParts.ts';
import { type GuidedFile, guideStore } from './guideStore.ts';
import { WidthsOfAll } from './Widths.tsx';

const cx = moduleClasses(styles);

/** Which of the bright spots are fitted; of a hologram, where its sphere is. */
export function PickStep() {
  const file = useStore(guideStore, (state) => state.file);
  const kind = useStore(guideStore, (state) => state.kind);
  const isOfBeads = useStore(documentStore, ({ design }) => hasBeads(design, kind));
  if (file === null) return null;
  if (kind === 'beadField') {
    return (
      <p className={cx('words')}>
        All picked beads, cut into boxes of one size, are fitted together: five planes of each, about its own
        focus. To pick others, go back to the stack’s design (U) and choose again what the file shows.
      </p>
    );
  }
  if (!isOfBeads) {
    return (
      <>
        <p className={cx('words')}>
          The whole image is fitted. Its centre of rings is found when the fit starts; depth and size are
          searched. To take radius and index from the rings first:
        </p>
        <FindSpheresSection />
        <p className={cx('words', 'small')}>
          For a part of the image only, select the target in the graph and type columns and rows in the
          inspector.
        </p>
      </>
    );
  }
  return (
    <>
      <p className={cx('words')}>
        Click a spot to pick it or to leave it out; click elsewhere to add one. The first is on screen, all
        can be fitted in turn at the end.
      </p>
      <Field file={file} />
      <BeadList />
      <WidthsOfAll />
    </>
  );
}

/** The brightest plane of every pixel, square-rooted, with the boxes. */
function Field({ file }: { readonly file: GuidedFile }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const beads = useStore(guideStore, (state) => state.beads);
  const picked = useStore(guideStore, (state) => state.picked);
  const half = useStore(guideStore, (state) => state.half);
  const { nx, ny } = file.pixels;
  const values = useMemo(() => brightestPlane(file.pixels).values, [file]);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context == null) return;
    const { least, most } = file.facts;
    const image = context.createImageData(nx, ny);
    const span = Math.sqrt(Math.max(1e-30, most - least));
    for (let i = 0; i < values.length; i++) {
      const grey = (255 * Math.sqrt(Math.max(0, (values[i] as number) - least))) / span;
      image.data.set([grey, grey, grey, 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
  }, [file, values, nx, ny]);
  const boxes = beads.map((bead, index) => ({ bead, index, box: boxAround(file.pixels, bead, half) }));
  return (
    <div className={cx('picture')}>
      <canvas
        ref={canvas}
        width={nx}
        height={ny}
        data-testid="guide-field"
        onClick={(event) => {
          const area = event.currentTarget.getBoundingClientRect();
          pickAt(
            ((event.clientX - area.left) / area.width) * nx,
            ((event.clientY - area.top) / area.height) * ny,
          );
        }}
      />
      <svg viewBox={`0 0 ${nx} ${ny}`} aria-hidden="true">
        {boxes.map(({ bead, index, box }) => (
          <rect
            key={index}
            className={cx('box', bead.fault !== null && 'faulty', picked.includes(index) && 'taken')}
            x={box.x0}
            y={box.y0}
            width={box.x1 - box.x0}
            height={box.y1 - box.y0}
          />
        ))}
      </svg>
    </div>
  );
}

/** The same by keyboard, with scores and what speaks against each. */
function BeadList() {
  const beads = useStore(guideStore, (state) => state.beads);
  const picked = useStore(guideStore, (state) => state.picked);
  if (beads.length === 0) {
    return (
      <p className={cx('note', 'doubtful')}>
        No spot stands out of the noise. Click the place in the picture that is to be fitted.
      </p>
    );
  }
  return (
    <ul className={cx('list')} aria-label="Spots found" data-testid="guide-beads">
      {beads.map((bead, index) => (
        // Spots keep their places in the list; new ones come at its end.
        <li key={`${bead.x.toFixed(2)},${bead.y.toFixed(2)}`}>
          <label>
            <input
              type="checkbox"
              checked={picked.includes(index)}
              data-testid={`guide-bead-${index}`}
              onChange={() => toggleBead(index)}
            />
            <span>
              Bead {index + 1}, column {Math.round(bead.x)}, row {Math.round(bead.y)}
              {bead.fault !== null && <small>{FAULT_WORDS[bead.fault]}</small>}
            </span>
          </label>
          <span className={cx('numbers')} title="Height above the background in units of the noise">
            {formatValue(bead.score, 2)} σ
          </span>
        </li>
      ))}
    </ul>
  );
}
