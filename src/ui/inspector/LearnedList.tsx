import { useStore } from 'zustand';
import { hasResiduals } from '../../graph/adamOnly.ts';
import { objectiveOf } from '../../graph/objective.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { toggleLearnPath } from '../stores/actions.ts';
import { documentStore, registry } from '../stores/app.ts';
import styles from './inspector.module.css';
import { type LearnedValue, learnedGroups } from './learned.ts';
import { PriorField } from './PriorField.tsx';

const cx = moduleClasses(styles);

/** More terms of one wavefront than this are folded into one line. */
const MOST_TERMS = 6;

/** The values that a fit may change, each with a way to hold it. */
export function LearnedList() {
  const design = useStore(documentStore, (state) => state.design);
  // Goals have no noise that could weigh against what is known.
  const weighs = objectiveOf(design, registry) === null || hasResiduals(design, registry);
  if (design.learn.length === 0) {
    return (
      <p className={cx('summary', 'padded')}>
        Nothing is learned yet. Click the ◇ beside a value to let the fit change it.
      </p>
    );
  }
  return (
    <ul className={cx('learned')} aria-label="Values the fit may change">
      {learnedGroups(design, registry).map(({ key, title, values }) =>
        values.length > MOST_TERMS ? (
          <li key={key}>
            <details>
              <summary>
                <i aria-hidden="true">◆</i> {title}: {values.length} terms
              </summary>
              <ul>
                {values.map((value) => (
                  <LearnedRow key={value.path} {...value} weighs={weighs} />
                ))}
              </ul>
            </details>
          </li>
        ) : (
          values.map((value) => <LearnedRow key={value.path} {...value} weighs={weighs} />)
        ),
      )}
    </ul>
  );
}

function LearnedRow({ path, node, name, weighs }: LearnedValue & { readonly weighs: boolean }) {
  return (
    <li>
      <span className={cx('learnedName')}>
        <i aria-hidden="true">◆</i>
        {name === '' ? node : `${node}: ${name}`}
      </span>
      {weighs && <PriorField path={path} name={name === '' ? node : `${name} of ${node}`} />}
      <button
        type="button"
        onClick={() => toggleLearnPath(path)}
        aria-label={`Hold ${name === '' ? node : `${name} of ${node}`}`}
      >
        Hold
      </button>
    </li>
  );
}
