/**
 * Options of a command as one table, which drives parsing, checks and `--help`.
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { UserError } from "@gasp/gasp";
import { didYouMean } from "./suggest.ts";

/** What every option has. */
export interface OptionBase {
  /** One line for `--help`. */
  readonly help: string;
  /** The default as text, where it is not a fixed value: `the preset's`. */
  readonly defaultText?: string;
}

/** Free text. With `optional`, the option may stand alone and is then `""`. */
export interface TextOption extends OptionBase {
  /** Which kind. */
  readonly kind: "text";
  /** Name of the value in `--help`: `FOLDER`. */
  readonly value: string;
  /** Whether the value may be left out. */
  readonly optional?: boolean;
  /** Its value where it is not typed. */
  readonly default?: string;
}

/** A whole number in a range. */
export interface IntegerOption extends OptionBase {
  /** Which kind. */
  readonly kind: "integer";
  /** Least value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** Its value where it is not typed. */
  readonly default?: number;
}

/** One of several words. */
export interface ChoiceOption extends OptionBase {
  /** Which kind. */
  readonly kind: "choice";
  /** The words allowed. */
  readonly choices: readonly string[];
  /** Its value where it is not typed. */
  readonly default?: string;
}

/** Present or not. */
export interface FlagOption extends OptionBase {
  /** Which kind. */
  readonly kind: "flag";
}

/** One option. */
export type Option = TextOption | IntegerOption | ChoiceOption | FlagOption;

/** Options by name, without the dashes. */
export type OptionTable = Readonly<Record<string, Option>>;

/** The value of an option. */
export type ValueOf<O extends Option> = O extends FlagOption ? boolean
  : O extends IntegerOption ? number | Missing<O>
  : string | Missing<O>;
/** What an option without a default is where it is not typed. */
export type Missing<O> = O extends { readonly default: string | number } ? never : undefined;

/** The values of a table of options. */
export type Values<T extends OptionTable> = { readonly [K in keyof T]: ValueOf<T[K]> };

/** Options that every command has. */
export const COMMON_OPTIONS = {
  help: { kind: "flag", help: "Show this help" },
  debug: { kind: "flag", help: "Show where an unexpected error came from" },
} satisfies OptionTable;

/** A mistake in how a command was called. */
export class UsageError extends UserError {}

/** What {@link parseOptions} gives. */
export interface Parsed<T extends OptionTable> {
  /** Value of each option. */
  readonly values: Values<T>;
  /** Arguments that belong to no option. */
  readonly positionals: readonly string[];
}

/**
 * Reads the arguments of a command.
 *
 * @param table Its options.
 * @param args What was typed after the command's name.
 * @throws {UsageError} If an option is unknown, lacks its value, or has one that is not allowed.
 */
export function parseOptions<T extends OptionTable>(table: T, args: readonly string[]): Parsed<T> {
  const names = Object.keys(table);
  const flags = names.filter((name) => table[name]!.kind === "flag");
  const unknown: string[] = [];
  const parsed = parseArgs(joinNegatives(args, names.filter((name) => !flags.includes(name))), {
    boolean: flags,
    string: [...names.filter((name) => !flags.includes(name)), "_"],
    alias: "help" in table ? { help: "h" } : {},
    unknown: (arg, key) => {
      if (key !== undefined) unknown.push(arg);
      return key === undefined;
    },
  });
  const first = unknown[0];
  if (first !== undefined) {
    const typed = first.split("=")[0]!;
    throw new UsageError(`unknown option ${typed}${didYouMean(typed, names.map((name) => `--${name}`))}`);
  }
  const values = Object.fromEntries(
    names.map((name) => [name, readValue(name, table[name]!, parsed[name] as string | boolean | undefined)]),
  );
  return { values: values as Values<T>, positionals: parsed._.map(String) };
}

/** Joins `--name -1,2` to `--name=-1,2`: the parser would take a number below zero for an option. */
function joinNegatives(args: readonly string[], names: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of args) {
    const before = joined.at(-1) ?? "";
    if (/^-\.?\d/.test(word) && before.startsWith("--") && names.includes(before.slice(2))) {
      joined.push(`${joined.pop()}=${word}`);
    } else joined.push(word);
  }
  return joined;
}

function readValue(name: string, option: Option, given: string | boolean | undefined): unknown {
  if (option.kind === "flag") return given === true;
  if (given === undefined) return option.default;
  const text = String(given);
  if (text === "" && !(option.kind === "text" && option.optional)) {
    throw new UsageError(`--${name} needs a value: --${name} ${valueName(option)}`);
  }
  if (option.kind === "integer") return readInteger(name, option, text);
  if (option.kind === "choice" && !option.choices.includes(text)) {
    const allowed = option.choices.join(", ");
    throw new UsageError(
      `--${name} is one of ${allowed}; got "${text}"${didYouMean(text, option.choices)}`,
    );
  }
  return text;
}

function readInteger(name: string, { min, max }: IntegerOption, text: string): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`--${name} takes a whole number ${rangeText(min, max)}; got "${text}"`);
  }
  return value;
}

function rangeText(min: number, max: number): string {
  return max >= Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
}

/**
 * The name of an option's value in `--help`; `""` for a flag.
 *
 * @param option Any option.
 */
export function valueName(option: Option): string {
  if (option.kind === "flag") return "";
  if (option.kind === "integer") return "N";
  if (option.kind === "choice") return option.choices.join("|");
  return option.optional ? `[${option.value}]` : option.value;
}

/**
 * The lines of `--help` that describe options, aligned.
 *
 * @param table Options.
 */
export function describeOptions(table: OptionTable): string {
  const rows = Object.entries(table).map(([name, option]) => ({
    left: `--${name} ${valueName(option)}`.trimEnd(),
    right: option.help + defaultNote(option),
  }));
  const width = Math.max(...rows.map(({ left }) => left.length));
  return rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}

function defaultNote(option: Option): string {
  if (option.kind === "flag") return "";
  const text = option.defaultText ?? (option.default === undefined ? undefined : String(option.default));
  return text === undefined ? "" : ` (default: ${text})`;
}
