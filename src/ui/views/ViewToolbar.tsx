import { Hand, Lock, LockOpen, Maximize2, MoveHorizontal, MoveVertical, Palette, Slash } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { useStore } from 'zustand';
import type { ColormapName } from '../../pictures/colormaps.ts';
import { COLORMAP_NAMES, COLORMAP_TITLES } from '../../pictures/colormaps.ts';
import type { Scaling } from '../../pictures/scaling.ts';
import { SCALING_TAGS, SCALING_TITLES, SCALINGS } from '../../pictures/scaling.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../parts/Menu.tsx';
import type { DockNode } from './dockNodes.ts';
import { ExportMenu } from './ExportMenu.tsx';
import type { ImageHandle } from './ImageCanvas.tsx';
import { OverlayButtons } from './OverlayButtons.tsx';
import type { DockView } from './useDockView.ts';
import type { ImageTool } from './viewStore.ts';
import { MODE_TITLES, modesOf, viewStore } from './viewStore.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);
const ICON = 16;

export interface NodePickerProps {
  readonly nodes: readonly DockNode[];
  readonly value: string;
}

/** Which node the dock shows. */
export function NodePicker({ nodes, value }: NodePickerProps) {
  const groups = ['Cameras', 'Light'] as const;
  return (
    <select
      className={cx('select', 'nodeSelect')}
      aria-label="Node shown"
      value={value}
      onChange={(event) => viewStore.setState({ imageNode: event.target.value })}
      data-testid="dock-node"
    >
      {groups.map((group) => {
        const members = nodes.filter((node) => node.group === group);
        if (members.length === 0) return null;
        return (
          <optgroup key={group} label={group}>
            {members.map((node) => (
              <option key={node.id} value={node.id}>
                {node.title}
              </option>
            ))}
          </optgroup>
        );
      })}
    </select>
  );
}

function ModePicker({ view }: { readonly view: DockView }) {
  const modes = modesOf(view.portType);
  if (modes.length < 2) return null;
  return (
    <select
      className={cx('select')}
      aria-label="What is shown"
      value={view.mode}
      onChange={(event) => {
        const mode = modes.find((each) => each === event.target.value);
        if (mode !== undefined) view.change({ mode });
      }}
      data-testid="dock-mode"
    >
      {modes.map((mode) => (
        <option key={mode} value={mode}>
          {MODE_TITLES[mode]}
        </option>
      ))}
    </select>
  );
}

export function PlaneSlider({ view }: { readonly view: DockView }) {
  if (view.planes < 2) return null;
  return (
    <label className={cx('planes')}>
      <span>Plane</span>
      <input
        type="range"
        min={0}
        max={view.planes - 1}
        step={1}
        value={view.plane}
        aria-valuetext={`${view.plane + 1} of ${view.planes}`}
        onChange={(event) => view.change({ plane: event.target.valueAsNumber })}
        data-testid="dock-plane"
      />
      <output className={cx('planeCount')}>
        {view.plane + 1}/{view.planes}
      </output>
    </label>
  );
}

const CLIPS = [
  { value: '0', text: 'Smallest to largest value' },
  { value: '0.001', text: 'Cut 0.1 % at each end' },
  { value: '0.01', text: 'Cut 1 % at each end' },
] as const;

const SCALING_OPTIONS = [
  {
    value: 'auto',
    text: 'Automatic',
    detail:
      'Logarithmic where most of an image, or of one to compare it with, is a thousand times fainter than its peak.',
  },
  ...SCALINGS.map((value) => ({ value, text: SCALING_TITLES[value] })),
] as const;

export function ColorMenu({ view, nodes }: { readonly view: DockView; readonly nodes: readonly DockNode[] }) {
  const { settings, mode, change } = view;
  const colormaps = [
    { value: 'auto', text: 'Automatic' } as const,
    ...COLORMAP_NAMES.filter((name) => name !== 'phase').map((value) => ({
      value,
      text: COLORMAP_TITLES[value],
    })),
  ];
  return (
    <Menu
      align="end"
      trigger={
        <Button
          small
          aria-label={
            view.style.scaling === 'linear' ? 'Colours' : `Colours, ${SCALING_TITLES[view.style.scaling]}`
          }
          title="Colour map, scaling and range"
        >
          <Palette size={ICON} />
          <span className={cx('wideOnly')}>Colours</span>
          {view.style.scaling !== 'linear' && (
            <span className={cx('scalingTag')} data-testid="dock-scaling">
              {SCALING_TAGS[view.style.scaling]}
            </span>
          )}
        </Button>
      }
    >
      <MenuLabel>Colour map</MenuLabel>
      {mode === 'phase' ? (
        <MenuChoice<string>
          value={settings.colormap === 'gray' ? 'gray' : 'auto'}
          options={[
            { value: 'auto', text: 'Phase wheel', detail: 'The ends of the range have the same colour.' },
            { value: 'gray', text: 'Grey', detail: 'Jumps from π to −π show as edges.' },
          ]}
          onChange={(value) => change({ colormap: value === 'gray' ? 'gray' : 'auto' })}
        />
      ) : (
        <>
          <MenuChoice<ColormapName | 'auto'>
            value={settings.colormap}
            options={colormaps}
            onChange={(colormap) => change({ colormap })}
          />
          {mode !== 'real' && (
            <>
              <MenuLine />
              <MenuLabel>Scaling</MenuLabel>
              <MenuChoice<Scaling | 'auto'>
                value={settings.scaling}
                options={SCALING_OPTIONS}
                onChange={(scaling) => change({ scaling })}
              />
            </>
          )}
          <MenuLine />
          <MenuLabel>Range</MenuLabel>
          <MenuChoice<string>
            value={String(settings.clip)}
            options={CLIPS}
            onChange={(clip) => change({ clip: Number(clip), locked: null })}
          />
          <MenuLine />
          <MenuItem
            text="All pictures like this"
            detail="Map, scaling and cut for every element of the document"
            onSelect={() =>
              viewStore.getState().likeThis(
                view.node.id,
                nodes.map(({ id }) => id),
              )
            }
            testId="colours-everywhere"
          />
        </>
      )}
    </Menu>
  );
}

function LockButton({
  view,
  image,
}: {
  readonly view: DockView;
  readonly image: RefObject<ImageHandle | null>;
}) {
  const locked = view.settings.locked !== null;
  if (view.mode === 'phase') return null;
  return (
    <IconButton
      small
      label={
        locked
          ? 'Colours keep their range; click to adapt them to every picture'
          : 'Keep the range of the colours'
      }
      pressed={locked}
      icon={locked ? <Lock size={ICON} /> : <LockOpen size={ICON} />}
      onClick={() => view.change({ locked: locked ? null : (image.current?.range() ?? null) })}
      data-testid="dock-lock"
    />
  );
}

const TOOLS: readonly { readonly tool: ImageTool; readonly label: string; readonly icon: ReactNode }[] = [
  { tool: 'pan', label: 'Move the picture; the wheel zooms', icon: <Hand size={ICON} /> },
  { tool: 'line', label: 'Draw a line profile', icon: <Slash size={ICON} /> },
  { tool: 'row', label: 'Profile of a row', icon: <MoveHorizontal size={ICON} /> },
  { tool: 'column', label: 'Profile of a column', icon: <MoveVertical size={ICON} /> },
];

export function ToolButtons({ image }: { readonly image: RefObject<ImageHandle | null> }) {
  const active = useStore(viewStore, (state) => state.tool);
  return (
    <div className={cx('buttons')} role="toolbar" aria-label="Picture tools">
      {TOOLS.map(({ tool, label, icon }) => (
        <IconButton
          key={tool}
          small
          label={label}
          icon={icon}
          pressed={active === tool}
          onClick={() => viewStore.getState().setTool(tool)}
        />
      ))}
      <span className={cx('divider')} />
      <IconButton
        small
        label="Show the whole picture"
        keys="0"
        icon={<Maximize2 size={ICON} />}
        onClick={() => image.current?.zoom('fit')}
      />
      <IconButton
        small
        label="1:1, one screen pixel per sample"
        icon={<span className={cx('actualSize')}>1:1</span>}
        onClick={() => image.current?.zoom('actual')}
      />
    </div>
  );
}

export interface ViewToolbarProps {
  readonly nodes: readonly DockNode[];
  readonly view: DockView;
  readonly image: RefObject<ImageHandle | null>;
  readonly exports?: ReactNode;
}

/** Everything that decides how a picture is shown, in one row that wraps. */
export function ViewToolbar({ nodes, view, image, exports }: ViewToolbarProps) {
  return (
    <div className={cx('toolbar')}>
      <NodePicker nodes={nodes} value={view.node.id} />
      <ModePicker view={view} />
      <PlaneSlider view={view} />
      <span className={cx('spring')} />
      <ToolButtons image={image} />
      <div className={cx('buttons')}>
        <OverlayButtons view={view} />
        <ColorMenu view={view} nodes={nodes} />
        <LockButton view={view} image={image} />
        <ExportMenu view={view} image={image}>
          {exports}
        </ExportMenu>
      </div>
    </div>
  );
}
