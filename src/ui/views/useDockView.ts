/** Which picture the dock shows and how: joins the document, the view store and what the frames say. */
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { PortType } from '../../optics/values.ts';
import { isHighContrast } from '../../pictures/contrast.ts';
import type { ImageStyle } from '../../pictures/style.ts';
import type { Layer, View, ViewMode } from '../../workers/protocol.ts';
import { outputLayer, planeOfRequest } from '../../workers/protocol.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore, movingValues } from '../stores/engineStore.ts';
import { frameBus } from '../stores/frameBus.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { contrastStore, sharedContrast } from './contrastStore.ts';
import type { DockContents, DockNode } from './dockNodes.ts';
import type { ImageSource } from './ImageCanvas.tsx';
import type { NodeViewSettings } from './viewStore.ts';
import { effectiveMode, settingsOf, styleOf, viewStore } from './viewStore.ts';
import { knownView } from './wantedView.ts';

export interface DockView {
  readonly node: DockNode;
  readonly settings: NodeViewSettings;
  readonly mode: ViewMode;
  readonly style: ImageStyle;
  readonly source: ImageSource;
  readonly portType: PortType | null;
  readonly planes: number;
  /** Shown plane, inside the stack. */
  readonly plane: number;
  /** A fit runs: colour ranges stay as they are. */
  readonly hold: boolean;
  readonly change: (change: Partial<NodeViewSettings>) => void;
  /** Parts of the names of exported files. */
  readonly nameParts: readonly string[];
}

interface ViewFacts {
  readonly portType: PortType | null;
  readonly planes: number;
  readonly highContrast: boolean;
}

const NO_FACTS: ViewFacts = { portType: null, planes: 1, highContrast: false };

/** Type, number of planes and contrast as the frames tell them; they change seldom, unlike the frames. */
function useViewFacts(nodeId: string, layer: Layer): ViewFacts {
  const [facts, setFacts] = useState<ViewFacts>(NO_FACTS);
  useEffect(() => {
    const read = (view: View | undefined): void => {
      if (view === undefined || view.layer !== layer) return;
      const { portType, planes } = view;
      setFacts((old) => {
        const highContrast = isHighContrast(view, old.highContrast);
        const same = old.portType === portType && old.planes === planes && old.highContrast === highContrast;
        return same ? old : { portType, planes, highContrast };
      });
    };
    setFacts(NO_FACTS);
    read(frameBus.latest(nodeId, layer));
    return frameBus.subscribe(nodeId, read);
  }, [nodeId, layer]);
  return facts;
}

/** The node that the dock shows: the chosen one, else the first of the list. */
export function chooseNode(contents: DockContents, chosen: string | null): DockNode | null {
  return contents.nodes.find((node) => node.id === chosen) ?? contents.nodes[0] ?? null;
}

export function useDockView(node: DockNode): DockView {
  const settings = useStore(viewStore, (state) => settingsOf(state, node.id));
  const preferred = useStore(settingsStore, (state) => state.colourMap);
  const hold = useStore(engineStore, (state) => movingValues(state) !== null);
  const title = useStore(documentStore, (state) => state.design.title);
  const layer = outputLayer(settings.output);
  const facts = useViewFacts(node.id, layer);
  const portType = facts.portType ?? node.portType;
  const mode = effectiveMode(settings, portType);
  const plane = planeOfRequest(settings.plane, facts.planes);
  // Where the card has a picture, the dock shows it as the card does, and so as all cards of its kind.
  const shared = useStore(contrastStore, ({ pictures }) =>
    sharedContrast(pictures, { nodeId: node.id, layer }),
  );
  const highContrast = shared ?? facts.highContrast;
  const style = useMemo(
    () => styleOf(settings, mode, layer, preferred, highContrast),
    [settings, mode, layer, preferred, highContrast],
  );
  const source = useMemo<ImageSource>(
    () => ({
      frames: frameBus,
      nodeId: node.id,
      layer,
      mode,
      plane,
      polarisation: settings.ellipses && hasPolarisation(portType),
    }),
    [node.id, layer, mode, plane, settings.ellipses, portType],
  );
  const nameParts = useMemo(
    () => [title, node.title, mode === 'intensity' ? '' : mode, facts.planes > 1 ? `plane ${plane + 1}` : ''],
    [title, node.title, mode, facts.planes, plane],
  );
  return {
    node,
    settings,
    mode,
    style,
    source,
    portType,
    planes: facts.planes,
    plane,
    hold,
    change: (change) => viewStore.getState().change(node.id, change),
    nameParts,
  };
}

/** Whether a type of value is light whose polarisation can be drawn. */
export function hasPolarisation(portType: PortType | null): boolean {
  return portType === 'field' || portType === 'pupil';
}

/** The frame that a source shows at this moment. */
export function latestView({ frames, nodeId, layer, mode, plane }: ImageSource): View | null {
  return knownView(frames, nodeId, layer, mode, plane);
}
