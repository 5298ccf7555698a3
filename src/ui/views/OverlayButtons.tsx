/** Switches of what is drawn over pictures. */
import { CircleDot, CirclePlus, Magnet, Orbit } from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton } from '../parts/Button.tsx';
import { addRing } from './goalDrag.ts';
import type { DockView } from './useDockView.ts';
import { hasPolarisation } from './useDockView.ts';
import { useHasMarks, useHasRings } from './useSphereMarks.ts';
import { viewStore } from './viewStore.ts';

const ICON = 16;

function EllipsesButton({ view }: { readonly view: DockView }) {
  if (!hasPolarisation(view.portType)) return null;
  const shown = view.settings.ellipses;
  return (
    <IconButton
      small
      label={shown ? 'Hide the polarisation ellipses' : 'Show polarisation ellipses'}
      pressed={shown}
      icon={<Orbit size={ICON} />}
      onClick={() => view.change({ ellipses: !shown })}
      data-testid="dock-ellipses"
    />
  );
}

function MarksButton({ view }: { readonly view: DockView }) {
  const shown = useStore(viewStore, (state) => state.marks);
  const hasMarks = useHasMarks(view.node.id);
  if (!hasMarks || view.portType !== 'image') return null;
  return (
    <IconButton
      small
      label={shown ? 'Hide the circles on the picture' : 'Show spheres and rings as circles, to be dragged'}
      pressed={shown}
      icon={<CircleDot size={ICON} />}
      onClick={() => viewStore.setState({ marks: !shown })}
      data-testid="dock-marks"
    />
  );
}

/** For rings where light is wanted: whether the optics follow them, and one more. */
function RingButtons({ view }: { readonly view: DockView }) {
  const follows = useStore(viewStore, (state) => state.follow);
  const isShown = useStore(viewStore, (state) => state.marks);
  const hasRings = useHasRings(view.node.id);
  if (!hasRings || !isShown || view.portType !== 'image') return null;
  return (
    <>
      <IconButton
        small
        label={
          follows
            ? 'The optics follow a dragged ring; click to only move it'
            : 'Let the optics follow a dragged ring'
        }
        keys="T"
        pressed={follows}
        icon={<Magnet size={ICON} />}
        onClick={() => viewStore.setState({ follow: !follows })}
        data-testid="dock-follow"
      />
      <IconButton
        small
        label="Add a ring in the middle; a double-click adds one where it is"
        icon={<CirclePlus size={ICON} />}
        onClick={() => addRing(view.node.id)}
        data-testid="dock-add-ring"
      />
    </>
  );
}

export function OverlayButtons({ view }: { readonly view: DockView }) {
  return (
    <>
      <EllipsesButton view={view} />
      <MarksButton view={view} />
      <RingButtons view={view} />
    </>
  );
}
