/**
 * A number with a unit: drag to scrub, click to type, arrows to step. Values are SI outside and shown in a unit
 * inside. Enter commits, Esc restores. Text that begins with = is an expression of other values, which this one then
 * follows.
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { completed, type Suggestion } from '../../graph/expressions/suggestions.ts';
import { leaveField } from '../graph/focus.ts';
import { moduleClasses } from '../parts/classNames.ts';
import styles from './fields.module.css';
import { Completions, START_LINK } from './LinkParts.tsx';
import { arrowStep, clampValue, roundToShare, type SoftRange, scrubbed } from './scale.ts';
import type { FieldLink } from './useLink.ts';

const cx = moduleClasses(styles);

/** Pixels of pointer travel for the whole soft range. */
const SCRUB_TRAVEL = 320;
const CLICK_SLOP = 3;

export type ParsedText =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly reason: string };

export interface NumberFieldProps {
  readonly label: string;
  readonly testId?: string | undefined;
  readonly value: number;
  /** SI value of one shown unit. */
  readonly factor: number;
  readonly range: SoftRange;
  readonly text: string;
  readonly parse: (text: string) => ParsedText;
  readonly disabled?: boolean;
  readonly compact?: boolean;
  /** Steps of whole numbers. */
  readonly whole?: boolean;
  /** The value moves because the fit moves it. */
  readonly live?: boolean;
  readonly after?: ReactNode;
  /** Where the value can follow others. */
  readonly link?: FieldLink;
  /** `final` is false while a scrub goes on; such changes share one undo entry. */
  readonly onChange: (value: number, final: boolean) => void;
  /** A series of unfinished changes (arrow keys) is over. */
  readonly onSettle: () => void;
}

interface Scrub {
  readonly startX: number;
  readonly pointer: number;
  lastX: number;
  value: number;
  moved: boolean;
}

/** A multiple of five arrow steps: of about a twentieth of the range, or of the value on a log scale. */
export function snapped(value: number, range: SoftRange, factor: number): number {
  const step = 5 * arrowStep(value, range, factor);
  return Number(((Math.round(value / step) * step) / factor).toPrecision(12)) * factor;
}

/** What an emptied field says: its name as on screen and the way back. */
export function missingValue(label: string, restored: string): string {
  return `${label} needs a value; Esc restores ${restored}.`;
}

function fineness(event: { readonly shiftKey: boolean; readonly altKey: boolean }): number {
  return event.altKey ? 0.01 : event.shiftKey ? 0.1 : 1;
}

export function NumberField(props: NumberFieldProps) {
  const { label, testId, value, factor, range, text, parse, disabled = false, compact = false, link } = props;
  const formula = link?.text ?? null;
  const [draft, showDraft] = useState<string | null>(null);
  /** What is typed and not yet committed; a ref, because Enter and blur come within one render. */
  const typed = useRef<string | null>(null);
  const [reason, setReason] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const scrub = useRef<Scrub | null>(null);
  const atFocus = useRef({ value, text });

  const setDraft = (next: string | null): void => {
    typed.current = next;
    showDraft(next);
  };
  const names = useNames(link, draft, setDraft);
  useEffect(() => {
    const field = input.current;
    const begin = (event: Event): void => {
      typed.current = event instanceof CustomEvent ? String(event.detail) : '=';
      showDraft(typed.current);
    };
    field?.addEventListener(START_LINK, begin);
    return () => field?.removeEventListener(START_LINK, begin);
  }, []);
  /** Null where what is typed is no expression. */
  const commitFormula = (follow: FieldLink, written: string): boolean | null => {
    const [, expression] = /^\s*=\s*(.*?)\s*$/.exec(written) ?? [];
    if (expression === undefined) return null;
    const refusal = expression === formula ? null : follow.refusal(expression);
    setReason(refusal);
    if (refusal !== null) return false;
    setDraft(null);
    if (expression !== formula) follow.set(expression);
    return true;
  };
  const commitDraft = (): boolean => {
    if (typed.current === null) return true;
    const followed = link === undefined ? null : commitFormula(link, typed.current);
    if (followed !== null) return followed;
    const parsed: ParsedText =
      typed.current.trim() === ''
        ? { ok: false, reason: missingValue(label, atFocus.current.text) }
        : parse(typed.current);
    if (!parsed.ok) {
      setReason(parsed.reason);
      return false;
    }
    setDraft(null);
    setReason(null);
    if (parsed.value !== value) props.onChange(parsed.value, true);
    return true;
  };
  const restore = (): void => {
    setDraft(null);
    setReason(null);
    if (formula === null && value !== atFocus.current.value) props.onChange(atFocus.current.value, true);
  };

  const onPointerDown = (event: PointerEvent<HTMLInputElement>): void => {
    // What follows others is typed, not dragged.
    if (disabled || formula !== null || event.button !== 0 || document.activeElement === input.current)
      return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    scrub.current = {
      startX: event.clientX,
      lastX: event.clientX,
      pointer: event.pointerId,
      value,
      moved: false,
    };
  };
  /** The scrubbed value as it is written: a few digits, or a round one while Ctrl is held. */
  const readable = (scrubbedTo: number, event: PointerEvent): number => {
    const round =
      event.ctrlKey || event.metaKey
        ? snapped(scrubbedTo, range, factor)
        : roundToShare(scrubbedTo, 0.002 * fineness(event), range, factor);
    return clampValue(round, range);
  };
  const onPointerMove = (event: PointerEvent<HTMLInputElement>): void => {
    const going = scrub.current;
    if (going === null || going.pointer !== event.pointerId) return;
    if (!going.moved && Math.abs(event.clientX - going.startX) < CLICK_SLOP) return;
    going.moved = true;
    const fine = fineness(event);
    going.value = scrubbed(going.value, ((event.clientX - going.lastX) / SCRUB_TRAVEL) * fine, range);
    going.lastX = event.clientX;
    props.onChange(readable(going.value, event), false);
  };
  const onPointerUp = (event: PointerEvent<HTMLInputElement>): void => {
    const going = scrub.current;
    scrub.current = null;
    if (going === null || going.pointer !== event.pointerId) return;
    if (going.moved) {
      props.onChange(readable(going.value, event), true);
    } else {
      input.current?.focus();
      input.current?.select();
    }
  };
  const onPointerCancel = (): void => {
    if (scrub.current?.moved === true) props.onSettle();
    scrub.current = null;
  };

  const stepBy = (steps: number): void => {
    if (formula !== null || !commitDraft()) return;
    const step =
      props.whole === true
        ? Math.sign(steps) * Math.max(1, Math.abs(steps))
        : arrowStep(value, range, factor) * steps;
    const next = value + step;
    props.onChange(clampValue(Number((next / factor).toPrecision(9)) * factor, range), false);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (names.onKey(event)) {
      // Taken by the list of names.
    } else if (event.key === 'Enter') {
      // Without a new place for the focus, the Tab key goes on from this field.
      if (commitDraft()) input.current?.blur();
    } else if (event.key === 'Escape') {
      restore();
      leaveField(event.currentTarget);
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      stepBy((event.key === 'ArrowUp' ? 1 : -1) * fineness(event));
    } else if (event.key === 'PageUp' || event.key === 'PageDown') {
      stepBy(event.key === 'PageUp' ? 10 : -10);
    } else {
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <span
      className={cx(
        'number',
        compact && 'compact',
        props.live === true && 'live',
        reason !== null && 'invalid',
        formula !== null && 'linked',
        draft?.trimStart().startsWith('=') === true && 'formula',
      )}
    >
      <input
        ref={input}
        className={`${cx('numberInput')} nodrag nopan nowheel`}
        data-testid={testId}
        aria-label={label}
        aria-invalid={reason !== null}
        inputMode={link === undefined ? 'decimal' : 'text'}
        {...names.attributes}
        autoComplete="off"
        spellCheck={false}
        disabled={disabled}
        value={draft ?? text}
        onFocus={(event) => {
          atFocus.current = { value, text };
          if (formula !== null) setDraft(`=${formula}`);
          event.currentTarget.select();
        }}
        onBlur={() => {
          names.close();
          if (!commitDraft()) {
            setDraft(null);
            setReason(null);
          }
          props.onSettle();
        }}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
          setReason(null);
        }}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerCancel}
      />
      {props.after}
      {names.list}
      {reason !== null && (
        <span role="alert" className={cx('reason')}>
          {reason}
        </span>
      )}
    </span>
  );
}

const NO_NAMES: readonly Suggestion[] = [];

/** The names that an expression can go on with, while one is typed. */
function useNames(
  link: FieldLink | undefined,
  draft: string | null,
  setDraft: (next: string) => void,
): {
  readonly list: ReactNode;
  readonly attributes: Readonly<Record<string, string | boolean>>;
  /** Whether the list has taken a key. */
  readonly onKey: (event: KeyboardEvent) => boolean;
  readonly close: () => void;
} {
  const id = useId();
  const [active, setActive] = useState(-1);
  /** The text for which a person has closed the list. */
  const [closedFor, setClosedFor] = useState<string | null>(null);
  const isTyped = link !== undefined && draft !== null && /^\s*=/.test(draft) && draft !== closedFor;
  const isUntouched = draft === `=${link?.text}`;
  const found = isTyped && !isUntouched ? link.suggest(draft.replace(/^\s*=/, '')) : NO_NAMES;
  const choose = (suggestion: Suggestion): void => {
    const next = completed(draft ?? '', suggestion);
    setDraft(next);
    setActive(-1);
  };
  const onKey = (event: KeyboardEvent): boolean => {
    const chosen = found[active];
    if (found.length === 0) return false;
    if (event.key === 'ArrowDown') setActive((active + 1) % found.length);
    else if (event.key === 'ArrowUp') setActive((active <= 0 ? found.length : active) - 1);
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) choose(chosen);
    else if (event.key === 'Escape') setClosedFor(draft);
    else {
      setActive(-1);
      return false;
    }
    return true;
  };
  const isOpen = found.length > 0;
  return {
    list: isOpen && <Completions id={id} list={found} active={active} onChoose={choose} />,
    // A plain number is no choice of names.
    attributes: isTyped
      ? {
          role: 'combobox',
          'aria-autocomplete': 'list',
          'aria-expanded': isOpen,
          ...(isOpen ? { 'aria-controls': id } : {}),
          ...(isOpen && active >= 0 ? { 'aria-activedescendant': `${id}-${active}` } : {}),
        }
      : {},
    onKey,
    close: () => setClosedFor(null),
  };
}
