/** The objects of the design on the picture of a node, for its canvas. */
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { trackStore } from '../stores/tracking.ts';
import { hasMarks, hasRings } from './marks.ts';
import { liveValues, SphereMarks } from './sphereMarks.ts';
import { viewStore } from './viewStore.ts';

/** Null where there are none, or they are switched off. */
export function useSphereMarks(nodeId: string): SphereMarks | null {
  const isShown = useStore(viewStore, (state) => state.marks);
  const marks = useMemo(() => new SphereMarks(nodeId), [nodeId]);
  // Without objects a step of a slider must not draw what lies over the picture once more.
  const isUsed = useHasMarks(nodeId) && isShown;
  useEffect(() => {
    if (!isUsed) return;
    let before = liveValues();
    const endDocument = documentStore.subscribe((state, old) => {
      if (state.design !== old.design) marks.tell();
    });
    const follow = (): void => {
      const now = liveValues();
      if (now === before) return;
      before = now;
      marks.tell();
    };
    const endEngine = engineStore.subscribe(follow);
    const endMovie = trackStore.subscribe(follow);
    const endUnits = settingsStore.subscribe((state, old) => {
      if (state.units !== old.units) marks.tell();
    });
    return () => {
      endDocument();
      endUnits();
      endEngine();
      endMovie();
    };
  }, [marks, isUsed]);
  return isUsed ? marks : null;
}

/** Whether anything could be drawn over the picture of a node. */
export function useHasMarks(nodeId: string): boolean {
  return useStore(documentStore, ({ design }) => hasMarks(design, registry, nodeId));
}

/** Whether places where light is wanted lie on the picture of a node. */
export function useHasRings(nodeId: string): boolean {
  return useStore(documentStore, ({ design }) => hasRings(design, registry, nodeId));
}
