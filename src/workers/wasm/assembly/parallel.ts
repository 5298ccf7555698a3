/**
 * Loops whose turns several threads share. Each thread has an instance of this module on one shared memory; only
 * the engine's own thread (number 0) calls kernels, the others wait in `serve`. A loop is published as one 64-bit
 * ticket: generation | end | first. Thread 0 takes turns from the front, the others from the back, so that with
 * two threads each mostly meets the memory that it touched before. A thread that never wakes delays nothing:
 * thread 0 takes its turns too, and only waits for turns that were begun.
 *
 * Control block (bytes): 0 ticket | 64 turns ended by others | 68 thread 0 sleeps | 128 sleepers | 192 function |
 * 196 number of the first turn | 200 arguments; then the scratch space of each thread. In a build without threads it only holds the arguments.
 */
// @ts-ignore: decorator
@external("host", "threadLost")
declare function threadLost(): void;

// @ts-ignore: decorator
@inline
const ENDED: usize = 64;
// @ts-ignore: decorator
@inline
const ASLEEP: usize = 68;
// @ts-ignore: decorator
@inline
const SLEEPERS: usize = 128;
// @ts-ignore: decorator
@inline
const JOB: usize = 192;
// @ts-ignore: decorator
@inline
const BASE: usize = 196;
// @ts-ignore: decorator
@inline
const ARGUMENTS: usize = 200;
// @ts-ignore: decorator
@inline
const CONTROL_BYTES: usize = 320;
/** 4 KB of partial sums and a few vectors. */
// @ts-ignore: decorator
@inline
const SCRATCH_BYTES: usize = 4096 + 256;

/** Looks at the ticket before a helper goes to sleep: about 50 µs, longer than what lies between two kernels. */
// @ts-ignore: decorator
@inline
const LOOKS: i32 = 20000;
// @ts-ignore: decorator
@inline
const MOST_TURNS: usize = 65535;

let control: usize = 0;
let scratch: usize = 0;
let thread: usize = 0;
let threads: usize = 1;
/** Nanoseconds. */
let patience: i64 = 0;

/** Bytes of control block and scratch space that so many threads need. */
export function sharedBytes(count: usize): usize {
  return CONTROL_BYTES + count * SCRATCH_BYTES;
}

/**
 * Tells this instance where the control block lies, which thread it is and how many there are. A turn takes
 * microseconds: when no other thread ends one for `milliseconds`, one of them is gone.
 */
export function attach(at: usize, number: usize, count: usize, milliseconds: i32): void {
  control = at;
  thread = number;
  threads = count;
  patience = (milliseconds as i64) * 1000000;
  scratch = at + CONTROL_BYTES + number * SCRATCH_BYTES;
}

/** 4 KB of this thread's own. */
// @ts-ignore: decorator
@inline
export function ownPartials(): usize {
  return scratch;
}

/** 256 bytes of this thread's own. */
// @ts-ignore: decorator
@inline
export function ownVectors(): usize {
  return scratch + 4096;
}

/** This thread's part of a space that holds one part of `bytes` for each. */
// @ts-ignore: decorator
@inline
export function ownPart(space: usize, bytes: usize): usize {
  return space + thread * bytes;
}

// @ts-ignore: decorator
@inline
export function threadCount(): usize {
  return threads;
}

// @ts-ignore: decorator
@inline
export function give<T>(index: usize, value: T): void {
  store<T>(control + ARGUMENTS + (index << 2), value);
}

// @ts-ignore: decorator
@inline
export function given<T>(index: usize): T {
  return load<T>(control + ARGUMENTS + (index << 2));
}

/** Samples per turn of elementwise kernels: 16 KB of reals, a few microseconds. */
// @ts-ignore: decorator
@inline
export const RANGE: usize = 4096;

/** How many turns of `perTurn` items `count` items take. */
// @ts-ignore: decorator
@inline
export function turnsOf(count: usize, perTurn: usize): usize {
  return (count + perTurn - 1) / perTurn;
}

/** Items of one turn; the last has what is left. */
// @ts-ignore: decorator
@inline
export function itemsOf(turn: usize, perTurn: usize, count: usize): usize {
  const left = count - turn * perTurn;
  return left < perTurn ? left : perTurn;
}

/** Calls job(0), …, job(turns - 1), in any order, on all threads. Arguments are given before. */
export function run(job: (turn: usize) => void, turns: usize): void {
  if (!ASC_FEATURE_THREADS || threads == 1 || turns < 2) {
    for (let turn: usize = 0; turn < turns; turn++) job(turn);
    return;
  }
  for (let base: usize = 0; base < turns; base += MOST_TURNS) {
    share(job, base, turns - base < MOST_TURNS ? turns - base : MOST_TURNS);
  }
}

/** Publishes job(base), …, job(base + turns - 1), takes turns and waits for those that others began. */
function share(job: (turn: usize) => void, base: usize, turns: usize): void {
  if (ASC_FEATURE_THREADS) {
    store<u32>(control, job.index, JOB);
    store<u32>(control, base as u32, BASE);
    atomic.store<i32>(control, 0, ENDED);
    const generation = (atomic.load<u64>(control) >> 32) + 1;
    atomic.store<u64>(control, (generation << 32) | ((turns as u64) << 16));
    if (atomic.load<i32>(control, SLEEPERS) != 0) atomic.notify(control + 4, -1);
    let own: usize = 0;
    for (;;) {
      const ticket = atomic.load<u64>(control);
      const first = ticket & 0xffff;
      if (first >= ((ticket >> 16) & 0xffff)) break;
      if (atomic.cmpxchg<u64>(control, ticket, ticket + 1) != ticket) continue;
      job(base + (first as usize));
      own++;
    }
    if (own < turns) awaitOthers((turns - own) as i32);
  }
}

/** Waits until the other threads have ended so many turns; a thread that does not is reported to the host. */
function awaitOthers(turns: i32): void {
  if (ASC_FEATURE_THREADS) {
    for (let look: i32 = 0; look < LOOKS; look++) {
      if (atomic.load<i32>(control, ENDED) == turns) return;
    }
    atomic.store<i32>(control, 1, ASLEEP);
    for (;;) {
      const ended = atomic.load<i32>(control, ENDED);
      if (ended == turns) break;
      // 2: the time is over.
      if ((atomic.wait<i32>(control + ENDED, ended, patience) as i32) == 2) {
        threads = 1;
        threadLost();
      }
    }
    atomic.store<i32>(control, 0, ASLEEP);
  }
}

/** What a helping thread does for ever: takes turns from the back of each published loop. */
export function serve(): void {
  if (ASC_FEATURE_THREADS) {
    let looks = 0;
    for (;;) {
      const ticket = atomic.load<u64>(control);
      const end = (ticket >> 16) & 0xffff;
      if ((ticket & 0xffff) < end) {
        // The turn is ours only if nobody took one since; then neither the job nor its arguments can change.
        if (atomic.cmpxchg<u64>(control, ticket, ticket - 0x10000) == ticket) {
          call_indirect<void>(load<u32>(control, JOB), (load<u32>(control, BASE) as usize) + ((end - 1) as usize));
          atomic.add<i32>(control, 1, ENDED);
          if (atomic.load<i32>(control, ASLEEP) != 0) atomic.notify(control + ENDED, 1);
        }
        looks = 0;
        continue;
      }
      if (++looks < LOOKS) continue;
      looks = 0;
      atomic.add<i32>(control, 1, SLEEPERS);
      atomic.wait<i32>(control + 4, (ticket >> 32) as i32, -1);
      atomic.sub<i32>(control, 1, SLEEPERS);
    }
  }
}
