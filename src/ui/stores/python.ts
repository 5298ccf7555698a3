/** The open design as a script of NumPy: to the clipboard, or as a file. React-free. */
import type { PythonScript } from '../../graph/python/script.ts';
import { documentStore, registry } from './app.ts';
import { downloadText, fileNameOf } from './files.ts';
import { contentKey } from './fitRecord.ts';
import { toast } from './uiStore.ts';

/** Values of the last fit stand in the script with their errors, as long as they are those of the design. */
async function scriptOfPage(): Promise<PythonScript> {
  const { design, fit } = documentStore.getState();
  // Loaded when it is first asked for: the page starts without it.
  const { pythonScript } = await import('../../graph/python/script.ts');
  const isCurrent = fit !== null && fit.key === contentKey(design);
  const version = String(import.meta.env['VITE_LUMINODE_VERSION'] ?? 'development');
  return pythonScript({ design, registry, version, ...(isCurrent ? { fitted: fit.result.parameters } : {}) });
}

export async function copyPython(): Promise<void> {
  const script = await scriptOfPage();
  if (!script.ok) {
    toast(script.reason, 'error');
    return;
  }
  try {
    await navigator.clipboard.writeText(script.text);
    toast(`The Python script was copied: ${script.text.split('\n').length} lines.`, 'good');
  } catch {
    toast('The browser did not allow copying. Save the Python script as a file instead.', 'error');
  }
}

export async function savePython(): Promise<void> {
  const script = await scriptOfPage();
  if (!script.ok) {
    toast(script.reason, 'error');
    return;
  }
  const name = fileNameOf(documentStore.getState().design.title, 'py');
  downloadText(script.text, name, 'text/x-python');
  toast(`Saved as “${name}”.`, 'good');
}
