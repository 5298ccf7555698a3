/** What every fit is given: the design, what is learned, the runner and a way to tell how far it is. */

import type { Plan } from '../../graph/compile.ts';
import type { GraphRunner } from '../../graph/execute.ts';
import type { LearnableMap } from '../../graph/maps.ts';
import type { BackendName, FitProgress, FittedMap } from '../protocol.ts';
import type { ReportContext } from './report.ts';
import type { FitSnapshot } from './snapshot.ts';

export interface DescentContext extends ReportContext {
  readonly runner: GraphRunner;
  readonly plan: Plan;
  readonly maps: readonly LearnableMap[];
  readonly backend: BackendName;
  /** Called between steps: waits while paused, returns false to stop. */
  readonly proceed: (
    progress: FitProgress,
    maps: () => readonly FittedMap[],
    /** What going on from here takes; null where that is to begin again. */
    snapshot: () => Promise<FitSnapshot | null>,
  ) => Promise<boolean>;
}
