/** A node as the emitters of Python see it: its values as code, and what is before it. */
import type { ElementSpec, ParamSpec } from '../../optics/element.ts';
import type { Design, DesignNode } from '../document.ts';
import { formatParam, isList, isTerms } from '../format.ts';
import { paramValue, type Registry } from '../registry.ts';
import { cellPath, cellRow, cellValue, tableRows } from '../tables.ts';

/** What a wire carries, as far as scripts tell it apart. */
export type LightKind = 'field' | 'emitted' | 'spheres' | 'hologram' | 'pupil';

/** What a script cannot do: a sentence about the node. */
export class NotCovered extends Error {}

export interface Wire {
  /** Name of the variable. */
  readonly code: string;
  readonly kind: LightKind;
  /** The node that made it. */
  readonly node: DesignNode;
}

/** An argument of a call: its name, its code and what it is, for a person. */
export type Argument = readonly [name: string, code: string, note?: string];

/** What a node becomes. */
export interface Call {
  readonly calls: string;
  readonly given: readonly Argument[];
  readonly gives: LightKind | 'image';
}

/** How an element is told in Python. */
export type Emitter = (node: PythonNode) => Call;

/** Numbers that came of a fit are named, so that they stand in the script once. */
export interface Fitted {
  readonly values: ReadonlyMap<string, { readonly value: number; readonly sigma: number | null }>;
  readonly used: Set<string>;
}

export interface Surroundings {
  readonly design: Design;
  readonly registry: Registry;
  readonly fitted: Fitted;
  /** Numbers [cells, cells] of a map by path. */
  readonly maps: Map<string, string>;
}

export class PythonNode {
  readonly node: DesignNode;
  readonly spec: ElementSpec;
  /** How people call it. */
  readonly name: string;
  readonly around: Surroundings;
  private readonly wires: ReadonlyMap<string, Wire>;

  constructor(
    node: DesignNode,
    spec: ElementSpec,
    name: string,
    wires: ReadonlyMap<string, Wire>,
    around: Surroundings,
  ) {
    this.node = node;
    this.spec = spec;
    this.name = name;
    this.wires = wires;
    this.around = around;
  }

  /** The light at an input. @throws NotCovered where nothing is connected, or light of another kind */
  light(port: string, ...kinds: readonly LightKind[]): Wire {
    const wire = this.wires.get(port);
    if (wire === undefined)
      throw new NotCovered(`“${this.name}” has no light at its input: connect it, or remove it.`);
    if (!kinds.includes(wire.kind)) throw this.uncovered('behind this kind of light');
    return wire;
  }

  uncovered(what: string): NotCovered {
    return new NotCovered(`Python scripts do not cover “${this.name}” ${what}.`);
  }

  value(name: string) {
    return paramValue(this.node, this.around.registry, name);
  }

  text(name: string): string {
    return String(this.value(name));
  }

  /** @throws NotCovered where a choice is another than scripts know */
  requires(name: string, ...values: readonly (string | boolean | number)[]): void {
    const value = this.value(name);
    if (values.some((each) => each === value)) return;
    const spec = this.param(name);
    throw this.uncovered(`with “${spec.title}: ${formatParam(spec, value ?? '')}”`);
  }

  private param(name: string): ParamSpec {
    const spec = this.spec.params[name];
    if (spec === undefined) throw new Error(`${this.node.type} has no parameter “${name}”.`);
    return spec;
  }

  private path(name: string): string {
    return `${this.node.id}.${name}`;
  }

  /** A value of the fit by its name, else as a number. */
  private numberAt(path: string, value: number): string {
    const { values, used } = this.around.fitted;
    if (!values.has(path)) return literal(value);
    used.add(path);
    return `FITTED[${JSON.stringify(path)}][0]`;
  }

  /** An argument with a number, SI, and the number as people read it. */
  number(as: string, name: string): Argument {
    const value = this.value(name);
    const number = typeof value === 'number' ? value : 0;
    return [as, this.numberAt(this.path(name), number), this.read(name, number)];
  }

  private read(name: string, value: number): string {
    const spec = this.param(name);
    return `${spec.title}, ${formatParam(spec, value)}`;
  }

  whole(as: string, name: string): Argument {
    return [as, literal(Number(this.value(name))), this.param(name).title];
  }

  choice(as: string, name: string): Argument {
    return [as, JSON.stringify(this.text(name)), this.param(name).title];
  }

  flag(as: string, name: string): Argument {
    return [as, this.value(name) === true ? 'True' : 'False', this.param(name).title];
  }

  /** One number, or one for each plane. */
  perPlane(as: string, name: string): Argument {
    const value = this.value(name);
    const isFitted = this.around.fitted.values.has(`${this.path(name)}.0`);
    if (value === undefined || !(isList(value) || isFitted)) return this.number(as, name);
    const count = isList(value) ? value.length : this.fittedPlanes(name);
    const at = (plane: number) => (isList(value) ? (value[plane] ?? 0) : Number(value));
    const items = Array.from({ length: count }, (_, plane) =>
      this.numberAt(`${this.path(name)}.${plane}`, at(plane)),
    );
    return [as, `[${items.join(', ')}]`, `${this.param(name).title}, plane by plane`];
  }

  private fittedPlanes(name: string): number {
    let count = 0;
    while (this.around.fitted.values.has(`${this.path(name)}.${count}`)) count++;
    return count;
  }

  /** {Noll index: coefficient}. */
  zernikes(as: string, name: string): Argument {
    const terms = this.terms(name);
    const items = terms.map(
      ([index, value]) => `${index}: ${this.numberAt(`${this.path(name)}.${index}`, value)}`,
    );
    return [as, `{${items.join(', ')}}`, `${this.param(name).title}, m RMS by Noll index`];
  }

  /** Terms that are not zero. */
  terms(name: string): readonly (readonly [index: number, value: number])[] {
    const value = this.value(name);
    const stored = isTerms(value) ? value : {};
    return Object.entries(stored)
      .map(([index, each]) => [Number(index), each] as const)
      .filter(([index, each]) => each !== 0 || this.around.fitted.values.has(`${this.path(name)}.${index}`))
      .sort(([a], [b]) => a - b);
  }

  /** Cells of a table, row by row, as code. */
  cells(name: string): readonly ((column: string) => string)[] {
    const spec = this.param(name);
    if (spec.kind !== 'table') throw new Error(`${name} is no table.`);
    const value = this.value(name);
    const rows = tableRows(spec, value);
    return rows.map((_, row) => (column: string) => {
      const holder = cellRow(spec, rows, row, column);
      return this.numberAt(cellPath(this.path(name), holder, column), cellValue(spec, rows, holder, column));
    });
  }
}

/** A number as Python reads it. */
export function literal(value: number): string {
  const isSmall = value !== 0 && Math.abs(value) < 1e-4;
  return isSmall ? value.toExponential() : String(value);
}
