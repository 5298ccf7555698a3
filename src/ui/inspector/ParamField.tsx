/** Any parameter, by its kind: in the inspector and on the node card. */
import { memo } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { formatParam } from '../../graph/format.ts';
import { tableRows } from '../../graph/tables.ts';
import type { MapParam, TableParam } from '../../optics/element.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { LearnToggle } from './FieldParts.tsx';
import { FieldRow } from './FieldRow.tsx';
import styles from './fields.module.css';
import { ImageField } from './ImageField.tsx';
import { termsText } from './learned.ts';
import { MapField } from './MapField.tsx';
import { QuantityCompact, QuantityRow } from './QuantityField.tsx';
import { SimpleControl } from './SimpleField.tsx';
import { TableField } from './TableField.tsx';
import { type FieldProps, useParam, useTermNames } from './useParam.ts';
import { ZernikeEditor } from './ZernikeEditor.tsx';

const cx = moduleClasses(styles);

/** One parameter in the inspector. */
export const ParamField = memo(function ParamField({ nodeId, param, spec }: FieldProps) {
  switch (spec.kind) {
    case 'quantity':
      return <QuantityRow nodeId={nodeId} param={param} spec={spec} />;
    case 'zernike':
      return <ZernikeEditor nodeId={nodeId} param={param} spec={spec} />;
    case 'map':
      return <MapField nodeId={nodeId} param={param} spec={spec} />;
    case 'image':
      return <ImageField nodeId={nodeId} param={param} spec={spec} />;
    case 'table':
      return <TableField nodeId={nodeId} param={param} spec={spec} />;
    default:
      return (
        <FieldRow nodeId={nodeId} param={param} spec={spec}>
          <SimpleControl nodeId={nodeId} param={param} spec={spec} />
        </FieldRow>
      );
  }
});

/** One parameter on the node card. */
export const CompactField = memo(function CompactField({ nodeId, param, spec }: FieldProps) {
  if (spec.kind === 'quantity') return <QuantityCompact nodeId={nodeId} param={param} spec={spec} />;
  if (spec.kind === 'zernike') return <ZernikeSummary nodeId={nodeId} param={param} spec={spec} />;
  return (
    <div className={cx('line', 'compactLine')}>
      <span className={cx('label')}>{spec.title}</span>
      {spec.kind === 'map' ? (
        <MapName nodeId={nodeId} param={param} spec={spec} />
      ) : spec.kind === 'table' ? (
        <RowCount nodeId={nodeId} param={param} spec={spec} />
      ) : spec.kind === 'image' ? (
        <ImageName nodeId={nodeId} param={param} />
      ) : (
        <SimpleControl nodeId={nodeId} param={param} spec={spec} compact />
      )}
    </div>
  );
});

function ZernikeSummary({ nodeId, param, spec }: FieldProps) {
  const set = useTermNames(nodeId, param);
  const stem = `${nodeId}.${param}.`;
  const learned = useStore(
    documentStore,
    useShallow(({ design }) =>
      design.learn.filter((path) => path.startsWith(stem)).map((path) => path.slice(stem.length)),
    ),
  );
  return (
    <div className={cx('line', 'compactLine')}>
      <span className={cx('label')}>{spec.title}</span>
      <span className={cx('note')}>{termsText(set, learned)}</span>
    </div>
  );
}

/** Whether the fit may change the map, and what it starts from. */
function MapName({ nodeId, param, spec }: FieldProps<MapParam>) {
  const data = useParam(nodeId, param);
  const path = `${nodeId}.${param}`;
  const start = typeof data === 'string' ? 'drawn' : typeof data === 'object' ? 'random' : 'flat';
  return (
    <>
      <span className={cx('note')}>{start}</span>
      <LearnToggle path={path} title={spec.title} learnable={spec.learnable} testId={`card-learn-${path}`} />
    </>
  );
}

/** "3 spheres" */
function RowCount({ nodeId, param, spec }: FieldProps<TableParam>) {
  const data = useParam(nodeId, param);
  return <span className={cx('note')}>{formatParam(spec, tableRows(spec, data))}</span>;
}

function ImageName({ nodeId, param }: { readonly nodeId: string; readonly param: string }) {
  const id = useParam(nodeId, param);
  const name = useStore(documentStore, ({ design }) =>
    typeof id === 'string' ? (design.images[id]?.name ?? 'none yet') : 'none yet',
  );
  return <span className={cx('note')}>{name}</span>;
}
