/** Reads one source file into what the house rules need: its imports and the constructs that they forbid. */
import { parseSync } from 'vite';

/** How a file refers to another: `type` imports vanish when compiled, `url` loads in another thread. */
export type ImportKind = 'value' | 'type' | 'dynamic' | 'url';

export interface ImportReference {
  readonly specifier: string;
  readonly kind: ImportKind;
}

export interface Finding {
  readonly rule: string;
  readonly message: string;
}

export interface ParsedSource {
  readonly imports: readonly ImportReference[];
  readonly findings: readonly Finding[];
}

type SyntaxNode = Readonly<Record<string, unknown>> & { readonly type: string };

const HTML_SINKS = new Set([
  'innerHTML',
  'outerHTML',
  'insertAdjacentHTML',
  'dangerouslySetInnerHTML',
  'srcdoc',
]);
/** `biome-ignore format` stays legal: a table of numbers may be laid out by hand. */
const SUPPRESSION = /@ts-(?:ignore|nocheck|expect-error)|biome-ignore(?:-\w+)? (?!format)|eslint-disable/;

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The node in a field, when the field holds one. */
function child(node: SyntaxNode, field: string): SyntaxNode | null {
  const value = node[field];
  return isNode(value) ? value : null;
}

function children(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** Text of a string literal or of a template without holes; null for anything computed. */
function literalText(node: SyntaxNode | null | undefined): string | null {
  if (node?.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  const quasis = node?.type === 'TemplateLiteral' ? children(node, 'quasis') : [];
  const cooked = quasis.length === 1 ? quasis[0]?.['value'] : null;
  return typeof cooked === 'object' &&
    cooked !== null &&
    'cooked' in cooked &&
    typeof cooked.cooked === 'string'
    ? cooked.cooked
    : null;
}

function identifierName(node: SyntaxNode | null): string | null {
  const isName = node?.type === 'Identifier' || node?.type === 'JSXIdentifier';
  return isName && typeof node['name'] === 'string' ? node['name'] : null;
}

/** `b` of `a.b` and of `a['b']`. */
function propertyName(node: SyntaxNode | null): string | null {
  if (node?.type !== 'MemberExpression') return null;
  const property = child(node, 'property');
  return node['computed'] === true ? literalText(property) : identifierName(property);
}

/** Whether every binding of an import or export is marked `type`, so that nothing of it is left when compiled. */
function isTypeOnly(node: SyntaxNode): boolean {
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = children(node, 'specifiers');
  const isMarked = (each: SyntaxNode) => each['importKind'] === 'type' || each['exportKind'] === 'type';
  return specifiers.length > 0 && specifiers.every(isMarked);
}

/** The import that a node makes, if any; `null` as specifier means that it is computed. */
function importOf(node: SyntaxNode): { specifier: string | null; kind: ImportKind } | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration': {
      const source = child(node, 'source');
      return source && { specifier: literalText(source), kind: isTypeOnly(node) ? 'type' : 'value' };
    }
    case 'ImportExpression':
      return { specifier: literalText(child(node, 'source')), kind: 'dynamic' };
    case 'TSImportType':
      return { specifier: literalText(child(node, 'source')), kind: 'type' };
    case 'TSExternalModuleReference':
      return { specifier: literalText(child(node, 'expression')), kind: 'value' };
    case 'NewExpression': {
      const [address, base] = children(node, 'arguments');
      const isAsset =
        identifierName(child(node, 'callee')) === 'URL' &&
        base !== undefined &&
        propertyName(base) === 'url' &&
        child(base, 'object')?.type === 'MetaProperty';
      return isAsset ? { specifier: literalText(address), kind: 'url' } : null;
    }
    default:
      return null;
  }
}

/** Names through which text becomes code, called or constructed. */
function runsText(node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false;
  const callee = child(node, 'callee');
  const name = identifierName(callee) ?? propertyName(callee);
  if (name === 'eval' || name === 'Function') return true;
  const [first] = children(node, 'arguments');
  const isTimer = name === 'setTimeout' || name === 'setInterval';
  return isTimer && (first?.type === 'TemplateLiteral' || literalText(first) !== null);
}

function writesMarkup(node: SyntaxNode): boolean {
  const name =
    propertyName(node) ??
    (node.type === 'JSXAttribute' ? identifierName(child(node, 'name')) : null) ??
    (node.type === 'Property'
      ? (identifierName(child(node, 'key')) ?? literalText(child(node, 'key')))
      : null);
  if (name !== null && HTML_SINKS.has(name)) return true;
  const isDocument = node.type === 'MemberExpression' && identifierName(child(node, 'object')) === 'document';
  return isDocument && (name === 'write' || name === 'writeln');
}

/** Imports that no checker can follow. */
function hidesImport(node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression') return false;
  const callee = child(node, 'callee');
  const isGlob =
    propertyName(callee) === 'glob' && callee !== null && child(callee, 'object')?.type === 'MetaProperty';
  return isGlob || identifierName(callee) === 'require';
}

function inspect(node: SyntaxNode, imports: ImportReference[], findings: Finding[]): void {
  const found = importOf(node);
  if (found !== null && found.specifier !== null) {
    imports.push({ specifier: found.specifier, kind: found.kind });
  } else if (found !== null || hidesImport(node)) {
    findings.push({
      rule: 'hidden-import',
      message: 'imports by a computed name, require or import.meta.glob',
    });
  }
  if (node.type === 'TSAnyKeyword') findings.push({ rule: 'any', message: 'uses the type any' });
  if (runsText(node)) findings.push({ rule: 'eval', message: 'runs text as code' });
  if (writesMarkup(node)) findings.push({ rule: 'markup', message: 'writes markup from a string' });
}

/** Visits every node below `value`, itself included. */
function visit(value: unknown, action: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, action);
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) action(value);
    for (const item of Object.values(value)) visit(item, action);
  }
}

/**
 * Parses one TypeScript source.
 * @param path decides the dialect (.ts or .tsx)
 * @param source its text
 */
export function parseSource(path: string, source: string): ParsedSource {
  const parsed = parseSync(path, source);
  const imports: ImportReference[] = [];
  const findings: Finding[] = parsed.errors.map((error) => ({ rule: 'syntax', message: error.message }));
  visit(parsed.program, (node) => inspect(node, imports, findings));
  for (const comment of parsed.comments) {
    if (SUPPRESSION.test(comment.value))
      findings.push({ rule: 'suppression', message: 'silences a checker' });
  }
  return { imports, findings };
}
