import { Download } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import type { ImageFileKind } from '../../workers/filesClient.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../parts/Menu.tsx';
import { toast } from '../stores/uiStore.ts';
import { exportCanvas, exportStack, exportValues, runExport } from './exportView.ts';
import type { ImageHandle } from './ImageCanvas.tsx';
import { type DockView, latestView } from './useDockView.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

const ICON = 16;

const VALUE_EXPORTS: readonly {
  readonly kind: ImageFileKind;
  readonly text: string;
  readonly detail: string;
}[] = [
  { kind: 'tiff', text: 'TIFF, 32-bit', detail: 'Exact values with the pixel size' },
  { kind: 'npy', text: 'NPY', detail: 'Exact values for Python' },
  { kind: 'png16', text: 'PNG, 16-bit', detail: 'Stretched over the full range' },
  { kind: 'csv', text: 'CSV', detail: 'One line per row of pixels' },
];

export interface ExportMenuProps {
  readonly view: DockView;
  readonly image: RefObject<ImageHandle | null>;
  /** Items above the others. */
  readonly children?: ReactNode;
}

export function ExportMenu({ view, image, children }: ExportMenuProps) {
  const exportSeen = (withScaleBar: boolean): void => {
    const canvas = image.current?.snapshot(withScaleBar) ?? null;
    if (canvas === null)
      toast(
        'There is no picture to export yet: the design is not complete, or still being computed.',
        'info',
      );
    else runExport(exportCanvas(canvas, withScaleBar ? view.nameParts : [...view.nameParts, 'picture only']));
  };
  const exportKind = (kind: ImageFileKind): void => {
    const frame = latestView(view.source);
    if (frame === null)
      toast(
        'There is no picture to export yet: the design is not complete, or still being computed.',
        'info',
      );
    else runExport(exportValues(kind, frame, view.nameParts));
  };
  const exportPlanes = (kind: 'tiff' | 'npy'): void => {
    const { nodeId, layer, mode } = view.source;
    const [title = '', node = ''] = view.nameParts;
    runExport(exportStack(kind, { nodeId, layer, mode }, [title, node, mode === 'intensity' ? '' : mode]));
  };
  return (
    <Menu
      align="end"
      trigger={
        <Button small aria-label="Export" title="Save this picture or its values" data-testid="dock-export">
          <Download size={ICON} />
          <span className={cx('wideOnly')}>Export</span>
        </Button>
      }
    >
      {children}
      <MenuLabel>Picture as seen</MenuLabel>
      <MenuItem
        text="PNG"
        detail="With scale bar and legend"
        onSelect={() => exportSeen(true)}
        testId="export-png"
      />
      <MenuItem text="PNG, picture only" onSelect={() => exportSeen(false)} testId="export-png-plain" />
      <MenuLine />
      <MenuLabel>{view.planes > 1 ? `Values of plane ${view.plane + 1}` : 'Values'}</MenuLabel>
      {VALUE_EXPORTS.map(({ kind, text, detail }) => (
        <MenuItem
          key={kind}
          text={text}
          detail={detail}
          onSelect={() => exportKind(kind)}
          testId={`export-${kind}`}
        />
      ))}
      {view.planes > 1 && (
        <>
          <MenuLine />
          <MenuLabel>Values of all {view.planes} planes</MenuLabel>
          {VALUE_EXPORTS.slice(0, 2).map(({ kind, text, detail }) => (
            <MenuItem
              key={kind}
              text={text}
              detail={detail}
              onSelect={() => exportPlanes(kind === 'npy' ? 'npy' : 'tiff')}
              testId={`export-all-${kind}`}
            />
          ))}
        </>
      )}
    </Menu>
  );
}
