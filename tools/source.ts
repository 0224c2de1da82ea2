/**
 * A minimal TypeScript tokeniser that distinguishes code from comments, strings and regular expressions, and finds imports.
 * The checks use it because a plain search would also match comments.
 *
 * @module
 */

/** A span of source of one kind. */
export interface Token {
  /** Kind: strings and the literal parts of templates are `text`, the contents of `${}` are `code`. */
  readonly kind: "code" | "comment" | "text" | "regex";
  /** Characters, including quotes and comment marks. */
  readonly value: string;
  /** Line, from 1. */
  readonly line: number;
}

/** An import, re-export or dynamic import of a module. */
export interface Import {
  /** Module specifier as written. */
  readonly specifier: string;
  /** Whether it is a call of `import()`. */
  readonly dynamic: boolean;
  /** Line, from 1. */
  readonly line: number;
}

const STARTS: readonly [Token["kind"], RegExp][] = [
  ["comment", /\/\/[^\n]*|\/\*[^]*?\*\//y],
  ["text", /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y],
  ["text", /`(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y],
];

/** Code after which a slash starts a regular expression rather than divides. */
const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|yield|await))\s*$/;
const REGEX = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+\/[a-z]*/y;
/** The literal part of a template after a `${}`. */
const TEMPLATE_REST = /\}(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

/**
 * Splits a module into code, comments, text and regular expressions.
 *
 * @param source Source of the module.
 * @returns Tokens in order, whose concatenation is the source.
 */
export function tokens(source: string): Token[] {
  const found: Token[] = [];
  /** Number of open braces in the `${}` of each open template. */
  const templates: number[] = [];
  let code = "";
  let line = 1;
  const push = (kind: Token["kind"], value: string) => {
    if (value === "") return;
    found.push({ kind, value, line });
    line += value.split("\n").length - 1;
  };
  const special = (at: number): [Token["kind"], string] | undefined => {
    if (source[at] === "}" && templates.at(-1) === 0) {
      const rest = match(TEMPLATE_REST, source, at);
      return rest === undefined ? undefined : ["text", rest];
    }
    for (const [kind, pattern] of STARTS) {
      const value = match(pattern, source, at);
      if (value !== undefined) return [kind, value];
    }
    if (source[at] !== "/" || !BEFORE_REGEX.test(before())) return undefined;
    const value = match(REGEX, source, at);
    return value === undefined ? undefined : ["regex", value];
  };
  /** Returns the preceding code, skipping comments. */
  const before = () => {
    if (code.trim() !== "") return code;
    const last = found.findLast((token) => token.kind !== "comment" && token.value.trim() !== "");
    return last === undefined ? "" : last.value;
  };
  for (let at = 0; at < source.length;) {
    const hit = special(at);
    if (hit === undefined) {
      const open = templates.length - 1;
      if (open >= 0 && source[at] === "{") templates[open] = (templates[open] ?? 0) + 1;
      if (open >= 0 && source[at] === "}") templates[open] = (templates[open] ?? 0) - 1;
      code += source[at++];
      continue;
    }
    push("code", code);
    code = "";
    const [kind, value] = hit;
    if (value.startsWith("}")) templates.pop();
    if (kind === "text" && /^[`}]/.test(value) && value.endsWith("${")) templates.push(0);
    push(kind, value);
    at += value.length;
  }
  push("code", code);
  return found;
}

/**
 * Finds the modules that a module imports or re-exports, including `import()` of a literal.
 *
 * @param source Source of the module.
 * @returns Imports in order.
 */
export function imports(source: string): Import[] {
  const found: Import[] = [];
  let code = "";
  for (const { kind, value, line } of tokens(source)) {
    if (kind === "comment") continue;
    if (kind !== "text") {
      code = kind === "code" ? code + value : "";
      continue;
    }
    const keyword = /(?:^|[^.\w$])(import|from)\s*(\(?)\s*$/.exec(code);
    // The literal part of a template after `${}` is text too.
    const opens = keyword?.[2] === "(" ? /^["'`]/ : /^["']/;
    if (keyword !== null && opens.test(value) && !(keyword[1] === "from" && keyword[2] === "(")) {
      found.push({ specifier: value.slice(1, -1), dynamic: keyword[2] === "(", line });
    }
    code = "";
  }
  return found;
}

/**
 * Finds uses of a name in code: not in comments or strings, except strings that are the name alone, as in
 * `globalThis["name"]`.
 *
 * @param source Source of the module.
 * @param name Name.
 * @returns Lines, from 1.
 */
export function uses(source: string, name: string): number[] {
  const pattern = new RegExp(`(?<![\\w$])${name}(?![\\w$])`, "g");
  return tokens(source).flatMap(({ kind, value, line }) => {
    if (kind === "text") return value.slice(1, -1) === name ? [line] : [];
    if (kind !== "code") return [];
    return [...value.matchAll(pattern)].map((hit) => line + value.slice(0, hit.index).split("\n").length - 1);
  });
}
