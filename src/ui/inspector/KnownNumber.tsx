import { CircleCheck, Target } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { examples } from '../../graph/examples/index.ts';
import { showsOwnImage } from '../../graph/targets.ts';
import { numberText } from '../gallery/galleryWords.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { frameBus } from '../stores/frameBus.ts';
import { isAsOpened, type Reading, watchKnownNumber, whyMissing } from '../stores/knownNumber.ts';
import styles from './inspector.module.css';

const cx = moduleClasses(styles);

/** What is known of the ready system that the document began as, beside what it shows now. */
export function KnownNumber() {
  const design = useStore(documentStore, (state) => state.design);
  const issues = useStore(engineStore, (state) => state.issuesByNode);
  const id = design.example;
  const epoch = useStore(documentStore, (state) => state.epoch);
  const [reading, setReading] = useState<Reading | null>(null);
  const system = examples.find((example) => example.id === id);
  // Another document, also of the same system, is measured anew.
  const key = `${epoch} ${id ?? ''}`;
  useEffect(() => {
    setReading(null);
    const [, wanted] = key.split(' ');
    const found = examples.find((example) => example.id === wanted);
    if (found === undefined) return;
    return watchKnownNumber(found, { frames: frameBus, documents: documentStore }, setReading);
  }, [key]);
  const known = system?.proof ?? system?.goal;
  if (system === undefined || known === undefined) return null;
  // A fit to somebody's own image has another goal.
  if (system.proof === null && showsOwnImage(design, system.design)) return null;
  const isOriginal = isAsOpened(design, system.design, registry);
  const hasNumber = Number.isFinite(reading?.value);
  const holds = reading?.holds === true && (system.proof === null || isOriginal);
  return (
    <section className={cx('section')} aria-label="Known number" data-testid="known-number">
      <h3 className={cx('sectionTitle')}>{system.proof === null ? 'Goal of the fit' : 'Known number'}</h3>
      <div className={cx('known')} data-holds={holds}>
        {holds ? (
          <CircleCheck size={14} aria-label={system.proof === null ? 'Reached' : 'As known'} />
        ) : (
          <Target size={14} aria-hidden="true" />
        )}
        <p>
          {known.statement}
          <span>
            {system.proof === null
              ? 'Here now '
              : `Known ${numberText(system.proof.expected, known)}${isOriginal ? ',' : ' for the design as opened;'} here now `}
            <strong>{numberText(reading?.value ?? null, known)}</strong>
            {hasNumber ? '' : ` (${whyMissing(reading, known.nodes, design, issues, registry)})`}
          </span>
        </p>
      </div>
    </section>
  );
}
