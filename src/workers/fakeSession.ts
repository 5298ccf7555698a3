/** A stand-in for the session, for the tests of the loop that drives it. */
import type { Design } from '../graph/document.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import type { Shown } from './evaluator.ts';
import type { FitSnapshot } from './fit/snapshot.ts';
import type { FitResult, Wanted } from './protocol.ts';
import type { FitStep } from './session.ts';

export const FRAME: Shown = {
  views: [],
  previews: [],
  issues: [],
  milliseconds: 1,
  nodeMilliseconds: {},
  bytes: 7,
  loss: 0.5,
};
export const RESULT = { parameters: [], iterations: 3, seconds: 1 } as unknown as FitResult;

/** A session whose work ends when the test says so. */
export class FakeSession {
  readonly backend = 'wasm';
  readonly reason = 'No graphics card.';
  readonly adapter = null;
  readonly lost: Promise<string>;
  lose: (reason: string) => void = () => undefined;
  readonly shown: string[] = [];
  /** Finishes the oldest unfinished `show`. */
  readonly finish: (() => void)[] = [];
  holdShows = false;
  steps = 0;
  running = 0;
  mostRunning = 0;
  looks = 0;
  /** Whether the ranges of colours were to stay, for each `show`. */
  readonly held: boolean[] = [];
  /** Nodes that the last look of a fit was to picture. */
  lookedFor: readonly string[] = [];
  /** Milliseconds that the pictures of one progress report take. */
  lookMilliseconds = 0;
  showError: unknown = null;
  fitError: unknown = null;
  /** Steps that a fit takes unless it is stopped. */
  length = 3;
  /** Trials of a coarse search before the first step. */
  trials = 0;
  readonly fits: string[] = [];
  /** Maps that a fit learns. */
  maps: FitResult['maps'] & {} = [];
  /** What a fit offers to be gone on from. */
  snapshot: FitSnapshot | null = null;
  /** What the last fit was to go on from. */
  resumed: FitSnapshot | null = null;

  constructor() {
    this.lost = new Promise((resolve) => {
      this.lose = resolve;
    });
  }

  async show(design: Design, _wanted?: unknown, hold = false): Promise<Shown> {
    this.held.push(hold);
    this.shown.push(design.title);
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    if (this.holdShows) await new Promise<void>((resolve) => this.finish.push(resolve));
    this.running--;
    if (this.showError !== null) throw this.showError;
    return FRAME;
  }

  async fit(
    design: Design,
    _options: FitOptions,
    onStep: FitStep,
    resume: FitSnapshot | null = null,
  ): Promise<FitResult> {
    this.resumed = resume;
    this.fits.push(design.title);
    this.steps = 0;
    while (this.steps < this.length) {
      const iteration = Math.max(0, this.steps - this.trials);
      const phase = this.steps < this.trials ? 'search' : 'fit';
      const progress = { iteration, loss: 1, searched: null, phase, values: { 'a.x': this.steps } } as const;
      const look = async ({ views = [] }: Partial<Wanted>) => {
        this.looks++;
        this.lookedFor = views.map(({ nodeId }) => nodeId);
        const end = performance.now() + this.lookMilliseconds;
        while (performance.now() < end);
        return FRAME;
      };
      this.steps++;
      const snapshot = async () => this.snapshot;
      if (!(await onStep(progress, look, () => this.maps, snapshot))) return { ...RESULT, converged: false };
    }
    if (this.fitError !== null) throw this.fitError;
    return { ...RESULT, converged: true };
  }
}
