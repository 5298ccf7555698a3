import { X } from 'lucide-react';
import { useCallback, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { View } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { MenuItem, MenuLabel, MenuLine } from '../parts/Menu.tsx';
import { exportTable, runExport } from './exportView.ts';
import type { ImageHandle } from './ImageCanvas.tsx';
import { ImageCanvas } from './ImageCanvas.tsx';
import type { PictureTabProps } from './ImageTab.tsx';
import type { PlotFeed } from './LinePlot.tsx';
import { LinePlot } from './LinePlot.tsx';
import type { PlotData } from './linePlotDraw.ts';
import type { Profile, ProfileSelection } from './profile.ts';
import { describeSelection, extractProfile } from './profile.ts';
import { latestView, useDockView } from './useDockView.ts';
import { useNoPicture } from './useNoPicture.ts';
import { ViewToolbar } from './ViewToolbar.tsx';
import { MODE_TITLES, viewStore } from './viewStore.ts';
import styles from './views.module.css';
import { isWanted } from './wantedView.ts';

const cx = moduleClasses(styles);

/** Without a selection the row through the origin is shown. */
function profileOf(view: View, selection: ProfileSelection | null): Profile {
  const image = { shape: view.shape, data: view.data, pitch: view.pitch, cyclic: view.mode === 'phase' };
  return extractProfile(image, selection ?? { kind: 'row', y: Math.floor(view.shape[0] / 2) });
}

function plotOf(view: View, selection: ProfileSelection | null, log: boolean): PlotData {
  const profile = profileOf(view, selection);
  return {
    series: [{ title: MODE_TITLES[view.mode], x: profile.position, y: profile.values, tone: 'main' }],
    x: { title: profile.positionTitle, unit: profile.positionUnit, scale: 'linear' },
    y: { title: MODE_TITLES[view.mode], unit: view.unit, scale: log ? 'log' : 'linear' },
  };
}

/** The picture with the selected line, and the values along it, live. */
export function ProfileTab({ nodes, node }: PictureTabProps) {
  const image = useRef<ImageHandle>(null);
  const view = useDockView(node);
  const tool = useStore(viewStore, (state) => state.tool);
  const empty = useNoPicture(node.id);
  const { source } = view;
  const { profile } = view.settings;
  const log = view.settings.scaling === 'log' && view.style.scaling === 'log';
  const feed = useCallback<PlotFeed>(
    (show) => {
      const draw = (frame: View): void => show(plotOf(frame, profile, log));
      const known = latestView(source);
      if (known === null) show(null);
      else draw(known);
      return source.frames.subscribe(
        source.nodeId,
        (frame) => {
          if (isWanted(frame, source.layer, source.mode, source.plane)) draw(frame);
        },
        (gone) => {
          if (gone === source.layer) show(null);
        },
      );
    },
    [source, profile, log],
  );
  const name = useMemo(
    () => (profile === null ? 'Row through the origin' : describeSelection(profile)),
    [profile],
  );
  const save = (): void => {
    const frame = latestView(source);
    if (frame === null) return;
    const { position, values, positionUnit, positionTitle } = profileOf(frame, profile);
    const columns = [
      { name: `${positionTitle} (${positionUnit})`, values: position },
      { name: `${MODE_TITLES[frame.mode]} (${frame.unit})`, values },
    ];
    runExport(exportTable(columns, [...view.nameParts, 'profile']));
  };
  return (
    <div className={cx('tab')}>
      <ViewToolbar
        nodes={nodes}
        view={view}
        image={image}
        exports={
          <>
            <MenuLabel>Profile</MenuLabel>
            <MenuItem text="CSV" detail="Position and value" onSelect={save} testId="export-profile" />
            <MenuLine />
          </>
        }
      />
      <div className={cx('split')}>
        <ImageCanvas
          ref={image}
          label={`${node.title}, ${MODE_TITLES[view.mode].toLowerCase()}`}
          source={source}
          style={view.style}
          hold={view.hold}
          tool={tool}
          selection={profile}
          onSelection={(chosen) => view.change({ profile: chosen })}
          colorBar={false}
          empty={empty}
        />
        <div className={cx('plotSide')}>
          <div className={cx('plotHead')}>
            <span>{name}</span>
            {profile !== null && (
              <Button small onClick={() => view.change({ profile: null })}>
                <X size={14} /> Remove
              </Button>
            )}
          </div>
          <LinePlot label={`${name} of ${node.title}`} feed={feed} empty={empty} testId="dock-profile" />
        </div>
      </div>
    </div>
  );
}
