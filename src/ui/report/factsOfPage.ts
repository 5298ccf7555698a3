/** Facts of the document on screen, with what the guided path knows of it. React-free. */
import type { Design } from '../../graph/document.ts';
import { targetOf } from '../../graph/guided/kinds.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { guideStore } from '../guide/guideStore.ts';
import { documentStore, registry } from '../stores/app.ts';
import { describeImport } from '../stores/targetImports.ts';
import { type ReportFacts, reportFacts } from './reportFacts.ts';

export function factsOfPage(design: Design, result: FitResult): ReportFacts {
  const image = targetOf(design)?.params['image'];
  const used = typeof image === 'string' ? design.images[image] : undefined;
  const { documentId, given } = guideStore.getState();
  const isGuided = documentId === documentStore.getState().id;
  return reportFacts({
    ...{ design, registry, result },
    source: used?.kind === 'measured' ? describeImport(used) : null,
    given: isGuided ? given : null,
  });
}
