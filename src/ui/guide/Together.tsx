import { Waypoints } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import styles from './guide.module.css';
import { fitTogether, togetherProblem } from './guideField.ts';
import { guideStore } from './guideStore.ts';

const cx = moduleClasses(styles);

/** One fit of all picked beads: how aberrations change over the field. */
export function Together() {
  const problem = useStore(guideStore, togetherProblem);
  if (problem === undefined) return null;
  return (
    <section aria-label="Over the field">
      <h3 className={cx('heading')}>Over the field</h3>
      <p className={cx('words', 'small')}>
        {problem ??
          'One fit of all picked beads tells how astigmatism and coma change from place to place, with errors. It is a design of its own; this one is kept.'}
      </p>
      {problem === null && (
        <Button small look="outlined" data-testid="guide-together" onClick={fitTogether}>
          <Waypoints size={14} /> Fit them together
        </Button>
      )}
    </section>
  );
}
