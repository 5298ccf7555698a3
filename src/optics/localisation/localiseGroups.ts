/** Emitters of a frame in groups: one alone, or up to three whose images overlap and that are fitted at once. */
import { Localiser } from './localise.ts';
import { EmitterCounter, FAIR_SHARE, isBetter, isExplained } from './localiseCount.ts';
import { type Candidate, pointWidth } from './localiseFind.ts';
import type { EmitterFit, EmitterStatus } from './localiseFit.ts';
import { type JointFit, JointFitter, MOST_TOGETHER, OWN, type Region } from './localiseJoint.ts';
import { type EmitterKernel, PHOTONS, X, Y } from './localiseKernel.ts';
import {
  around,
  cut,
  type Frame,
  isInside,
  lightIn,
  meet,
  overlapOf,
  type Patch,
  patchOf,
  type Rectangle,
  widened,
} from './localiseLight.ts';

export interface Member {
  readonly status: EmitterStatus;
  readonly candidate: Candidate;
}

export interface Group {
  readonly members: readonly Member[];
  /** The pixels that were fitted. */
  readonly part: Rectangle;
  /** x, y (pixels of the frame), z (planes) and photons of each, then the background. */
  readonly values: Float64Array;
  readonly errors: Float64Array;
  readonly deviance: number;
  /** Other emitters whose light falls into the part. */
  readonly neighbours: number;
}

/** Pixels around a candidate within which its emitter may be: two lobes are brighter than what is between them. */
const AROUND = 2;
/** Off the middle pixel by more, the window moves along. */
const OFF_CENTRE = 1.2;
/** Times that neighbours are fitted again with the light of the others, at most. */
const SWEEPS = 6;
/** They stand still when none moves by more, in its standard errors. */
const STILL = 0.05;
/** Emitters whose images are more alike are fitted at once: less than that changes an error by some percent. */
const TOGETHER = 0.01;
/** Of the light of a group: an emitter with less may be a lobe of another one's image. */
const DIM = 0.3;

export class GroupLocaliser {
  readonly kernel: EmitterKernel;
  readonly width: number;
  private readonly localiser: Localiser;
  private readonly joint: JointFitter;
  private readonly counter: EmitterCounter;
  private readonly patches = new WeakMap<Group, readonly Patch[]>();

  constructor(kernel: EmitterKernel) {
    this.kernel = kernel;
    this.localiser = new Localiser(kernel, AROUND);
    this.width = pointWidth(kernel.spline);
    this.joint = new JointFitter(kernel);
    this.counter = new EmitterCounter(kernel, this.joint, this.width);
  }

  /** @param candidates whose windows are inside of the frame, most certain first */
  groups(frame: Frame, candidates: readonly Candidate[]): readonly Group[] {
    const singles: Group[] = [];
    for (const candidate of candidates) {
      const next = this.first(frame, candidate, singles);
      const isPart = next.members[0]?.status === 'faint' && this.lights(singles, next.part).length > 0;
      if (!isPart) singles.push(next);
    }
    const settled = this.withoutParts(this.settled(frame, singles));
    const joined = this.joined(frame, settled);
    const counted = joined.map((group) => this.counted(frame, group, joined));
    const isSame = counted.length === settled.length && counted.every((group, k) => group === settled[k]);
    // Those that got their light back may overlap now.
    const all = isSame ? settled : this.joined(frame, this.withoutParts(this.settled(frame, counted)));
    return all.map((group) => {
      const isClear = group.members.length === 1 || isExplained(group, FAIR_SHARE);
      return isClear ? group : { ...group, members: group.members.map(unclear) };
    });
  }

  /** What is faint beside the light of brighter ones was a part of these. */
  private withoutParts(singles: readonly Group[]): Group[] {
    return singles.filter((each) => {
      const isFaint = each.members.length === 1 && each.members[0]?.status === 'faint';
      return (
        !isFaint ||
        this.lights(
          singles.filter((other) => other !== each),
          each.part,
        ).length === 0
      );
    });
  }

  /** The square of pixels around a candidate. */
  windowAround({ x, y }: Pick<Candidate, 'x' | 'y'>): Rectangle {
    const { side } = this.kernel;
    return { x0: x - Math.floor(side / 2), y0: y - Math.floor(side / 2), nx: side, ny: side };
  }

  private first(frame: Frame, candidate: Candidate, before: readonly Group[]): Group {
    const window = this.windowAround(candidate);
    const found = this.single(frame, window, before, candidate);
    const [x, y] = [found.values[X] as number, found.values[Y] as number];
    if (Math.hypot(x - candidate.x, y - candidate.y) <= OFF_CENTRE) return found;
    const moved = this.windowAround({ x: Math.round(x), y: Math.round(y) });
    if (!isInside(moved, frame)) return found;
    return this.single(frame, moved, before, candidate, found.values);
  }

  private single(
    frame: Frame,
    part: Rectangle,
    others: readonly Group[],
    candidate: Candidate,
    start?: Float64Array,
  ): Group {
    const lights = this.lights(others, part);
    const { electrons, variance } = cut(frame, part);
    const shift = (values: Float64Array, sign: number) =>
      values.map((value, a) => value + sign * (a === X ? part.x0 : a === Y ? part.y0 : 0));
    const fit: EmitterFit = this.localiser.fit(electrons, {
      variance,
      known: lightIn(lights, part),
      ...(start === undefined ? {} : { start: shift(start, -1) }),
    });
    return {
      members: [{ status: fit.status, candidate }],
      part,
      values: shift(fit.values, 1),
      errors: fit.errors,
      deviance: fit.deviance,
      neighbours: lights.length,
    };
  }

  /** Groups fitted in turn, each with the light of the others as known, until none moves. */
  private settled(frame: Frame, groups: readonly Group[]): readonly Group[] {
    const now = [...groups];
    let moved = Number.POSITIVE_INFINITY;
    for (let sweep = 0; sweep < SWEEPS && moved > STILL; sweep++) {
      moved = 0;
      for (const [k, group] of now.entries()) {
        const others = now.filter((other) => other !== group);
        if (this.lights(others, group.part).length === 0) continue;
        const next = this.refitted(frame, group, others);
        now[k] = next;
        for (const [a, value] of next.values.entries()) {
          moved = Math.max(moved, Math.abs(value - (group.values[a] as number)) / (next.errors[a] as number));
        }
      }
    }
    return now;
  }

  private refitted(frame: Frame, group: Group, others: readonly Group[]): Group {
    const [first, second] = group.members;
    if (first !== undefined && second === undefined) {
      return this.single(frame, group.part, others, first.candidate, group.values);
    }
    const fit = this.joint.fit(this.region(frame, group.part, others), group.values);
    return isSound(fit) ? this.jointly(fit, group.members, others) : group;
  }

  /** Those whose images overlap most, in groups; each group fitted at once. */
  private joined(frame: Frame, groups: readonly Group[]): readonly Group[] {
    const singles = groups.filter(({ members }) => members.length === 1);
    const fixed = groups.filter(({ members }) => members.length > 1);
    const groupOf = singles.map((_, k) => k);
    const sizeOf = (group: number) => groupOf.filter((each) => each === group).length;
    for (const [a, b] of this.overlapping(singles)) {
      const [into, from] = [groupOf[a] as number, groupOf[b] as number];
      if (into === from || sizeOf(into) + sizeOf(from) > MOST_TOGETHER) continue;
      for (const [k, group] of groupOf.entries()) if (group === from) groupOf[k] = into;
    }
    const joined = [...new Set(groupOf)].flatMap((group) => {
      const members = singles.filter((_, k) => groupOf[k] === group);
      const others = [...singles.filter((_, k) => groupOf[k] !== group), ...fixed];
      return members.length === 1 ? members : this.fittedTogether(frame, members, others);
    });
    return [...joined, ...fixed];
  }

  /** Pairs of singles, most alike first. */
  private overlapping(singles: readonly Group[]): readonly (readonly [number, number])[] {
    const pairs: { readonly pair: readonly [number, number]; readonly overlap: number }[] = [];
    for (const [b, second] of singles.entries()) {
      for (let a = 0; a < b; a++) {
        const first = singles[a] as Group;
        if (!meet(first.part, second.part)) continue;
        const [one, other] = [this.patchesOf(first)[0], this.patchesOf(second)[0]];
        if (one === undefined || other === undefined) continue;
        const overlap = overlapOf(one, other);
        if (overlap > TOGETHER) pairs.push({ pair: [a, b], overlap });
      }
    }
    return pairs.sort((a, b) => b.overlap - a.overlap).map(({ pair }) => pair);
  }

  private fittedTogether(
    frame: Frame,
    singles: readonly Group[],
    others: readonly Group[],
  ): readonly Group[] {
    const part = around(singles.map((each) => each.part));
    const region = this.region(frame, part, others);
    let members = singles.flatMap((each) =>
      each.members.map(({ candidate }) => ({ candidate, values: each.values })),
    );
    const startOf = (each: typeof members) => {
      const background = each.reduce((sum, { values }) => sum + (values[OWN] as number) / each.length, 0);
      return Float64Array.from([...each.flatMap(({ values }) => [...values.slice(0, OWN)]), background]);
    };
    const places = members.map(({ candidate }) => candidate);
    let fit = this.counter.again(region, this.joint.fit(region, startOf(members)), places);
    // The lobes of one image may have been two candidates: whom nothing shows to be there is left out.
    while (members.length > 1) {
      const photons = members.map((_, k) => fit.values[OWN * k + PHOTONS] as number);
      const weakest = Math.min(...photons);
      const isFaint = fit.statuses.includes('faint');
      if (!isFaint && weakest > DIM * photons.reduce((sum, each) => sum + each, 0)) break;
      const left = members.filter((_, k) => (photons[k] as number) > weakest);
      const without = this.joint.fit(region, startOf(left));
      if (isBetter(fit, without)) break;
      [members, fit] = [left, without];
    }
    fit = this.counter.anew(region, fit, places);
    if (isSound(fit)) return [this.jointly(fit, members, others)];
    return singles.map((each) => ({ ...each, members: each.members.map(unclear) }));
  }

  /** The group, or one with more members where their light is that of more. */
  private counted(frame: Frame, group: Group, all: readonly Group[]): Group {
    const [first] = group.members;
    if (first === undefined || group.members.some(({ status }) => BEYOND.has(status))) return group;
    const others = all.filter((other) => other !== group);
    const found = this.counter.more(
      (margin) => this.region(frame, widened(group.part, margin, frame), others),
      group,
      first.candidate,
    );
    if (found === null) return group;
    if (found === 'unclear') return { ...group, members: group.members.map(unclear) };
    return this.jointly(found, [first], others);
  }

  /** @param from whose candidates the emitters are; the last stands for those without one of their own */
  private jointly(
    { part, values, errors, deviance, statuses }: JointFit,
    from: readonly Pick<Member, 'candidate'>[],
    others: readonly Group[],
  ): Group {
    const members = statuses.flatMap((status, k) => {
      const { candidate } = from[Math.min(k, from.length - 1)] ?? {};
      return candidate === undefined ? [] : [{ status, candidate }];
    });
    const neighbours = this.lights(others, part).length + members.length - 1;
    return { members, part, values, errors, deviance, neighbours };
  }

  private region(frame: Frame, part: Rectangle, others: readonly Group[]): Region {
    return { ...part, ...cut(frame, part), known: lightIn(this.lights(others, part), part) };
  }

  private lights(groups: readonly Group[], part: Rectangle): readonly Patch[] {
    // A patch reaches a few pixels beyond its window.
    const wide = {
      x0: part.x0 - REACH,
      y0: part.y0 - REACH,
      nx: part.nx + 2 * REACH,
      ny: part.ny + 2 * REACH,
    };
    return groups
      .filter((group) => meet(group.part, wide))
      .flatMap((group) => this.patchesOf(group))
      .filter((patch) => meet(patch, part));
  }

  private patchesOf(group: Group): readonly Patch[] {
    const known = this.patches.get(group);
    if (known !== undefined) return known;
    const patches = group.members.flatMap(({ status }, k) =>
      status === 'faint' || status === 'notIdentifiable'
        ? []
        : [patchOf(this.kernel, group.values.subarray(OWN * k, OWN * k + OWN))],
    );
    this.patches.set(group, patches);
    return patches;
  }
}

/** Pixels that the light of an emitter is followed beyond its window, at most. */
const REACH = 8;
/** Of a single fit with such an end nothing more is said. */
const BEYOND: ReadonlySet<EmitterStatus> = new Set(['faint', 'notIdentifiable', 'overlap']);

function isSound({ statuses, errors }: JointFit): boolean {
  return errors.every(Number.isFinite) && statuses.every((status) => status !== 'notConverged');
}

function unclear(member: Member): Member {
  return member.status === 'good' || member.status === 'notConverged'
    ? { ...member, status: 'overlap' }
    : member;
}
