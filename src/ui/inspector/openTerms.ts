/** Zernike terms that the user opened for editing and that are still zero; the document does not store zeros. */
import { createStore } from 'zustand/vanilla';

interface OpenTerms {
  /** "node.param" -> Noll indices. */
  readonly terms: { readonly [path: string]: readonly number[] };
}

export const openTerms = createStore<OpenTerms>()(() => ({ terms: {} }));

export function rememberTerm(path: string, index: number, open = true): void {
  openTerms.setState(({ terms }) => {
    const known = terms[path] ?? [];
    if (known.includes(index) === open) return { terms };
    return { terms: { ...terms, [path]: open ? [...known, index] : known.filter((each) => each !== index) } };
  });
}
