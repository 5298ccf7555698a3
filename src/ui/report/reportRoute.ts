/** The report's own address, `#/report`: opened by a button, left by the browser's Back. React-free. */
import { engineStore } from '../stores/engineStore.ts';
import { toast } from '../stores/uiStore.ts';

const ADDRESS = '#/report';

export function isReportOpen(): boolean {
  return location.hash === ADDRESS;
}

export function openReport(): void {
  if (engineStore.getState().fit.result === null) {
    toast('There is no result to report yet: run a fit first.');
    return;
  }
  location.hash = ADDRESS;
}

export function leaveReport(): void {
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Calls back when the report opens or closes; returns the way to stop. */
export function onReportChange(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
