/** The tool that works on the picture of a node, where there is something for it to do. */
import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { Design } from '../../graph/document.ts';
import { paintedTarget } from '../../graph/painting.ts';
import { own } from '../../graph/registry.ts';
import { targetOf } from '../../graph/targets.ts';
import { documentStore, registry } from '../stores/app.ts';
import { Painter } from './painter.ts';
import type { PictureTool } from './pictureTool.ts';
import { Registrar } from './registrar.ts';
import type { ImageTool } from './viewStore.ts';

/** @param plane of a stack that is shown */
export function usePictureTool(nodeId: string, plane: number, tool: ImageTool): PictureTool | null {
  const isPaintable = useIsPaintable(nodeId);
  const isRegistrable = useIsRegistrable(nodeId);
  const shown = useRef(plane);
  useEffect(() => {
    shown.current = plane;
  }, [plane]);
  return useMemo(() => {
    if (tool === 'brush' && isPaintable) return new Painter(nodeId, () => shown.current);
    return tool === 'register' && isRegistrable ? new Registrar(nodeId, () => shown.current) : null;
  }, [nodeId, isPaintable, isRegistrable, tool]);
}

export function useIsPaintable(nodeId: string): boolean {
  return useStore(documentStore, ({ design }) => paintedTarget(design, registry, nodeId) !== null);
}

/** Whether a picture is compared with a measured image that can be moved onto it. */
export function useIsRegistrable(nodeId: string): boolean {
  return useStore(documentStore, ({ design }) => hasMeasuredTarget(design, nodeId));
}

function hasMeasuredTarget(design: Design, nodeId: string): boolean {
  const target = targetOf(design, registry, nodeId);
  const id = design.nodes.find((node) => node.id === target)?.params['image'];
  return typeof id === 'string' && own(design.images, id)?.kind === 'measured';
}
