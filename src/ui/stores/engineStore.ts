/** What the engine last said: backend, timings, problems and the state of the fit. React-free; no pixels here. */
import { createStore } from 'zustand/vanilla';
import type { Issue } from '../../graph/document.ts';
import type { BackendName, FitProgress, FitResult, FittedMap } from '../../workers/protocol.ts';

export type EngineConnection = 'starting' | 'ready' | 'restarting' | 'stopped';
export type FitStatus = 'idle' | 'running' | 'paused' | 'stopping';

export interface LossSample {
  readonly iteration: number;
  readonly loss: number;
  readonly phase: FitProgress['phase'];
  /** Of several starts, from 0. */
  readonly start?: number;
}

export interface FitState {
  readonly status: FitStatus;
  readonly phase: FitProgress['phase'] | null;
  readonly iteration: number;
  /** Share of the coarse search that is done; null outside it. */
  readonly searched: number | null;
  /** One sample per progress message, oldest first. */
  readonly history: readonly LossSample[];
  /** Current values while the fit runs, "node.param" -> SI; empty otherwise. */
  readonly values: FitProgress['values'];
  /** Maps as a running fit has them, by their path; empty otherwise. */
  readonly maps: { readonly [path: string]: FittedMap };
  /** Steps per second of late; null while nothing runs. */
  readonly stepsPerSecond: number | null;
  readonly result: FitResult | null;
  /** The values that a fit of this session started from are known. */
  readonly hasStart: boolean;
  /** Step at which a fit of this document was interrupted that can be gone on with; null where there is none. */
  readonly interruptedAt: number | null;
  /** Nobody has looked at the result yet. */
  readonly unseen: boolean;
  /** A sentence when the last fit could not finish. */
  readonly error: string | null;
}

export interface EngineState {
  readonly connection: EngineConnection;
  /** A sentence while the engine restarts or is stopped. */
  readonly connectionMessage: string | null;
  readonly backend: BackendName | null;
  readonly reason: string;
  readonly adapter: string | null;
  /** The engine works on a request. */
  readonly busy: boolean;
  /** It has worked for longer than a person takes for at once. */
  readonly isSlow: boolean;
  readonly milliseconds: number | null;
  readonly nodeMilliseconds: { readonly [nodeId: string]: number };
  readonly bytes: number | null;
  readonly loss: number | null;
  /** The loss when the last fit began; belongs to the pictures that are shown while “before” is held. */
  readonly lossBefore: number | null;
  /** Nodes that the last reply speaks of; one that waits for a failed node is among them. */
  readonly computed: ReadonlySet<string>;
  /** Nodes that have a picture in the last reply. */
  readonly pictured: ReadonlySet<string>;
  /** Problems found while computing; problems of the document itself are in `documentIssues`. */
  readonly engineIssues: readonly Issue[];
  readonly documentIssues: readonly Issue[];
  /** Both, without repetitions. */
  readonly issues: readonly Issue[];
  readonly issuesByNode: ReadonlyMap<string, readonly Issue[]>;
  readonly shownRevision: number;
  readonly fit: FitState;
  /** Values that follow a goal which is dragged; null while none is. */
  readonly following: {
    readonly values: FitProgress['values'];
    readonly iteration: number;
    readonly stepsPerSecond: number | null;
    /** The light is that of half the grid. */
    readonly isDraft: boolean;
  } | null;
}

/** Values that a fit changes, or that follow a goal, in place of the document's; null while nothing does. */
export function movingValues({
  fit,
  following,
}: Pick<EngineState, 'fit' | 'following'>): FitProgress['values'] | null {
  return fit.status === 'idle' ? (following?.values ?? null) : fit.values;
}

export const IDLE_FIT: FitState = {
  status: 'idle',
  phase: null,
  iteration: 0,
  searched: null,
  history: [],
  values: {},
  maps: {},
  stepsPerSecond: null,
  result: null,
  hasStart: false,
  interruptedAt: null,
  unseen: false,
  error: null,
};

const INITIAL: EngineState = {
  connection: 'starting',
  connectionMessage: null,
  backend: null,
  reason: 'The engine is starting.',
  adapter: null,
  busy: false,
  isSlow: false,
  milliseconds: null,
  nodeMilliseconds: {},
  bytes: null,
  loss: null,
  lossBefore: null,
  computed: new Set(),
  pictured: new Set(),
  engineIssues: [],
  documentIssues: [],
  issues: [],
  issuesByNode: new Map(),
  shownRevision: -1,
  fit: IDLE_FIT,
  following: null,
};

const SEVERITY_ORDER = { error: 0, warning: 1, info: 2 } as const;

/** Joins the two lists, errors first, each problem once. */
export function mergeIssues(...lists: readonly (readonly Issue[])[]): readonly Issue[] {
  const seen = new Map<string, Issue>();
  for (const issue of lists.flat()) {
    const key = [issue.code, issue.nodeId, issue.paramId, issue.message].join('\u0000');
    if (!seen.has(key)) seen.set(key, issue);
  }
  return [...seen.values()].sort((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity]);
}

export function groupIssues(issues: readonly Issue[]): ReadonlyMap<string, readonly Issue[]> {
  const groups = new Map<string, Issue[]>();
  for (const issue of issues) {
    if (issue.nodeId === null) continue;
    const group = groups.get(issue.nodeId);
    if (group === undefined) groups.set(issue.nodeId, [issue]);
    else group.push(issue);
  }
  return groups;
}

export function createEngineStore() {
  return createStore<EngineState>()(() => INITIAL);
}

export const engineStore = createEngineStore();

type EngineStore = ReturnType<typeof createEngineStore>;

/** The new groups, with the known lists of nodes that have the same problems as before: their cards stay as they are. */
function keepGroups(
  known: ReadonlyMap<string, readonly Issue[]>,
  next: ReadonlyMap<string, readonly Issue[]>,
): ReadonlyMap<string, readonly Issue[]> {
  return new Map(
    [...next].map(([nodeId, issues]) => {
      const before = known.get(nodeId);
      return [nodeId, before !== undefined && sameIssues(before, issues) ? before : issues];
    }),
  );
}

function sameIssues(a: readonly Issue[], b: readonly Issue[]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Replaces one source of problems and keeps the merged list in step; unchanged lists keep their identity. */
export function setIssues(
  store: EngineStore,
  change: { readonly engineIssues?: readonly Issue[]; readonly documentIssues?: readonly Issue[] },
): void {
  const state = store.getState();
  const engineIssues = change.engineIssues ?? state.engineIssues;
  const documentIssues = change.documentIssues ?? state.documentIssues;
  if (sameIssues(engineIssues, state.engineIssues) && sameIssues(documentIssues, state.documentIssues))
    return;
  const issues = mergeIssues(documentIssues, engineIssues);
  const issuesByNode = keepGroups(state.issuesByNode, groupIssues(issues));
  store.setState({ engineIssues, documentIssues, issues, issuesByNode });
}

export function setFit(store: EngineStore, change: Partial<FitState>): void {
  store.setState((state) => ({ fit: { ...state.fit, ...change } }));
}
