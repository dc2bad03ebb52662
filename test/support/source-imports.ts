/**
 * The imports of a TypeScript file, read from its text alone: static, side-effect, `export from`, `import()` (also in
 * types), `require()`, `createRequire(…)('x')`, and `new URL('./x.ts', import.meta.url)`, which is how workers are named.
 * Comments and the contents of strings never count as code, so an import that a doc comment shows is not one.
 */
export interface SourceImport {
  /** As written; for a template literal the part before its first `${`, followed by `*`. */
  readonly specifier: string;
  readonly kind: 'static' | 'dynamic' | 'url';
}

export interface ScannedSource {
  readonly imports: readonly SourceImport[];
  /** The text without comments; each literal is replaced by `"#n"`. */
  readonly code: string;
  /** Dynamic imports of which nothing can be said: their argument is not a literal, or `require` goes by another name. */
  readonly opaqueImports: number;
}

const PATTERNS: readonly { kind: SourceImport['kind']; pattern: RegExp }[] = [
  { kind: 'static', pattern: /\b(?:import|export)\b[^"();]*?\bfrom\s*"#(\d+)"/g },
  { kind: 'static', pattern: /\bimport\s*"#(\d+)"/g },
  { kind: 'dynamic', pattern: /\b(?:import|require|import\.meta\.resolve)\s*\(\s*"#(\d+)"/g },
  { kind: 'dynamic', pattern: /\bcreateRequire\s*\([^()]*\)\s*\(\s*"#(\d+)"/g },
  { kind: 'url', pattern: /\bnew\s+URL\s*\(\s*"#(\d+)"\s*,\s*import\.meta\.url/g },
];

/** `import(name)`, and `createRequire` under another name than `require`. */
const OPAQUE = [/\bimport\s*\(\s*(?!"#)[^)\s]/g, /(?<!\brequire\s*)=\s*createRequire\s*\([^()]*\)(?!\s*\()/g];

export function scanSource(text: string): ScannedSource {
  const { code, literals } = maskLiterals(text);
  const imports = PATTERNS.flatMap(({ kind, pattern }) =>
    [...code.matchAll(pattern)].map((match) => ({ kind, specifier: literals[Number(match[1])] ?? '' })),
  );
  const opaqueImports = OPAQUE.flatMap((pattern) => [...code.matchAll(pattern)]).length;
  return { imports, code, opaqueImports };
}

/** What may stand before a `/` that opens a regular expression; after a name or a bracket it divides. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|await|yield))\s*$/;
const LITERAL = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|`|\//g;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;

function maskLiterals(text: string): { code: string; literals: string[] } {
  const literals: string[] = [];
  let code = '';
  let at = 0;
  const emit = (literal: string) => {
    code += `"#${literals.push(literal) - 1}"`;
  };
  for (;;) {
    LITERAL.lastIndex = at;
    const found = LITERAL.exec(text);
    if (found === null) return { code: code + text.slice(at), literals };
    code += text.slice(at, found.index);
    const token = found[0];
    at = found.index + token.length;
    if (token === '`') at = maskTemplate(text, at, { emit, literals });
    else if (token === '/') at = maskRegex(text, at, { before: code, emit, keep: () => (code += '/') });
    else if (token.startsWith('/')) code += ' ';
    else emit(token.slice(1, -1));
  }
}

/** A template becomes one literal, and the imports that stand inside its `${}` are lost: the house has none. */
function maskTemplate(
  text: string,
  start: number,
  out: { emit: (literal: string) => void; literals: string[] },
): number {
  let at = start;
  let fixed: string | undefined;
  while (at < text.length && text[at] !== '`') {
    if (text[at] === '\\') at += 2;
    else if (text.startsWith('${', at)) {
      fixed ??= `${text.slice(start, at)}*`;
      at = skipExpression(text, at + 2);
    } else at += 1;
  }
  out.emit(fixed ?? text.slice(start, at));
  return at + 1;
}

function skipExpression(text: string, start: number): number {
  let depth = 1;
  let at = start;
  while (at < text.length && depth > 0) {
    const char = text[at];
    if (char === '`') at = maskTemplate(text, at + 1, { emit: () => {}, literals: [] });
    else if (char === "'" || char === '"') at = skipString(text, at);
    else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      at += 1;
    }
  }
  return at;
}

function skipString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== text[start]) at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function maskRegex(
  text: string,
  at: number,
  out: { before: string; emit: (literal: string) => void; keep: () => void },
): number {
  REGEX.lastIndex = at - 1;
  const regex = BEFORE_REGEX.test(out.before.slice(-40)) ? REGEX.exec(text) : null;
  if (regex === null) {
    out.keep();
    return at;
  }
  out.emit(regex[0]);
  return at - 1 + regex[0].length;
}
