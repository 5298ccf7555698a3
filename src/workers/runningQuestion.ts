/** What the page asks the engine beside pictures and fits: one question at a time, a newer one ends the one before. */
import type { Design } from '../graph/document.ts';
import type { FoundSpheres } from '../graph/findSpheres.ts';
import type { RefitOptions } from '../graph/refitOptions.ts';
import type { ConvergenceReport, ExpectedErrors, FromEngine, RefitReport, ToEngine } from './protocol.ts';

interface NoAnswer {
  readonly kind: 'failed';
  readonly message: string;
}

export type ConvergenceOutcome = NoAnswer | { readonly kind: 'done'; readonly report: ConvergenceReport };
export type ErrorsOutcome = NoAnswer | { readonly kind: 'done'; readonly errors: ExpectedErrors };
export type RefitOutcome = NoAnswer | { readonly kind: 'done'; readonly report: RefitReport };
export type SearchOutcome = NoAnswer | { readonly kind: 'done'; readonly found: FoundSpheres };

/** None of them rejects. */
export interface Questions {
  /** Whether what a node gives depends on the grid. */
  readonly converge: (design: Design, nodeId: string) => Promise<ConvergenceOutcome>;
  /** Every sphere in the target of a design. */
  readonly findSpheres: (design: Design, nodeId: string) => Promise<SearchOutcome>;
  /** What errors a fit would have. */
  readonly expectErrors: (design: Design) => Promise<ErrorsOutcome>;
  /** Fits images that are simulated; `stopFit` ends it early. */
  readonly simulateRefit: (
    design: Design,
    options: RefitOptions,
    onDone: (done: number) => void,
  ) => Promise<RefitOutcome>;
}

type Answer = Extract<FromEngine, { type: 'converged' | 'spheresFound' | 'errorsExpected' | 'refitDone' }>;

interface Pending {
  readonly seq: number;
  /** With the answer, or a sentence why there is none. */
  readonly settle: (answer: Answer | string) => void;
  /** How far it is, where that is told. */
  readonly onDone: (done: number) => void;
}

/** Where questions go. */
interface Asked {
  /** Number of the next message; null while no engine listens. */
  readonly nextSeq: () => number | null;
  readonly post: (message: ToEngine) => void;
}

const MISUNDERSTOOD: NoAnswer = {
  kind: 'failed',
  message: 'The engine answered another question: ask again.',
};
const NEWER = 'A newer question took the place of this one.';

export class RunningQuestion implements Questions {
  private readonly engine: Asked;
  private pending: Pending | null = null;

  constructor(engine: Asked) {
    this.engine = engine;
  }

  get isPending(): boolean {
    return this.pending !== null;
  }

  /** Settles the question with an answer, or with a sentence why there is none. */
  end(answer: Answer | string): void {
    const { pending } = this;
    this.pending = null;
    pending?.settle(answer);
  }

  /** Whether a message of the engine was about the question. */
  heard(message: FromEngine): boolean {
    if (this.pending === null || message.seq !== this.pending.seq) return false;
    switch (message.type) {
      case 'converged':
      case 'spheresFound':
      case 'errorsExpected':
      case 'refitDone':
        this.end(message);
        return true;
      case 'refitted':
        this.pending.onDone(message.done);
        return true;
      case 'failed':
        this.end(message.message);
        return true;
      case 'cancelled':
        this.end(NEWER);
        return true;
      default:
        return false;
    }
  }

  readonly converge: Questions['converge'] = async (design, nodeId) => {
    const answer = await this.ask((seq) => ({ type: 'converge', seq, design, nodeId }));
    if (typeof answer === 'string') return { kind: 'failed', message: answer };
    return answer.type === 'converged' ? { kind: 'done', report: answer.report } : MISUNDERSTOOD;
  };

  readonly findSpheres: Questions['findSpheres'] = async (design, nodeId) => {
    const answer = await this.ask((seq) => ({ type: 'findSpheres', seq, design, nodeId }));
    if (typeof answer === 'string') return { kind: 'failed', message: answer };
    return answer.type === 'spheresFound' ? { kind: 'done', found: answer.found } : MISUNDERSTOOD;
  };

  readonly expectErrors: Questions['expectErrors'] = async (design) => {
    const answer = await this.ask((seq) => ({ type: 'expectErrors', seq, design }));
    if (typeof answer === 'string') return { kind: 'failed', message: answer };
    return answer.type === 'errorsExpected' ? { kind: 'done', errors: answer.errors } : MISUNDERSTOOD;
  };

  readonly simulateRefit: Questions['simulateRefit'] = async (design, options, onDone) => {
    const answer = await this.ask((seq) => ({ type: 'simulateRefit', seq, design, options }), onDone);
    if (typeof answer === 'string') return { kind: 'failed', message: answer };
    return answer.type === 'refitDone' ? { kind: 'done', report: answer.report } : MISUNDERSTOOD;
  };

  private ask(
    message: (seq: number) => ToEngine,
    onDone: (done: number) => void = () => undefined,
  ): Promise<Answer | string> {
    this.end(NEWER);
    const seq = this.engine.nextSeq();
    if (seq === null) return Promise.resolve('The engine is not ready yet; try again in a moment.');
    return new Promise((settle) => {
      this.pending = { seq, settle, onDone };
      this.engine.post(message(seq));
    });
  }
}
