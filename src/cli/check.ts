/** `check`: every problem of a design, and what its elements say of it. */
import { registry } from '../graph/catalogue.ts';
import { elementIssues } from '../graph/notes.ts';
import type { Words } from './commandLine.ts';
import { allIssues, bySeverity, issueLine, loadDesign, printIssue, summary } from './designs.ts';
import { EXIT, type Io, toJson } from './io.ts';

export async function checkCommand(words: Words, io: Io): Promise<number> {
  const loaded = await loadDesign(words, io);
  const found = allIssues(loaded);
  const isSound = found.every(({ severity }) => severity !== 'error');
  // Elements are asked only where the design can run.
  const said = loaded.design !== null && isSound ? elementIssues(loaded.design, registry) : [];
  const issues = bySeverity([...found, ...said]);
  const errors = issues.filter((issue) => issue.severity === 'error');
  const failed = errors.length > 0;
  io.stdout(toJson({ ...(failed ? { error: summary(errors) } : {}), issues: issues.map(printIssue) }));
  if (!io.isTerminal) {
    for (const issue of issues) io.stderr(`${issueLine(issue)}\n`);
    if (issues.length === 0) io.stderr('No problems.\n');
  }
  return failed ? EXIT.failed : EXIT.done;
}
