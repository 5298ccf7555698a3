/**
 * Where a goal was and where the optics came to rest for it, of the last few places: a goal that moves on is met where
 * the same change of the values leads, before a single step is taken. This is the predictor of path following (Allgower
 * and Georg, Introduction to Numerical Continuation Methods (2003), chapter 2), with secants for the tangent.
 */
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';
import { dot, plus } from './optimisers/optimiser.ts';

/** Where values stand for a goal, and the loss there. */
export interface Rest {
  readonly goal: Float64Array;
  readonly point: Float64Array;
  readonly value: number;
}

/** Places that are remembered. */
const MOST = 8;
/** A loss within this factor of the least one, or this share of the largest, counts as having come to the goal. */
const NEAR = { factor: 1.5, share: 0.003 };
/** A rest at more than this share of the largest loss is none of a goal that was reached. */
const STRAY = 0.03;
/** Secants are trusted to this share of their length: what is shorter would add what is left to gain there. */
const DOUBT = 0.1;
/** A goal that moves further than so many times what the secants span is not guessed: their doubt would be its distance. */
const FURTHEST = 20;

export class GoalTrail {
  private rests: Rest[] = [];
  /** The largest loss on the way. */
  private most = 0;

  /** The best point that was found for a goal, and its loss. */
  note(rest: Rest): void {
    const { goal, value } = rest;
    if (!Number.isFinite(value)) return;
    this.see(value);
    const others = this.rests.filter(
      ({ goal: known }) => known.length === goal.length && !isSame(known, goal),
    );
    this.rests = [...others, rest];
    if (this.rests.length <= MOST) return;
    // Where a fast goal was left behind, nothing is learned of the way.
    const least = this.rests.findIndex((known) => !this.isNear(known.value));
    this.rests.splice(Math.max(0, least), 1);
  }

  /** A loss on the way. */
  see(value: number): void {
    if (Number.isFinite(value)) this.most = Math.max(this.most, value);
  }

  /** Whether a loss is far from what being there would be. */
  isStray(value: number): boolean {
    return value > STRAY * this.most;
  }

  /** Whether to go on from a guess with this loss: at its goal, or far nearer than goals are when they move. */
  isPromising(value: number): boolean {
    return Number.isFinite(value) && (this.isNear(value) || !this.isStray(value));
  }

  /** Whether a loss is about as small as those of the goals before. */
  isNear(value: number): boolean {
    const least = Math.min(...this.rests.map((rest) => rest.value));
    return value <= Math.max(NEAR.factor * least, least + NEAR.share * (this.most - least));
  }

  /**
   * Values to go back to where the light was lost, as with a step that took it out of the picture: those of the last
   * place that it came to, moved on to the goal where that is known. Null where it was not lost.
   */
  recall(value: number, goal: Float64Array): Float64Array | null {
    if (this.rests.length === 0 || this.isNear(value)) return null;
    const last = this.lastNear();
    return last === undefined ? null : (this.predict(last, goal) ?? last.point);
  }

  /** Values for another goal: from where they are, or if that is not at its goal, from where they last were at one. */
  guess(now: Rest, goal: Float64Array): Float64Array | null {
    this.note(now);
    const last = this.lastNear();
    return this.predict(now, goal) ?? (last === undefined ? null : this.predict(last, goal));
  }

  private lastNear(): Rest | undefined {
    return this.rests.findLast((rest) => this.isNear(rest.value));
  }

  /** From where values stand for one goal to where they are wanted for another; null where nothing is known of that way. */
  predict(from: Rest, goal: Float64Array): Float64Array | null {
    if (from.goal.length !== goal.length || !this.isNear(from.value)) return null;
    const others = this.rests.filter(
      ({ goal: known, value }) => this.isNear(value) && !isSame(known, from.goal),
    );
    if (others.length === 0) return null;
    const scale = scalesOf([goal, ...others.map((rest) => rest.goal)], from.goal);
    const wanted = difference(goal, from.goal, scale);
    const moves = others.map((rest) => difference(rest.goal, from.goal, scale));
    const shares = combination(moves, wanted);
    if (shares === null) return null;
    return others.reduce(
      (point, rest, i) => plus(point, shares[i] as number, plus(rest.point, -1, from.point)),
      from.point,
    );
  }
}

const isSame = (a: Float64Array, b: Float64Array): boolean => a.every((x, i) => x === b[i]);

/** Coordinates of goals have different units: each counts by how far it goes. */
function scalesOf(goals: readonly Float64Array[], from: Float64Array): Float64Array {
  return from.map((x, i) => Math.max(...goals.map((goal) => Math.abs((goal[i] as number) - x))));
}

function difference(a: Float64Array, b: Float64Array, scale: Float64Array): Float64Array {
  return a.map((x, i) => (scale[i] === 0 ? 0 : (x - (b[i] as number)) / (scale[i] as number)));
}

/** Shares of moves that add to the wanted one, as small as they can be; null where the moves do not lead that way. */
function combination(moves: readonly Float64Array[], wanted: Float64Array): Float64Array | null {
  const count = moves.length;
  const longest = Math.max(...moves.map((move) => dot(move, move)));
  const matrix = new Float64Array(count * count);
  moves.forEach((a, i) => {
    moves.forEach((b, j) => {
      matrix[i * count + j] = dot(a, b) + (i === j ? DOUBT ** 2 * longest : 0);
    });
  });
  const right = Float64Array.from(moves, (move) => dot(move, wanted));
  const solved = choleskySolve(matrix, right, count);
  if (!solved.ok) return null;
  const total = solved.solution.reduce((sum, share) => sum + Math.abs(share), 0);
  return total > 0 && total <= FURTHEST ? solved.solution : null;
}
