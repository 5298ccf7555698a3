/** How long the page waits for its engine. */
export interface ClientTimings {
  readonly heartbeatMilliseconds: number;
  readonly misses: number;
  /** How long a worker without work may take to take up a request. */
  readonly takeUpMilliseconds: number;
  /** How long a request may keep the worker from answering pings. */
  readonly longRequestMilliseconds: number;
  readonly backOffMilliseconds: readonly number[];
  readonly deathsPerMinute: number;
}

export const DEFAULT_TIMINGS: ClientTimings = {
  heartbeatMilliseconds: 1000,
  misses: 3,
  takeUpMilliseconds: 5000,
  longRequestMilliseconds: 20_000,
  backOffMilliseconds: [0, 500, 2000, 10_000],
  deathsPerMinute: 4,
};
