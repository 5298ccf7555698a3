import { useState } from 'react';
import { useStore } from 'zustand';
import { sphereNode } from '../../graph/foundSpheres.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { findSpheres } from '../stores/findSpheres.ts';
import styles from './inspector.module.css';

const cx = moduleClasses(styles);

/** Fills the design's spheres with those of its target; nothing where there are none of either, or no reference. */
export function FindSpheresSection() {
  const nodeId = useStore(documentStore, ({ design }) => {
    const isHologram = ['target', 'interference'].every((type) => design.nodes.some((n) => n.type === type));
    return isHologram ? (sphereNode(design)?.id ?? null) : null;
  });
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const isFitting = useStore(engineStore, (state) => state.fit.status !== 'idle');
  if (nodeId === null) return null;
  const find = async (): Promise<void> => {
    setBusy(true);
    setSaid('');
    setSaid(await findSpheres(nodeId));
    setBusy(false);
  };
  return (
    <section className={cx('section')} aria-label="Spheres in the target" data-testid="find-spheres-section">
      <Button
        small
        look="outlined"
        className={cx('check')}
        disabled={busy || isFitting}
        title="Looks for rings in the target image and takes place, radius and index of each sphere from them; then run the fit."
        data-testid="find-spheres"
        onClick={() => void find()}
      >
        {busy ? 'Looking for rings …' : 'Find spheres in the target'}
      </Button>
      {said !== '' && (
        <p className={cx('summary')} role="status" data-testid="find-spheres-result">
          {said}
        </p>
      )}
    </section>
  );
}
