/** WGSL that turns the inputs of a butterfly, each by its lane's power of one root of unity. */
import { tabledLanes } from './tables.ts';

/**
 * Only the lanes 1, 2, 4 … are read from memory, where each read costs more than the multiplication that makes
 * another lane of two known ones. At most four such products meet in one turn, each a rounding or two.
 * @param names inputs by lane; the first stays as it is.
 * @param offset start of the stage's block in the table `stages`.
 * @param done product of the radices before; k is below it.
 * @param k name of the butterfly's index within its block.
 * @param prefix of the names that the statements declare.
 */
export function turnCode(
  names: readonly string[],
  { offset, done, k, prefix }: { offset: number; done: number; k: string; prefix: string },
): { readonly code: string; readonly outputs: readonly string[] } {
  const tabled = tabledLanes(names.length);
  const code = tabled.map((lane, row) => `let ${prefix}w${lane} = stages[${offset + row * done}u + ${k}];`);
  const outputs = names.map((name, lane) => {
    if (lane === 0) return name;
    if (!tabled.includes(lane)) {
      const high = 2 ** Math.floor(Math.log2(lane));
      code.push(`let ${prefix}w${lane} = turn(${prefix}w${high}, ${prefix}w${lane - high});`);
    }
    code.push(`let ${prefix}t${lane} = turn(${name}, ${prefix}w${lane});`);
    return `${prefix}t${lane}`;
  });
  return { code: code.join('\n'), outputs };
}
