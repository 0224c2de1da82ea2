/**
 * A reader of TypeScript that is just good enough to tell code from comments, text and regular expressions, and to
 * find what a module imports. The gate uses it because a plain search would also find what comments talk about.
 *
 * @module
 */

/** A stretch of source of one kind. */
export interface Token {
  /** What it is; a template's text is `text`, what stands in its `${}` is `code`. */
  readonly kind: "code" | "comment" | "text" | "regex";
  /** The characters, quotes and comment marks included. */
  readonly value: string;
  /** Its line, counted from 1. */
  readonly line: number;
}

/** One import, re-export or dynamic import of a module. */
export interface Import {
  /** What is imported, as written. */
  readonly specifier: string;
  /** Whether it is a call of `import()`. */
  readonly dynamic: boolean;
  /** Its line, counted from 1. */
  readonly line: number;
}

const STARTS: readonly [Token["kind"], RegExp][] = [
  ["comment", /\/\/[^\n]*|\/\*[^]*?\*\//y],
  ["text", /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y],
  ["text", /`(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y],
];

/** After one of these a slash starts a regular expression; after anything else it divides. */
const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|yield|await))\s*$/;
const REGEX = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+\/[a-z]*/y;
/** The rest of a template after a `${}`. */
const TEMPLATE_REST = /\}(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

/**
 * Splits a module into stretches of code, comments, text and regular expressions.
 *
 * @param source The module's text.
 * @returns The stretches in order; joined, they are the source.
 */
export function tokens(source: string): Token[] {
  const found: Token[] = [];
  /** For each template that is open, how many braces are open in its `${}`. */
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
  /** What stands before this place, comments left out. */
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
 * Finds the modules that a module imports or re-exports, `import()` of a literal included.
 *
 * @param source The module's text.
 * @returns The imports in order.
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
    // The rest of a template, as in `${from} to`, is text too.
    const opens = keyword?.[2] === "(" ? /^["'`]/ : /^["']/;
    if (keyword !== null && opens.test(value) && !(keyword[1] === "from" && keyword[2] === "(")) {
      found.push({ specifier: value.slice(1, -1), dynamic: keyword[2] === "(", line });
    }
    code = "";
  }
  return found;
}

/**
 * Finds where a name is used as code: not in a comment, nor in text, except where the text is the name alone, as in
 * `globalThis["name"]`.
 *
 * @param source The module's text.
 * @param name The name.
 * @returns The lines, counted from 1.
 */
export function uses(source: string, name: string): number[] {
  const pattern = new RegExp(`(?<![\\w$])${name}(?![\\w$])`, "g");
  return tokens(source).flatMap(({ kind, value, line }) => {
    if (kind === "text") return value.slice(1, -1) === name ? [line] : [];
    if (kind !== "code") return [];
    return [...value.matchAll(pattern)].map((hit) => line + value.slice(0, hit.index).split("\n").length - 1);
  });
}
