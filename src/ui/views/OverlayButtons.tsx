/** Switches of what is drawn over pictures. */
import { CircleDot, Orbit } from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton } from '../parts/Button.tsx';
import type { DockView } from './useDockView.ts';
import { hasPolarisation } from './useDockView.ts';
import { useHasMarks } from './useSphereMarks.ts';
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
      label={shown ? 'Hide the circles of spheres' : 'Show spheres as circles, to be dragged'}
      pressed={shown}
      icon={<CircleDot size={ICON} />}
      onClick={() => viewStore.setState({ marks: !shown })}
      data-testid="dock-marks"
    />
  );
}

export function OverlayButtons({ view }: { readonly view: DockView }) {
  return (
    <>
      <EllipsesButton view={view} />
      <MarksButton view={view} />
    </>
  );
}
