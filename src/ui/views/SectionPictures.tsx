import { type RefObject, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { type Depths, depthsOf } from '../../graph/depths.ts';
import type { ImageStyle } from '../../pictures/style.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry } from '../stores/app.ts';
import { formatWithUnit } from './format.ts';
import type { ImageHandle, ImageSource } from './ImageCanvas.tsx';
import { ImageCanvas } from './ImageCanvas.tsx';
import { physicalCoordinate } from './profile.ts';
import { SectionCross } from './sectionCross.ts';
import { type Across, SectionFeed, type SectionState } from './sectionFeed.ts';
import type { DockView } from './useDockView.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

/** Where the planes of a node's picture lie; null where they are no depths. Keeps its identity. */
export function useDepths(nodeId: string): Depths | null {
  const text = useStore(documentStore, ({ design }) => JSON.stringify(depthsOf(design, registry, nodeId)));
  return useMemo(() => JSON.parse(text) as Depths | null, [text]);
}

/** Whether there is more than one plane, and these are places: samples of a pupil are directions. */
export function isCuttable({ planes, portType }: Pick<DockView, 'planes' | 'portType'>): boolean {
  return planes > 1 && (portType === 'image' || portType === 'field');
}

export interface SectionPicturesProps {
  readonly view: DockView;
  readonly depths: Depths;
  readonly image: RefObject<ImageHandle | null>;
  readonly empty: string;
}

/** One plane of a stack beside the two sections along z through the cross on it. */
export function SectionPictures({ view, depths, image, empty }: SectionPicturesProps) {
  const { source, planes, style, settings, node } = view;
  const { nodeId, layer, mode } = source;
  // Another plane that is shown, or another range, is the same stack.
  const stack = useMemo<ImageSource>(
    () => ({ frames: source.frames, nodeId, layer, mode, plane: 0 }),
    [source.frames, nodeId, layer, mode],
  );
  const [feed, setFeed] = useState<SectionFeed | null>(null);
  useEffect(() => {
    const next = new SectionFeed(stack, planes, depths, settings.clip);
    setFeed(next);
    return next.start();
  }, [stack, planes, depths, settings.clip]);
  if (feed === null) return null;
  return (
    <Sections
      key={nodeId}
      feed={feed}
      view={view}
      style={style}
      image={image}
      empty={empty}
      title={node.title}
    />
  );
}

interface SectionsProps extends Pick<SectionPicturesProps, 'view' | 'image' | 'empty'> {
  readonly feed: SectionFeed;
  readonly style: ImageStyle;
  readonly title: string;
}

function Sections({ feed, view, style, image, empty, title }: SectionsProps) {
  const state = useSyncExternalStore(feed.subscribe, () => feed.state);
  const cross = useMemo(() => new SectionCross(feed), [feed]);
  const { locked } = view.settings;
  const shared = useMemo<ImageStyle>(
    () => ({ ...style, locked: locked ?? state.range }),
    [style, locked, state.range],
  );
  const sources = useMemo(() => {
    const of = (along: Across): ImageSource => ({
      frames: feed.frames,
      nodeId: along,
      layer: 'output',
      mode: view.mode,
      plane: 0,
    });
    return { x: of('x'), y: of('y') } as const;
  }, [feed, view.mode]);
  const waiting = state.isTooLarge
    ? 'This stack has too many samples to be cut while it changes. Give it fewer planes or a smaller camera.'
    : empty;
  return (
    <div className={cx('triptych')} data-testid="dock-sections">
      <section className={cx('panel')} aria-label="Plane">
        <h3 className={cx('panelTitle')}>{`Plane ${view.plane + 1}, z = ${depthText(feed, view)}`}</h3>
        <ImageCanvas
          ref={image}
          label={`${title}, plane ${view.plane + 1}`}
          source={view.source}
          style={shared}
          hold={view.hold}
          tool="section"
          hand={cross}
          empty={empty}
          testId="dock-image"
        />
      </section>
      {(['x', 'y'] as const).map((along) => (
        <section key={along} className={cx('panel')} aria-label={`Section along ${along} and z`}>
          <h3 className={cx('panelTitle')}>{sectionTitle(along, state)}</h3>
          <ImageCanvas
            label={`${title}, section along ${along} and z`}
            source={sources[along]}
            style={shared}
            hold={view.hold}
            describe={(picture, at) => feed.describe(along, picture, at)}
            colorBar={false}
            empty={waiting}
            testId={`section-${along}`}
          />
        </section>
      ))}
    </div>
  );
}

function depthText({ depths: { step, middle } }: SectionFeed, { plane, planes }: DockView): string {
  return formatWithUnit(middle + (plane - Math.floor(planes / 2)) * step, 'm');
}

/** “x–z at y = 0.1 µm, z down, drawn 2 times larger” */
function sectionTitle(along: Across, { cut, plane, pitch, stretch }: SectionState): string {
  if (cut === null) return `${along}–z`;
  const [other, index, count] = along === 'x' ? ['y', cut.y, plane[0]] : ['x', cut.x, plane[1]];
  const place = physicalCoordinate(index, count, pitch);
  const where = formatWithUnit(place, pitch > 0 ? 'm' : 'px');
  const times = stretch >= 1 ? stretch : 1 / stretch;
  const scale =
    times < 1.1 ? '' : `, drawn ${times.toPrecision(2)} times ${stretch > 1 ? 'larger' : 'smaller'}`;
  return `${along}–z at ${other} = ${where}, z down${scale}`;
}
