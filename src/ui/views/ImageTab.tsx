import { useRef } from 'react';
import { useStore } from 'zustand';
import { moduleClasses } from '../parts/classNames.ts';
import { BrushBar } from './BrushBar.tsx';
import type { DockNode } from './dockNodes.ts';
import type { ImageHandle } from './ImageCanvas.tsx';
import { ImageCanvas } from './ImageCanvas.tsx';
import { isCuttable, SectionPictures, useDepths } from './SectionPictures.tsx';
import { useDockView } from './useDockView.ts';
import { useNoPicture } from './useNoPicture.ts';
import { usePictureTool } from './usePictureTool.ts';
import { useSphereMarks } from './useSphereMarks.ts';
import { ViewToolbar } from './ViewToolbar.tsx';
import { MODE_TITLES, viewStore } from './viewStore.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

export interface PictureTabProps {
  readonly nodes: readonly DockNode[];
  readonly node: DockNode;
}

export function ImageTab({ nodes, node }: PictureTabProps) {
  const image = useRef<ImageHandle>(null);
  const view = useDockView(node);
  const empty = useNoPicture(node.id);
  const marks = useSphereMarks(node.id);
  const tool = useStore(viewStore, (state) => state.tool);
  const hand = usePictureTool(node.id, view.plane, tool);
  const depths = useDepths(node.id);
  const isCut = tool === 'section' && depths !== null && isCuttable(view);
  if (isCut)
    return (
      <div className={cx('tab')}>
        <ViewToolbar nodes={nodes} view={view} image={image} />
        <SectionPictures view={view} depths={depths} image={image} empty={empty} />
      </div>
    );
  return (
    <div className={cx('tab')}>
      <ViewToolbar nodes={nodes} view={view} image={image} />
      {hand?.kind === 'brush' && <BrushBar nodeId={node.id} />}
      <ImageCanvas
        ref={image}
        label={`${node.title}, ${MODE_TITLES[view.mode].toLowerCase()}`}
        source={view.source}
        style={view.style}
        hold={view.hold}
        tool={tool === 'section' ? 'pan' : tool}
        selection={view.settings.profile}
        onSelection={(profile) => view.change({ profile })}
        hand={hand}
        marks={view.portType === 'image' ? marks : null}
        empty={empty}
        testId="dock-image"
      />
    </div>
  );
}
