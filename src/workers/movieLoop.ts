/** The engine's side of a way through a movie, whose frames lie with the page and are asked for one by one. */
import type { LocalisedFrame } from '../graph/localisations.ts';
import type { FrameFit } from '../graph/trajectories.ts';
import type { FromEngine, ToEngine } from './protocol.ts';
import type { Session } from './session.ts';
import type { Stepping } from './stepping.ts';

/** Either way through a movie. */
export type MovieRun = Extract<ToEngine, { type: 'track' | 'localise' }>;
type MovieFrame = Extract<ToEngine, { type: 'movieFrame' }>;

export interface MovieHost {
  readonly post: (message: FromEngine) => void;
  readonly fail: (seq: number, error: unknown) => void;
  readonly stepping: Stepping;
}

export class MovieLoop {
  private readonly host: MovieHost;
  /** Takes the frame that is waited for. */
  private frameArrived: ((frame: MovieFrame) => void) | null = null;

  constructor(host: MovieHost) {
    this.host = host;
  }

  receive(frame: MovieFrame): void {
    this.frameArrived?.(frame);
  }

  async run(session: Session, asked: MovieRun): Promise<void> {
    const { seq, design } = asked;
    const { post, fail, stepping } = this.host;
    stepping.begin();
    try {
      const read = (frame: number) => this.read(seq, frame);
      const source = { ...asked.movie, dark: null, read };
      const proceed = () => stepping.mayProceed(session, true);
      let notes: readonly string[] = [];
      if (asked.type === 'track') {
        const onFrame = (fit: FrameFit) => post({ type: 'frameTracked', seq, fit });
        await session.track(design, asked.options, source, onFrame, proceed);
      } else {
        const onFrame = (found: LocalisedFrame) => post({ type: 'frameLocalised', seq, found });
        notes = (await session.localise(design, asked.options, source, onFrame, proceed)).notes;
      }
      post({ type: 'trackDone', seq, notes });
    } catch (error) {
      fail(seq, error);
    } finally {
      this.frameArrived = null;
      stepping.end();
    }
  }

  private read(seq: number, frame: number): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      this.frameArrived = (arrived) => {
        if (arrived.seq !== seq || arrived.frame !== frame) return;
        this.frameArrived = null;
        if (arrived.data === null) reject(new Error(arrived.problem ?? 'The frame is not there.'));
        else resolve(arrived.data);
      };
      this.host.post({ type: 'frameWanted', seq, frame });
    });
  }
}
