/** A whole run through a movie on one engine: checks first, then frame after frame until the end or until stopped. */
import { registry } from '../../graph/catalogue.ts';
import { compile, type Plan } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { expandLearnables, type Learnable } from '../../graph/learnables.ts';
import { type FrameSource, PreparedFrames } from '../../graph/movieFrames.ts';
import type { FrameFit, TrackOptions } from '../../graph/trajectories.ts';
import type { FitProblem } from '../fit/fitProblem.ts';
import { FitProblemError } from '../fit/fitProblemError.ts';
import type { FitResult } from '../protocol.ts';
import { Tracker } from './tracker.ts';

/** What the runner needs of an engine. */
export interface TrackEngine {
  readonly fit: (design: Design) => Promise<FitResult>;
  readonly open: (plan: Plan, design: Design, learnables: readonly Learnable[]) => Promise<FitProblem>;
  /** The design seen by every few pixels, for a quick way to a start; null where its image is small. */
  readonly every: (plan: Plan) => number;
  /** Half the width and height of what the camera sees, metres in the object. */
  readonly windowOf: (plan: Plan) => Promise<{ readonly x: number; readonly y: number }>;
}

export interface TrackRun {
  /** Its target image has the size of the movie's window. */
  readonly design: Design;
  readonly options: TrackOptions;
  readonly source: FrameSource;
  readonly onFrame: (fit: FrameFit) => void;
  /** Called between frames; false ends the run. */
  readonly proceed: () => Promise<boolean>;
}

/** @throws FitProblemError where the design cannot follow anything; a bad frame is no reason */
export async function trackMovie(engine: TrackEngine, run: TrackRun): Promise<void> {
  const { design, options, source } = run;
  const plan = compile(design, registry);
  const learnables = expandLearnables(design, registry, plan.planes);
  check(design, options, learnables);
  const frames = new PreparedFrames(source, options);
  const tracker = new Tracker(
    {
      plan,
      learnables,
      reach: await engine.windowOf(plan),
      frames,
      every: engine.every(plan),
      fit: engine.fit,
      open: (first) => engine.open(plan, first, learnables),
    },
    options,
  );
  try {
    for (let k = options.frames.start; k < options.frames.stop; k += options.frames.step) {
      if (!(await run.proceed())) return;
      const fit = await tracker.follow(k);
      run.onFrame(fit);
    }
  } finally {
    tracker.release();
  }
}

function check(design: Design, options: TrackOptions, learnables: readonly Learnable[]): void {
  if (learnables.length === 0) {
    throw new FitProblemError(
      'Nothing is marked as learnable: mark x, y and whatever else moves with the diamond ◇.',
    );
  }
  if (options.background === 'median' && !design.nodes.some(({ type }) => type === 'interference')) {
    throw new FitProblemError(
      'Only holograms are divided by the median of the movie: give the camera a background instead.',
    );
  }
}
