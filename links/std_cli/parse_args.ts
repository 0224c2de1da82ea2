/**
 * A stand-in for `@std/cli/parse-args` with the same name and behaviour for flat option names, so that the command
 * line works where JSR cannot be reached. Dotted names do not nest here, and every option that is neither boolean nor
 * string and looks like a number becomes one, as in the real package.
 *
 * @module
 */

type Name = string | undefined;
type Plain = string | number | boolean;

/** The values of the options that were declared, by kind; every other option is `unknown`. */
type Declared<B extends Name, S extends Name, C extends Name, N extends Name> =
  & { [K in Exclude<Extract<B, string>, C>]: boolean }
  & { [K in Exclude<Extract<S, string>, C>]?: K extends N ? string | false : string }
  & { [K in Extract<C, string>]: K extends N ? string[] | false : string[] };

/** Declared options, those with a default never `undefined`. */
type WithDefaults<T, D> =
  & Omit<T, keyof D>
  & { [K in keyof D]: K extends keyof T ? NonNullable<T[K]> | D[K] : unknown };

/** What {@linkcode parseArgs} returns. */
export type Args<T = Record<string, unknown>, Dash extends boolean | undefined = undefined> =
  & T
  & Record<string, unknown>
  & {
    /** The arguments that belong to no option. */
    _: Array<string | number>;
  }
  & (Dash extends true ? {
      /** What came after `--`. */
      "--": string[];
    }
    : Record<never, never>);

/** The options of {@linkcode parseArgs}. */
export interface ParseOptions<
  B extends Name = Name,
  S extends Name = Name,
  C extends Name = Name,
  N extends Name = Name,
  D extends Record<string, unknown> | undefined = Record<string, unknown> | undefined,
  Dash extends boolean | undefined = boolean | undefined,
> {
  /** Whether what follows `--` goes to `"--"` rather than to `_`. */
  "--"?: Dash;
  /** Other names for options. */
  alias?: Readonly<Record<string, string | readonly string[]>>;
  /** Names of options that take no value; `true` for all without `=`. */
  boolean?: B | boolean | readonly Extract<B, string>[];
  /** Values for options that are not given. */
  default?: D;
  /** Whether everything after the first argument that is no option goes to `_`. */
  stopEarly?: boolean;
  /** Names of options whose values stay text. */
  string?: S | readonly Extract<S, string>[];
  /** Names of options that may be given more than once. */
  collect?: C | readonly Extract<C, string>[];
  /** Names of options that `--no-name` sets to `false`. */
  negatable?: N | readonly Extract<N, string>[];
  /** Called for what was not declared: `(arg, key, value)` for an option, `(arg)` else; `false` drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

function list(names: boolean | string | readonly string[] | undefined): readonly string[] {
  if (typeof names === "string") return [names];
  return typeof names === "object" ? names : [];
}

function isNumeric(text: string): boolean {
  return /^0x[0-9a-f]+$/i.test(text) || /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text);
}

function isBoolean(text: string | undefined): text is "true" | "false" {
  return text === "true" || text === "false";
}

/** Every name with the other names of the same option. */
function synonyms(alias: Readonly<Record<string, string | readonly string[]>>): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const [name, others] of Object.entries(alias)) {
    const all = [name, ...list(others)];
    for (const each of all) groups.set(each, new Set(all.filter((other) => other !== each)));
  }
  return groups;
}

/** The options that were declared, with their aliases, and the result as it grows. */
class Parser {
  readonly #alias: Map<string, Set<string>>;
  readonly #boolean: Set<string>;
  readonly #string: Set<string>;
  readonly #collect: Set<string>;
  readonly #negatable: Set<string>;
  readonly #options: ParseOptions;
  readonly result: Record<string, unknown> & { _: Array<string | number> } = { _: [] };

  constructor(options: ParseOptions) {
    this.#options = options;
    this.#alias = synonyms(options.alias ?? {});
    this.#boolean = this.#names(options.boolean);
    this.#string = this.#names(options.string);
    this.#collect = this.#names(options.collect);
    this.#negatable = this.#names(options.negatable);
  }

  #names(names: boolean | string | readonly string[] | undefined): Set<string> {
    return new Set(list(names).flatMap((name) => [name, ...this.#alias.get(name) ?? []]));
  }

  #set(key: string, value: Plain, arg: string, collect = true): void {
    const known = this.#boolean.has(key) || this.#string.has(key) || this.#alias.has(key) ||
      (this.#options.boolean === true && /^--[^=]+$/.test(arg));
    if (!known && this.#options.unknown?.(arg, key, value) === false) return;
    const typed = typeof value === "string" && !this.#string.has(key) && isNumeric(value)
      ? Number(value)
      : value;
    for (const name of [key, ...this.#alias.get(key) ?? []]) {
      const before = this.result[name];
      if (!collect || !this.#collect.has(name)) this.result[name] = typed;
      else this.result[name] = Array.isArray(before) ? [...before, typed] : [typed];
    }
  }

  #positional(arg: string): void {
    if (this.#options.unknown?.(arg) === false) return;
    this.result._.push(this.#string.has("_") || !isNumeric(arg) ? arg : Number(arg));
  }

  /** Sets `key` from the argument after it where that is its value; tells how many arguments were used. */
  #setFromNext(key: string, arg: string, next: string | undefined, isValue: boolean): 0 | 1 {
    if (next !== undefined && next !== "" && isValue && !this.#boolean.has(key)) {
      this.#set(key, next, arg);
      return 1;
    }
    if (isBoolean(next)) {
      this.#set(key, next === "true", arg);
      return 1;
    }
    this.#set(key, this.#string.has(key) ? "" : true, arg);
    return 0;
  }

  #long(arg: string, next: string | undefined): 0 | 1 {
    const equals = arg.indexOf("=", 3);
    if (equals > 0 && equals < arg.length - 1) {
      const key = arg.slice(2, equals);
      const value = arg.slice(equals + 1);
      this.#set(key, this.#boolean.has(key) ? value !== "false" : value, arg);
      return 0;
    }
    const key = arg.slice(2);
    if (key.startsWith("no-") && this.#negatable.has(key.slice(3))) {
      this.#set(key.slice(3), false, arg, false);
      return 0;
    }
    return this.#setFromNext(key, arg, next, this.#options.boolean !== true && !next?.startsWith("-"));
  }

  #short(arg: string, next: string | undefined): 0 | 1 {
    for (let i = 1; i < arg.length - 1; i++) {
      const letter = arg.charAt(i);
      const rest = arg.slice(i + 1);
      if (/^=./s.test(rest) || (/[A-Za-z]/.test(letter) && isNumeric(rest)) || /^\W/.test(rest)) {
        this.#set(letter, rest.replace(/^=/, ""), arg);
        return 0;
      }
      this.#set(letter, this.#string.has(letter) ? "" : true, arg);
    }
    const isValue = next !== undefined && !/^-{1,2}[^-]/.test(next);
    return this.#setFromNext(arg.slice(-1), arg, next, isValue);
  }

  parse(args: readonly string[]): void {
    const end = args.indexOf("--");
    const flags = end < 0 ? args : args.slice(0, end);
    const after = end < 0 ? [] : args.slice(end + 1);
    for (let i = 0; i < flags.length; i++) {
      const arg = flags[i] ?? "";
      if (/^--./s.test(arg)) i += this.#long(arg, flags[i + 1]);
      else if (/^-./s.test(arg)) i += this.#short(arg, flags[i + 1]);
      else {
        this.#positional(arg);
        if (this.#options.stopEarly === true) {
          this.result._.push(...flags.slice(i + 1));
          break;
        }
      }
    }
    if (this.#options["--"] === true) this.result["--"] = [...after];
    else this.result._.push(...after);
  }

  /** Fills in what was not given: defaults, then `false` and `[]`. */
  fill(): void {
    for (const [key, value] of Object.entries(this.#options.default ?? {})) {
      for (const name of [key, ...this.#alias.get(key) ?? []]) this.result[name] ??= value;
    }
    for (const name of this.#boolean) this.result[name] ??= this.#collect.has(name) ? [] : false;
    for (const name of this.#collect) this.result[name] ??= [];
  }
}

/**
 * Splits command line arguments into options and the rest.
 *
 * @param args The arguments, without the program's name.
 * @param options Which options take what.
 * @returns The values by option name, and the other arguments in `_`.
 */
export function parseArgs<
  Dash extends boolean | undefined = undefined,
  const B extends Name = undefined,
  const S extends Name = undefined,
  const C extends Name = undefined,
  const N extends Name = undefined,
  D extends Record<string, unknown> | undefined = undefined,
>(
  args: readonly string[],
  options: ParseOptions<B, S, C, N, D, Dash> = {},
): Args<WithDefaults<Declared<B, S, C, N>, D extends undefined ? Record<never, never> : D>, Dash> {
  const parser = new Parser(options as ParseOptions);
  parser.parse(args);
  parser.fill();
  return parser.result as Args<
    WithDefaults<Declared<B, S, C, N>, D extends undefined ? Record<never, never> : D>,
    Dash
  >;
}
