import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyNodes, pasteText } from './clipboard.ts';
import { canConnect } from './connect.ts';
import type { Design } from './document.ts';
import * as edit from './edit.ts';
import {
  begin,
  cancel,
  createHistory,
  end,
  type History,
  push,
  redo,
  redoLabel,
  seal,
  undo,
  undoLabel,
} from './history.ts';
import { setAt } from './paths.ts';
import { bench, fakeElements, fakeRegistry as registry } from './testSupport.ts';

const start = bench();
const titled = (title: string): Design => edit.setDetails(start, { title });

describe('history', () => {
  it('goes back and forth', () => {
    let history = push(push(createHistory(start), titled('1'), 'one'), titled('2'), 'two');
    expect([undoLabel(history), redoLabel(history)]).toEqual(['two', null]);
    history = undo(history);
    expect([history.present.title, undoLabel(history), redoLabel(history)]).toEqual(['1', 'one', 'two']);
    history = undo(history);
    expect(history.present).toBe(start);
    expect(undo(history).present).toBe(start);
    history = redo(redo(history));
    expect(history.present.title).toBe('2');
    expect(redo(history).present.title).toBe('2');
    const other = push(undo(history), titled('3'), 'three');
    expect(redoLabel(other)).toBeNull();
  });

  it('makes one entry of changes with the same key, until something comes between', () => {
    let history = createHistory(start);
    for (const title of ['a', 'b', 'c']) history = push(history, titled(title), 'scrub', 'lens.focalLength');
    expect(history.past.length).toBe(1);
    history = push(history, titled('d'), 'scrub', 'camera.gain');
    history = push(seal(history), titled('e'), 'scrub', 'camera.gain');
    history = push(history, titled('f'), 'other');
    history = push(history, titled('g'), 'other');
    expect(history.past.length).toBe(5);
    const redone = redo(undo(push(createHistory(start), titled('a'), 'x', 'k')));
    expect(push(redone, titled('b'), 'x', 'k').past.length).toBe(2);
    const same = createHistory(start);
    expect(push(same, start, 'nothing')).toBe(same);
  });

  it('makes one entry of a transaction, none of one that changed nothing, and restores on Esc', () => {
    const before = undo(push(createHistory(start), titled('later'), 'later'));
    let open = begin(before, 'fit');
    for (const title of ['a', 'b', 'c']) open = push(open, titled(title), 'step');
    expect([undoLabel(open), redoLabel(open)]).toEqual(['fit', null]);
    expect(redo(open)).toBe(open);
    const cancelled = cancel(open);
    expect(cancelled.present).toBe(start);
    expect(redo(cancelled).present.title).toBe('later');
    const ended = end(open);
    expect([ended.past.length, ended.present.title, undo(ended).present.title]).toEqual([1, 'c', 'Test']);
    expect(end(begin(before, 'nothing'))).toEqual(before);
    expect(undo(open)).toEqual(cancelled);
    expect(undo(begin(ended, 'empty')).present).toBe(start);
    expect(begin(open, 'next').past.length).toBe(1);
    expect(cancel(ended)).toBe(ended);
  });

  it('forgets the oldest beyond its limit', () => {
    let history = createHistory(start, 3);
    for (let index = 0; index < 10; index++) history = push(history, titled(String(index)), 'x');
    expect(history.past.length).toBe(3);
    expect(undo(undo(undo(undo(history)))).present.title).toBe('6');
  });
});

/** The model: a plain list of states and where we are in it. */
interface Model {
  states: Design[];
  at: number;
  done: Set<string>;
}
interface Real {
  history: History;
}

/** An edit as a command: both sides apply it to the present design. */
class Edit implements fc.Command<Model, Real> {
  readonly name: string;
  readonly pick: number;
  constructor(name: string, pick: number) {
    this.name = name;
    this.pick = pick;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    const present = model.states[model.at] as Design;
    expect(real.history.present).toEqual(present);
    const next = EDITS[this.name]?.(present, this.pick) ?? present;
    real.history = push(real.history, next, this.name);
    if (next === present) return;
    model.done.add(this.name);
    model.states = [...model.states.slice(0, model.at + 1), next];
    model.at++;
  }
  toString(): string {
    return `${this.name}(${this.pick})`;
  }
}

class Step implements fc.Command<Model, Real> {
  readonly by: 1 | -1;
  constructor(by: 1 | -1) {
    this.by = by;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    real.history = this.by === 1 ? redo(real.history) : undo(real.history);
    model.at = Math.min(model.states.length - 1, Math.max(0, model.at + this.by));
    expect(real.history.present).toBe(model.states[model.at]);
  }
  toString(): string {
    return this.by === 1 ? 'redo' : 'undo';
  }
}

/** A drag that is dropped or cancelled. */
class Drag implements fc.Command<Model, Real> {
  readonly picks: readonly number[];
  readonly keep: boolean;
  constructor(picks: readonly number[], keep: boolean) {
    this.picks = picks;
    this.keep = keep;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    let present = model.states[model.at] as Design;
    const before = present;
    real.history = begin(real.history, 'drag');
    for (const pick of this.picks) {
      present = EDITS['move']?.(present, pick) ?? present;
      real.history = push(real.history, present, 'move');
    }
    real.history = this.keep ? end(real.history) : cancel(real.history);
    if (!this.keep || present === before) return;
    model.done.add('drag');
    model.states = [...model.states.slice(0, model.at + 1), present];
    model.at++;
  }
  toString(): string {
    return `drag(${this.picks.join()}; ${this.keep})`;
  }
}

function pickOf<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % Math.max(1, list.length)];
}

function idAt(design: Design, pick: number): string {
  return pickOf(design.nodes, pick)?.id ?? 'none';
}

const EDITS: Readonly<Record<string, (design: Design, pick: number) => Design>> = {
  add: (design, pick) =>
    edit.addNode(design, registry, pickOf(fakeElements, pick)?.type ?? 'lens', { x: pick, y: 0 }).design,
  remove: (design, pick) => edit.removeNodes(design, registry, [idAt(design, pick)]),
  heal: (design, pick) => edit.removeNodes(design, registry, [idAt(design, pick)], { heal: true }),
  connect: (design, pick) => {
    const from = { node: idAt(design, pick), port: 'out' };
    const to = { node: idAt(design, pick >> 4), port: pick % 3 === 0 ? 'model' : 'in' };
    return canConnect(design, registry, { from, to }).ok
      ? edit.connect(design, registry, { from, to })
      : design;
  },
  disconnect: (design, pick) => {
    const edge = pickOf(design.edges, pick);
    return edge === undefined ? design : edit.disconnect(design, edge.id);
  },
  setQuantity: (design, pick) => {
    const lens = design.nodes.find((each) => each.type === 'lens');
    return lens === undefined ? design : edit.setParam(design, registry, lens.id, 'focalLength', pick / 100);
  },
  setTerm: (design, pick) => {
    const pupil = design.nodes.find((each) => each.type === 'pupil');
    return pupil === undefined
      ? design
      : setAt(design, registry, `${pupil.id}.zernike.${1 + (pick % 9)}`, (pick % 5) * 1e-9);
  },
  setPlane: (design, pick) => {
    const sphere = design.nodes.find((each) => each.type === 'sphere');
    return sphere === undefined
      ? design
      : setAt(design, registry, `${sphere.id}.background.${pick % 3}`, pick, 3);
  },
  reset: (design, pick) => edit.resetParam(design, idAt(design, pick), 'photons'),
  learn: (design, pick) => edit.toggleLearn(design, `${idAt(design, pick)}.x`),
  move: (design, pick) => edit.moveNodes(design, new Map([[idAt(design, pick), { x: pick, y: -pick }]])),
  rename: (design, pick) => edit.renameNode(design, idAt(design, pick), pick % 4 === 0 ? '' : `T${pick}`),
  bypass: (design, pick) => edit.bypass(design, idAt(design, pick), pick % 2 === 0),
  duplicate: (design, pick) =>
    design.nodes.length > 60
      ? design
      : edit.duplicate(design, [idAt(design, pick), idAt(design, pick + 1)]).design,
  paste: (design, pick) => {
    const text = copyNodes(design, registry, [idAt(design, pick), idAt(design, pick >> 3)]);
    const pasted = design.nodes.length > 60 ? null : pasteText(design, registry, text, { x: 1, y: 1 });
    return pasted?.ok === true ? pasted.design : design;
  },
  grid: (design, pick) => edit.setGrid(design, { samples: 2 + (pick % 100) }),
  details: (design, pick) => edit.setDetails(design, { title: `D${pick}` }),
  addImage: (design, pick) =>
    edit.addImage(design, {
      kind: 'simulated',
      name: `i${pick % 5}`,
      camera: 'camera',
      truth: {},
      noise: false,
      seed: pick,
    }).design,
  removeImage: (design, pick) => {
    const id = pickOf(Object.keys(design.images), pick);
    return id === undefined ? design : edit.removeImage(design, registry, id);
  },
};

describe('R6: random editing', () => {
  it('undo and redo retrace every state; undoing all gives the start, redoing all the end', () => {
    const names = Object.keys(EDITS);
    const pick = fc.nat({ max: 1000 });
    const commands = fc.commands(
      [
        fc.tuple(fc.constantFrom(...names), pick).map(([name, number]) => new Edit(name, number)),
        fc.tuple(fc.constantFrom(...names), pick).map(([name, number]) => new Edit(name, number)),
        fc.constantFrom<1 | -1>(1, -1).map((by) => new Step(by)),
        fc
          .tuple(fc.array(pick, { maxLength: 4 }), fc.boolean())
          .map(([picks, keep]) => new Drag(picks, keep)),
      ],
      { maxCommands: 200, size: 'max' },
    );
    const done = new Set<string>();
    let longest = 0;
    fc.assert(
      fc.property(commands, (list) => {
        const real: Real = { history: createHistory(start, 1000) };
        const model: Model = { states: [start], at: 0, done };
        fc.modelRun(() => ({ model, real }), list);
        longest = Math.max(longest, model.states.length);
        const last = model.states.at(-1);
        for (let index = 0; index < model.states.length; index++) real.history = redo(real.history);
        expect(real.history.present).toBe(last);
        for (let index = 0; index < model.states.length; index++) real.history = undo(real.history);
        expect(real.history.present).toBe(start);
        expect(start).toEqual(bench());
      }),
      { numRuns: 1000 },
    );
    // Every kind of edit took part and the runs were long, or the property means little.
    expect([...done].sort()).toEqual([...names, 'drag'].sort());
    expect(longest).toBeGreaterThan(60);
  }, 60_000);
});
