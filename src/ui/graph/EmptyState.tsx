import { Aperture, Atom, Layers } from 'lucide-react';
import { examples } from '../../graph/examples/index.ts';
import { openGuide } from '../guide/guideActions.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Keys } from '../parts/Hint.tsx';
import { openExample } from '../stores/files.ts';
import { openGallery } from '../stores/uiStore.ts';
import styles from './graph.module.css';

const cx = moduleClasses(styles);
const SIGNS = [Aperture, Atom, Layers];

/** What an empty canvas offers. */
export function EmptyState() {
  return (
    <div className={cx('empty')}>
      <div className={cx('emptyText')}>
        <h2>Start with light</h2>
        Press <Keys keys="A" /> to add an element, drag one in from the left, or open an example, for instance
        one of the{' '}
        <button type="button" className={cx('emptyLink')} onClick={() => openGallery('microscopes')}>
          microscopes
        </button>
        . Have you got a measured image?{' '}
        <button type="button" className={cx('emptyLink')} onClick={openGuide}>
          Fit it
        </button>
        , step by step.
      </div>
      <div className={cx('exampleCards')}>
        {examples.slice(0, 3).map((example, index) => {
          const Sign = SIGNS[index] ?? Aperture;
          return (
            <button
              key={example.id}
              type="button"
              className={cx('exampleCard')}
              data-testid={`empty-example-${example.id}`}
              onClick={() => openExample(example.id)}
            >
              <Sign size={20} />
              <strong>{example.title}</strong>
              <span>{example.summary}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
