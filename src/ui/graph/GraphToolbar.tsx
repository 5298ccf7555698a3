import { useStore as useFlowStore } from '@xyflow/react';
import { Maximize, Minus, Plus, Workflow } from 'lucide-react';
import { IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { fitGraph, tidyGraph, zoomStep } from './flow.ts';
import styles from './graph.module.css';

const cx = moduleClasses(styles);

export function GraphToolbar() {
  const zoom = useFlowStore((state) => Math.round(state.transform[2] * 100));
  return (
    <div className={cx('toolbar')} data-zoom-bar>
      <IconButton
        small
        side="top"
        label="Zoom out"
        icon={<Minus size={14} />}
        onClick={() => void zoomStep('zoomOut')}
      />
      <span className={cx('zoom')}>{zoom}%</span>
      <IconButton
        small
        side="top"
        label="Zoom in"
        icon={<Plus size={14} />}
        onClick={() => void zoomStep('zoomIn')}
      />
      <IconButton
        small
        side="top"
        label="Fit the view"
        keys="F"
        icon={<Maximize size={14} />}
        onClick={fitGraph}
      />
      <IconButton
        small
        side="top"
        label="Tidy the layout"
        icon={<Workflow size={14} />}
        data-testid="tidy-layout"
        onClick={tidyGraph}
      />
    </div>
  );
}
