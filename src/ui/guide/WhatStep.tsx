import { useStore } from 'zustand';
import { KINDS, MOVIE_KINDS, targetOf } from '../../graph/guided/kinds.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import styles from './guide.module.css';
import { choose, likelyOf } from './guideActions.ts';
import { guideStore } from './guideStore.ts';

const cx = moduleClasses(styles);

const PLANES_ARE = {
  depth: 'The light passes its focus from plane to plane: the planes are depths, most likely.',
  time: 'The light does not pass a focus from page to page: the pages are times, most likely.',
  unknown: 'These planes do not tell whether they are depths or times.',
} as const;

/** What the image shows decides on the graph; what is most likely comes marked. */
export function WhatStep() {
  const file = useStore(guideStore, (state) => state.file);
  const kind = useStore(guideStore, (state) => state.kind);
  const canUseOwn = useStore(documentStore, ({ design }) => targetOf(design) !== null);
  if (file === null) return null;
  const isSeries = file.pixels.planes > 1;
  const likely = likelyOf(file);
  const offered = [
    ...KINDS.filter((each) => each.kind !== 'beadStack' || isSeries),
    ...(isSeries ? MOVIE_KINDS : []),
  ].toSorted((a, b) => Number(b.kind === likely) - Number(a.kind === likely));
  return (
    <>
      <p className={cx('words')}>
        The graph and its defaults follow from this. The design on screen is kept: U goes back to it.
        {isSeries && ` ${PLANES_ARE[file.axis ?? 'unknown']}`}
      </p>
      <div className={cx('choices')}>
        {offered.map((each) => (
          <button
            key={each.kind}
            type="button"
            className={cx('choice')}
            aria-pressed={each.kind === (kind ?? likely)}
            disabled={each.kind === 'known' && !canUseOwn}
            data-testid={`guide-kind-${each.kind}`}
            onClick={() => choose(each.kind)}
          >
            {each.kind === likely && <i className={cx('likely')}>most likely</i>}
            <strong>{each.title}</strong>
            <span>{each.summary}</span>
          </button>
        ))}
      </div>
    </>
  );
}
