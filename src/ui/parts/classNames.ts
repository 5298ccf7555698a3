/**
 * Joins class names of one CSS module: `const cx = moduleClasses(styles); cx('row', active && 'active')`.
 * Names that the module lacks are a mistake in the source and throw while developing.
 */
export function moduleClasses(
  styles: Readonly<Record<string, string>>,
): (...names: readonly (string | false | null | undefined)[]) => string {
  return (...names) =>
    names
      .filter((name): name is string => typeof name === 'string' && name !== '')
      .map((name) => {
        const scoped = styles[name];
        if (scoped === undefined) throw new Error(`The style sheet has no class “${name}”.`);
        return scoped;
      })
      .join(' ');
}
