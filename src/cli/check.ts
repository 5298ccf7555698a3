/** `check`: every problem of a design. */
import type { Words } from './commandLine.ts';
import { allIssues, issueLine, loadDesign, printIssue, summary } from './designs.ts';
import { EXIT, type Io, toJson } from './io.ts';

export async function checkCommand(words: Words, io: Io): Promise<number> {
  const issues = allIssues(await loadDesign(words, io));
  const errors = issues.filter((issue) => issue.severity === 'error');
  const failed = errors.length > 0;
  io.stdout(toJson({ ...(failed ? { error: summary(errors) } : {}), issues: issues.map(printIssue) }));
  for (const issue of issues) io.stderr(`${issueLine(issue)}\n`);
  if (issues.length === 0) io.stderr('No problems.\n');
  return failed ? EXIT.failed : EXIT.done;
}
