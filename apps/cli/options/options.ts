/**
 * Declarative options of a command: one table drives parsing, validation and `--help`.
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { UserError } from "@gasp/gasp";
import { twoColumns } from "./layout.ts";
import { didYouMean } from "./suggest.ts";

/** Fields common to all options. */
export interface OptionBase {
  /** Description for `--help`. */
  readonly help: string;
  /** Description of the default if it is not a fixed value, such as `the preset's`. */
  readonly defaultText?: string;
  /** Whether `--help` and suggestions omit the option. Default: false. */
  readonly hidden?: boolean;
}

/** A string. */
export interface TextOption extends OptionBase {
  /** Kind of option. */
  readonly kind: "text";
  /** Placeholder in `--help`, such as `FOLDER`. */
  readonly value: string;
  /** Whether the value may be omitted; it is then `""`. */
  readonly optional?: boolean;
  /** Default value. */
  readonly default?: string;
}

/** An integer in a range. */
export interface IntegerOption extends OptionBase {
  /** Kind of option. */
  readonly kind: "integer";
  /** Minimum. */
  readonly min: number;
  /** Maximum. */
  readonly max: number;
  /** Default value. */
  readonly default?: number;
}

/** One of several words. */
export interface ChoiceOption extends OptionBase {
  /** Kind of option. */
  readonly kind: "choice";
  /** Allowed words. */
  readonly choices: readonly string[];
  /** Default value. */
  readonly default?: string;
}

/** A boolean flag. */
export interface FlagOption extends OptionBase {
  /** Kind of option. */
  readonly kind: "flag";
}

/** An option of an earlier version, which is refused with a remedy. `--help` and suggestions omit it. */
export interface FormerOption {
  /** Kind of option. */
  readonly kind: "former";
  /** What to write instead. */
  readonly remedy: string;
}

/** An option. */
export type Option = TextOption | IntegerOption | ChoiceOption | FlagOption | FormerOption;

/** Options by name, without the dashes. */
export type OptionTable = Readonly<Record<string, Option>>;

/** The value of an option. */
export type ValueOf<O extends Option> = O extends FlagOption ? boolean
  : O extends FormerOption ? undefined
  : O extends IntegerOption ? number | Missing<O>
  : string | Missing<O>;
/** Type of an absent option. */
export type Missing<O> = O extends { readonly default: string | number } ? never : undefined;

/** The values of a table of options. */
export type Values<T extends OptionTable> = { readonly [K in keyof T]: ValueOf<T[K]> };

/** Options that every command has. */
export const COMMON_OPTIONS = {
  help: { kind: "flag", help: "Show this help" },
  debug: { kind: "flag", help: "Show a stack trace on unexpected errors" },
} satisfies OptionTable;

/** Thrown for invalid command-line arguments. */
export class UsageError extends UserError {}

/** Result of {@link parseOptions}. */
export interface Parsed<T extends OptionTable> {
  /** Value of each option. */
  readonly values: Values<T>;
  /** Positional arguments. */
  readonly positionals: readonly string[];
}

/**
 * Parses the arguments of a command.
 *
 * @param table Options of the command.
 * @param args Arguments after the name of the command.
 * @throws {UsageError} If an option is unknown, lacks its value, or has an invalid one.
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
    const known = table[typed.slice(2)];
    // The parser takes "--steps=" for an option of another name
    if (known !== undefined) {
      if (known.kind !== "flag") readValue(typed.slice(2), known, "");
      throw new UsageError(`${first}: write ${typed}, without "="`);
    }
    const listed = Object.keys(listedOptions(table)).map((name) => `--${name}`);
    throw new UsageError(`unknown option ${typed}${didYouMean(typed, listed)}`);
  }
  const values = Object.fromEntries(
    names.map((name) => [name, readValue(name, table[name]!, parsed[name] as string | boolean | undefined)]),
  );
  return { values: values as Values<T>, positionals: parsed._.map(String) };
}

/** Joins `--name -1,2` to `--name=-1,2`, since the parser would mistake a negative number for an option. */
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

/** Returns the options that `--help` lists. */
function listedOptions(table: OptionTable): Readonly<Record<string, Exclude<Option, FormerOption>>> {
  const listed: Record<string, Exclude<Option, FormerOption>> = {};
  for (const [name, option] of Object.entries(table)) {
    if (option.kind !== "former" && !option.hidden) listed[name] = option;
  }
  return listed;
}

function readValue(name: string, option: Option, value: string | boolean | undefined): unknown {
  if (option.kind === "flag") return value === true;
  if (option.kind === "former") {
    if (value !== undefined) throw new UsageError(`there is no option --${name} any more: ${option.remedy}`);
    return undefined;
  }
  if (value === undefined) return option.default;
  const text = String(value);
  if (text === "" && !(option.kind === "text" && option.optional)) {
    throw new UsageError(`--${name} needs a value: --${name} ${valueName(option)}`);
  }
  if (option.kind === "integer") return readInteger(name, option, text);
  if (option.kind === "choice" && !option.choices.includes(text)) {
    const allowed = option.choices.join(", ");
    throw new UsageError(
      `--${name} must be one of ${allowed}; got "${text}"${didYouMean(text, option.choices)}`,
    );
  }
  return text;
}

function readInteger(name: string, { min, max }: IntegerOption, text: string): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`--${name} must be a whole number ${rangeText(min, max)}; got "${text}"`);
  }
  return value;
}

function rangeText(min: number, max: number): string {
  return max >= Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
}

/** Maximum length of a list of choices in place of a value's name; longer ones are part of the description. */
const INLINE_CHOICES = 20;

/** Whether the choices of an option are shown in place of its value's name. */
function areInline({ choices }: ChoiceOption): boolean {
  return choices.join("|").length <= INLINE_CHOICES;
}

/**
 * Returns the placeholder of an option's value in `--help`; `""` for a flag.
 *
 * @param option Option.
 */
export function valueName(option: Exclude<Option, FormerOption>): string {
  if (option.kind === "flag") return "";
  if (option.kind === "integer") return "N";
  if (option.kind === "choice") return areInline(option) ? option.choices.join("|") : "NAME";
  return option.optional ? `[${option.value}]` : option.value;
}

/**
 * Describes options for `--help`.
 *
 * @param table Options.
 * @param columns Width of the terminal. Default: 80.
 */
export function describeOptions(table: OptionTable, columns = 80): string {
  const rows = Object.entries(listedOptions(table)).map(([name, option]) =>
    [
      `--${name} ${valueName(option)}`.trimEnd(),
      option.help + choicesNote(option) + defaultNote(option),
    ] as const
  );
  return twoColumns(rows, columns).join("\n");
}

function choicesNote(option: Exclude<Option, FormerOption>): string {
  return option.kind === "choice" && !areInline(option) ? `: ${option.choices.join(", ")}` : "";
}

function defaultNote(option: Exclude<Option, FormerOption>): string {
  if (option.kind === "flag") return "";
  const text = option.defaultText ?? (option.default === undefined ? undefined : String(option.default));
  return text === undefined ? "" : ` (default: ${text})`;
}
