import { useStore } from 'zustand';
import { countUnknowns, currentRung, lockedTwins, rungsOf, rungWarning } from '../../graph/guided/ladder.ts';
import { planeCount } from '../../graph/validate.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry } from '../stores/app.ts';
import styles from './guide.module.css';
import { chooseRung } from './guideActions.ts';
import { guideStore } from './guideStore.ts';

const cx = moduleClasses(styles);

/** How much is asked of the data, from few unknowns to many. */
export function UnknownsStep() {
  const kind = useStore(guideStore, (state) => state.kind);
  const design = useStore(documentStore, (state) => state.design);
  const isFitted = useStore(documentStore, ({ fit }) => fit !== null);
  if (kind === null) return null;
  const rungs = rungsOf(kind, design);
  const chosen = currentRung(rungs, design);
  const planes = planeCount(design, registry);
  const camera = design.nodes.find(({ type }) => type === 'camera');
  const sides = [camera?.params['rows'], camera?.params['columns']];
  const pixels = sides.reduce<number>((product, n) => product * (typeof n === 'number' ? n : 1), planes);
  const rows = design.nodes.find(({ type }) => type === 'beadField')?.params['beads'];
  const beads = Array.isArray(rows) ? rows.length : 1;
  const unknowns = countUnknowns(design.learn, planes, beads);
  const warning = chosen === null ? null : rungWarning(kind, chosen, planes);
  return (
    <>
      {rungs.length === 0 ? (
        <p className={cx('words')}>
          Your own design says what is learned: the ◇ beside its values, listed in the inspector.
        </p>
      ) : (
        <fieldset className={cx('choices')} aria-label="Unknowns">
          {rungs.map((rung) => (
            <button
              key={rung.id}
              type="button"
              className={cx('choice')}
              aria-pressed={rung.id === chosen}
              disabled={rung.comesAfterFit === true && !isFitted}
              data-testid={`guide-rung-${rung.id}`}
              onClick={() => chooseRung(rung)}
            >
              <strong>{rung.title}</strong>
              <span>
                {countUnknowns(rung.learn, planes, beads)} unknowns: {rung.adds}
                {rung.comesAfterFit === true &&
                  !isFitted &&
                  '. First run a rung above: it begins where that ends.'}
              </span>
            </button>
          ))}
        </fieldset>
      )}
      <p className={cx('note', 'plain')} data-testid="guide-counts">
        {unknowns} unknowns against {pixels.toLocaleString('en')} pixels
        {planes > 1 ? ` in ${planes} planes` : ''}.
      </p>
      {warning !== null && <p className={cx('note', 'doubtful')}>{warning}</p>}
      {lockedTwins(kind).length > 0 && (
        <>
          <h3 className={cx('heading')}>Held, because the data cannot tell them apart</h3>
          <ul className={cx('list')}>
            {lockedTwins(kind).map(({ held, because }) => (
              <li key={held}>
                <span>
                  {held}
                  <small>{because}</small>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
