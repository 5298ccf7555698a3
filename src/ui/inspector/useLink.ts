/** What a number field needs so that its value can follow an expression of others. */
import { useStore } from 'zustand';
import { canonicalText, linkAt, setLink, unlink } from '../../graph/expressions/editLinks.ts';
import { checkLink } from '../../graph/expressions/links.ts';
import { type Suggestion, suggestions } from '../../graph/expressions/suggestions.ts';
import { documentStore, registry } from '../stores/app.ts';
import { announce } from '../stores/uiStore.ts';

export interface FieldLink {
  readonly path: string;
  /** The expression that the value follows; null where it has a value of its own. */
  readonly text: string | null;
  /** Why an expression cannot be followed; null where it can. */
  readonly refusal: (text: string) => string | null;
  readonly set: (text: string) => void;
  readonly clear: () => void;
  readonly suggest: (text: string) => readonly Suggestion[];
}

export function useLink(path: string): FieldLink {
  const text = useStore(documentStore, ({ design }) => linkAt(design, registry, path));
  const design = () => documentStore.getState().design;
  const change = (label: string, next: Parameters<ReturnType<typeof documentStore.getState>['apply']>[1]) => {
    documentStore.getState().apply(label, next);
    documentStore.getState().settle();
  };
  return {
    path,
    text,
    refusal: (typed) => {
      const check = checkLink(design(), registry, path, canonicalText(design(), registry, path, typed));
      // The field tells which value it is, and what was typed.
      return check.ok
        ? null
        : check.cause.replace(/^(?:that|it)\b/, (word) => (word === 'it' ? 'It' : 'That'));
    },
    set: (typed) => {
      change('Link', (now) => setLink(now, registry, path, typed));
      announce(`Linked: ${typed}.`);
    },
    clear: () => {
      change('Unlink', (now) => unlink(now, registry, path));
      announce('Unlinked; the value stays.');
    },
    suggest: (typed) => suggestions(design(), registry, path, typed),
  };
}
