/** Switches of what is drawn over pictures. */
import {
  Brush,
  CircleDot,
  CirclePlus,
  Magnet,
  Orbit,
  PanelsLeftBottom,
  SquareDashedMousePointer,
} from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton } from '../parts/Button.tsx';
import { addRing } from './goalDrag.ts';
import { isCuttable, useDepths } from './SectionPictures.tsx';
import type { DockView } from './useDockView.ts';
import { hasPolarisation } from './useDockView.ts';
import { useIsPaintable, useIsRegistrable } from './usePictureTool.ts';
import { useHasMarks, useHasRings } from './useSphereMarks.ts';
import { type ImageTool, viewStore } from './viewStore.ts';

const ICON = 16;

const takeTool = (tool: ImageTool): void => viewStore.getState().setTool(tool);

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

/** Where a picture has a target: painting it, with the optics behind it. */
function BrushButton({ view }: { readonly view: DockView }) {
  const isPaintable = useIsPaintable(view.node.id);
  const isInHand = useStore(viewStore, (state) => state.tool === 'brush');
  if (!isPaintable || view.portType !== 'image') return null;
  return (
    <IconButton
      small
      label={isInHand ? 'Put the brush away' : 'Paint the wanted light'}
      pressed={isInHand}
      icon={<Brush size={ICON} />}
      onClick={() => takeTool(isInHand ? 'pan' : 'brush')}
      data-testid="dock-paint"
    />
  );
}

/** Of a stack along z: its planes from the side. */
function SectionButton({ view }: { readonly view: DockView }) {
  const isInHand = useStore(viewStore, (state) => state.tool === 'section');
  const tab = useStore(viewStore, (state) => state.tab);
  const depths = useDepths(view.node.id);
  if (depths === null || tab !== 'image' || !isCuttable(view)) return null;
  return (
    <IconButton
      small
      label={isInHand ? 'Show the plane alone' : 'Cut the stack along z: x–z and y–z beside the plane'}
      pressed={isInHand}
      icon={<PanelsLeftBottom size={ICON} />}
      onClick={() => takeTool(isInHand ? 'pan' : 'section')}
      data-testid="dock-section"
    />
  );
}

/** Over the picture of a model: moving the measured image onto it. */
function RegisterButton({ view }: { readonly view: DockView }) {
  const isRegistrable = useIsRegistrable(view.node.id);
  const isInHand = useStore(viewStore, (state) => state.tool === 'register');
  if (!isRegistrable || view.portType !== 'image') return null;
  return (
    <IconButton
      small
      label={isInHand ? 'Leave the target where it is' : 'Shift, turn and scale the target over this picture'}
      pressed={isInHand}
      icon={<SquareDashedMousePointer size={ICON} />}
      onClick={() => takeTool(isInHand ? 'pan' : 'register')}
      data-testid="dock-register"
    />
  );
}

export function OverlayButtons({ view }: { readonly view: DockView }) {
  return (
    <>
      <EllipsesButton view={view} />
      <SectionButton view={view} />
      <BrushButton view={view} />
      <RegisterButton view={view} />
      <MarksButton view={view} />
      <RingButtons view={view} />
    </>
  );
}
