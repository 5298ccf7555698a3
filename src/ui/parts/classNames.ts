/**
 * Joins class names of one CSS module: `const cx = moduleClasses(styles); cx('row', active && 'active')`.
 * Every name used with it must exist in its style sheet: styles.test.ts compares them.
 */
export function moduleClasses(
  styles: Readonly<Record<string, string>>,
): (...names: readonly (string | false | null | undefined)[]) => string {
  return (...names) =>
    names
      .map((name) => (typeof name === 'string' && name !== '' ? styles[name] : undefined))
      .filter((scoped) => scoped !== undefined)
      .join(' ');
}
