/** A parameter's row in the inspector: its name, the way back to the default, what an automatic value is. */
import { memo, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { formatParam } from '../../graph/format.ts';
import { defaultValue } from '../../graph/registry.ts';
import type { ParamSpec } from '../../optics/element.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { resetValue } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import styles from './fields.module.css';
import { fieldUnit, valueText } from './quantityText.ts';
import { type FieldProps, useParam } from './useParam.ts';

const cx = moduleClasses(styles);

const RowLabel = memo(function RowLabel({ title, doc }: { readonly title: string; readonly doc: string }) {
  return (
    <Hint text={doc} side="left">
      <span className={cx('label')}>{title}</span>
    </Hint>
  );
});

/** A dot beside a changed value: back to the default. */
const ResetButton = memo(function ResetButton({ nodeId, param, spec }: FieldProps) {
  const standard = formatParam(spec, defaultValue(spec));
  return (
    <Hint text={standard === '' ? 'Back to the default' : `Back to the default, ${standard}`} side="left">
      <button
        type="button"
        className={cx('reset')}
        aria-label={`Reset ${spec.title}`}
        onClick={() => resetValue(nodeId, param)}
      />
    </Hint>
  );
});

export function FieldRow({
  nodeId,
  param,
  spec,
  children,
  below,
  learnPath,
}: FieldProps & { readonly children: ReactNode; readonly below?: ReactNode; readonly learnPath?: string }) {
  const changed = useStore(
    documentStore,
    ({ design }) => design.nodes.find((node) => node.id === nodeId)?.params[param] !== undefined,
  );
  const automatic = useAutomatic(nodeId, param, spec);
  return (
    <div className={cx('row')} data-learn-path={learnPath}>
      {changed && <ResetButton nodeId={nodeId} param={param} spec={spec} />}
      <div className={cx('line')}>
        <RowLabel title={spec.title} doc={spec.doc} />
        {children}
      </div>
      {automatic !== null && <p className={cx('note')}>automatic: {automatic}</p>}
      {below}
    </div>
  );
}

/** What a parameter at 0 stands for, where the element then chooses by itself. */
function useAutomatic(nodeId: string, param: string, spec: ParamSpec): string | null {
  const value = useParam(nodeId, param);
  const grid = useStore(documentStore, ({ design }) => design.grid);
  if (value !== 0 || (spec.kind !== 'quantity' && spec.kind !== 'integer')) return null;
  const { automatic } = spec;
  if (automatic === undefined || typeof automatic === 'string') return automatic ?? null;
  const chosen = automatic(grid);
  if (spec.kind === 'integer') return String(chosen);
  const unit = fieldUnit(spec, param, nodeId, undefined);
  return `${valueText(chosen, unit)} ${unit.symbol}`;
}
