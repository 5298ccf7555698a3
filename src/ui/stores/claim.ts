/** Documents that this tab works on, so that two tabs never write over each other. React-free. */

const claims = new Map<string, Promise<boolean>>();

/** Takes a document for this tab as long as it lives; false when another tab has it. */
export function claim(id: string): Promise<boolean> {
  if (!('locks' in navigator)) return Promise.resolve(true);
  const known = claims.get(id);
  if (known !== undefined) return known;
  const asked = new Promise<boolean>((resolve) => {
    const held = navigator.locks.request(`luminode.document.${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      // A refused document may be free when it is asked for again.
      if (lock === null) claims.delete(id);
      return lock === null ? undefined : new Promise<void>(() => {});
    });
    held.catch(() => resolve(true));
  });
  claims.set(id, asked);
  return asked;
}
