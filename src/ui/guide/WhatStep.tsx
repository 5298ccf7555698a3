import { useStore } from 'zustand';
import { KINDS, likelyKind, targetOf } from '../../graph/guided/kinds.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import styles from './guide.module.css';
import { chooseKind, followAsMovie } from './guideActions.ts';
import { guideStore } from './guideStore.ts';

const cx = moduleClasses(styles);

/** What the image shows decides on the graph; what is most likely comes marked. */
export function WhatStep() {
  const file = useStore(guideStore, (state) => state.file);
  const kind = useStore(guideStore, (state) => state.kind);
  const canUseOwn = useStore(documentStore, ({ design }) => targetOf(design) !== null);
  if (file === null) return null;
  const { pixels, facts } = file;
  const likely = likelyKind(pixels.planes, facts.bright, facts.median);
  const offered = KINDS.filter((each) => each.kind !== 'beadStack' || pixels.planes > 1);
  return (
    <>
      <p className={cx('words')}>
        The graph and its defaults follow from this. The design on screen is kept: U goes back to it.
      </p>
      <div className={cx('choices')}>
        {offered.map((each) => (
          <button
            key={each.kind}
            type="button"
            className={cx('choice')}
            aria-pressed={each.kind === kind}
            disabled={each.kind === 'known' && !canUseOwn}
            data-testid={`guide-kind-${each.kind}`}
            onClick={() => chooseKind(each.kind)}
          >
            {each.kind === likely && <i className={cx('likely')}>most likely</i>}
            <strong>{each.title}</strong>
            <span>{each.summary}</span>
          </button>
        ))}
        {pixels.planes > 1 && (
          <button
            type="button"
            className={cx('choice')}
            data-testid="guide-kind-movie"
            onClick={() => void followAsMovie()}
          >
            <strong>A movie of a sphere</strong>
            <span>The same place at many times: each page is a hologram and fitted by itself.</span>
          </button>
        )}
      </div>
    </>
  );
}
