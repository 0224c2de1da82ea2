/**
 * A command of the program: its name, what it takes, what it does.
 * @module
 */
import {
  COMMON_OPTIONS,
  describeOptions,
  type OptionTable,
  parseOptions,
  UsageError,
} from "../options/options.ts";
import type { Values } from "../options/options.ts";
import { didYouMean } from "../options/suggest.ts";
import { print } from "../terminal/output.ts";

/** An argument without a name. */
export interface Positional {
  /** Name in `--help`: `DIR`. */
  readonly name: string;
  /** One line for `--help`. */
  readonly help: string;
  /** Whether it may be left out. */
  readonly optional?: boolean;
  /** The words allowed; any if left out. */
  readonly choices?: readonly string[];
}

/** What {@link defineCommand} takes. */
export interface CommandSpec<T extends OptionTable> {
  /** The word that it is called by. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Arguments without a name, in order; optional ones come last. */
  readonly positionals?: readonly Positional[];
  /** Its options, besides those of every command. */
  readonly options: T;
  /** Whether its work counts though nobody reads what it prints. Default: false. */
  readonly outlivesOutput?: boolean;
  /** Lines shown at the end of `--help`. */
  readonly examples: readonly string[];
  /**
   * Does the work.
   *
   * @returns The exit code.
   */
  run(values: Values<T & typeof COMMON_OPTIONS>, positionals: readonly string[]): Promise<number>;
}

/** A command, whatever its options. */
export interface Command {
  /** The word that it is called by. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** The text of `--help`. */
  readonly help: string;
  /** Whether its work counts though nobody reads what it prints. */
  readonly outlivesOutput: boolean;
  /** Names of its options. */
  readonly options: readonly string[];
  /**
   * Parses and runs.
   *
   * @param args What was typed after the command's name.
   * @returns The exit code.
   */
  execute(args: readonly string[]): Promise<number>;
}

/**
 * Makes a command of a table of options and a function.
 *
 * @param spec What it takes and does.
 */
export function defineCommand<T extends OptionTable>(spec: CommandSpec<T>): Command {
  const table = { ...spec.options, ...COMMON_OPTIONS };
  const help = helpText(spec, table);
  const execute = (args: readonly string[]): Promise<number> => {
    if (args.includes("--help") || args.includes("-h")) {
      print(help);
      return Promise.resolve(0);
    }
    const { values, positionals } = parseOptions(table, args);
    checkPositionals(spec.name, spec.positionals ?? [], positionals);
    return spec.run(values as Values<T & typeof COMMON_OPTIONS>, positionals);
  };
  const { name, summary, options, outlivesOutput = false } = spec;
  return { name, summary, help, options: Object.keys(options), outlivesOutput, execute };
}

function usage(name: string, positionals: readonly Positional[]): string {
  const words = positionals.map(({ name, choices, optional }) => {
    const word = choices?.join("|") ?? name;
    return optional ? `[${word}]` : word;
  });
  return ["deno task", name, ...words, "[options]"].join(" ");
}

function helpText<T extends OptionTable>(spec: CommandSpec<T>, table: OptionTable): string {
  const positionals = spec.positionals ?? [];
  const width = Math.max(0, ...positionals.map(({ name }) => name.length));
  return [
    spec.summary,
    "",
    `Usage: ${usage(spec.name, positionals)}`,
    ...positionals.map(({ name, help }) => `  ${name.padEnd(width)}  ${help}`),
    "",
    "Options:",
    describeOptions(table),
    "",
    "Examples:",
    ...spec.examples.map((example) => `  ${example}`),
  ].join("\n");
}

function checkPositionals(
  command: string,
  expected: readonly Positional[],
  given: readonly string[],
): void {
  expected.forEach(({ name, choices, optional }, i) => {
    const word = given[i];
    if (word === undefined) {
      if (optional) return;
      throw new UsageError(`${command} needs ${name}: ${usage(command, expected)}`);
    }
    if (choices && !choices.includes(word)) {
      throw new UsageError(
        `${command} takes ${choices.join(", ")}; got "${word}"${didYouMean(word, choices)}`,
      );
    }
  });
  const extra = given[expected.length];
  if (extra !== undefined) {
    throw new UsageError(`${command} does not take the argument "${extra}": ${usage(command, expected)}`);
  }
}
