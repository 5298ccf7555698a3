/** What is known of a learned value before the fit: “1.59 ± 0.01”, or “0.01” alone for the present value. */
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Prior } from '../../graph/document.ts';
import { checkLearnPath } from '../../graph/learnables.ts';
import { parsePrior } from '../../graph/priors.ts';
import { leaveField } from '../graph/focus.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { changePrior } from '../stores/actions.ts';
import { documentStore, registry } from '../stores/app.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { formatValueAndError } from '../views/format.ts';
import styles from './inspector.module.css';
import { type FieldUnit, fieldUnit } from './quantityText.ts';

const cx = moduleClasses(styles);

const HINT =
  'Known before the fit, with its standard deviation, such as 1.59 ± 0.01; a deviation alone is that of the present value. The image and what is known weigh by their errors. Empty: nothing is known.';

/** The unit of the value’s own field; null for what is no number. */
function useUnit(path: string): FieldUnit | null {
  const units = useStore(settingsStore, (state) => state.units);
  const check = checkLearnPath(documentStore.getState().design, registry, path);
  if (!check.ok || check.spec.kind === 'map') return null;
  const { node, param, cell } = check.target;
  const chosen = cell === null ? units[`${node.type}.${param}`] : undefined;
  // Radians of a wavefront cannot be typed with their symbol.
  return fieldUnit(check.spec, cell?.column ?? param, node.id, chosen === 'rad' ? undefined : chosen);
}

function textOf({ mean, sigma }: Prior, { factor, symbol }: FieldUnit): string {
  return `${formatValueAndError(mean / factor, sigma / factor)} ${symbol}`.trimEnd();
}

export function PriorField({ path, name }: { readonly path: string; readonly name: string }) {
  const prior = useStore(documentStore, ({ design }) => design.priors?.[path] ?? null);
  const unit = useUnit(path);
  const [draft, showDraft] = useState<string | null>(null);
  /** A ref, because Enter and blur come within one render. */
  const typed = useRef<string | null>(null);
  const [reason, setReason] = useState<string | null>(null);
  if (unit === null) return null;
  const setDraft = (text: string | null): void => {
    typed.current = text;
    showDraft(text);
  };
  const shown = prior === null ? '' : textOf(prior, unit);
  const commit = (): boolean => {
    const text = typed.current;
    if (text === null || text === shown) {
      setDraft(null);
      return true;
    }
    const found =
      text.trim() === ''
        ? ({ ok: true, prior: null } as const)
        : parsePrior(documentStore.getState().design, registry, path, text, { bareUnit: unit.symbol });
    if (!found.ok) {
      setReason(found.reason);
      return false;
    }
    setDraft(null);
    setReason(null);
    changePrior(path, found.prior);
    return true;
  };
  return (
    <>
      <Hint text={HINT} side="left">
        <input
          className={cx('prior', reason !== null && 'invalid')}
          aria-label={`Known of ${name} before the fit`}
          aria-invalid={reason !== null}
          data-testid={`prior-${path}`}
          placeholder="known to ±"
          autoComplete="off"
          spellCheck={false}
          value={draft ?? shown}
          onChange={(event) => {
            setDraft(event.currentTarget.value);
            setReason(null);
          }}
          onBlur={commit}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Enter' && commit()) event.currentTarget.blur();
            if (event.key !== 'Escape') return;
            setDraft(null);
            setReason(null);
            leaveField(event.currentTarget);
          }}
        />
      </Hint>
      {reason !== null && (
        <p role="alert" className={cx('priorReason')}>
          {reason}
        </p>
      )}
    </>
  );
}
