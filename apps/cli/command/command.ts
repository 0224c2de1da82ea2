/**
 * Definition of commands.
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
import { twoColumns, wrap } from "../options/layout.ts";
import { print, stdout } from "../terminal/output.ts";

/** A positional argument. */
export interface Positional {
  /** Placeholder in `--help`, such as `DIR`. */
  readonly name: string;
  /** Description for `--help`. */
  readonly help: string;
  /** Whether it may be omitted. */
  readonly optional?: boolean;
  /** Allowed words. Default: any. */
  readonly choices?: readonly string[];
}

/** Arguments of {@link defineCommand}. */
export interface CommandSpec<T extends OptionTable> {
  /** Name of the command. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Positional arguments, in order; optional ones last. */
  readonly positionals?: readonly Positional[];
  /** Options, besides the common ones. */
  readonly options: T;
  /** Whether the command should finish its work even if its output cannot be written. Default: false. */
  readonly outlivesOutput?: boolean;
  /** Examples for `--help`. */
  readonly examples: readonly string[];
  /**
   * Runs the command.
   *
   * @returns The exit code.
   */
  run(values: Values<T & typeof COMMON_OPTIONS>, positionals: readonly string[]): Promise<number>;
}

/** A command. */
export interface Command {
  /** Name of the command. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Whether the command should finish its work even if its output cannot be written. */
  readonly outlivesOutput: boolean;
  /** Examples for `--help`. */
  readonly examples: readonly string[];
  /** Names of its options. */
  readonly options: readonly string[];
  /**
   * Checks arguments without running the command.
   *
   * @param args Arguments after the name of the command.
   * @throws {UsageError} If they are invalid.
   */
  check(args: readonly string[]): void;
  /**
   * Parses arguments and runs the command.
   *
   * @param args Arguments after the name of the command.
   * @returns The exit code.
   */
  execute(args: readonly string[]): Promise<number>;
}

/**
 * Defines a command.
 *
 * @param spec Arguments, options and function of the command.
 */
export function defineCommand<T extends OptionTable>(spec: CommandSpec<T>): Command {
  const table = { ...spec.options, ...COMMON_OPTIONS };
  const isHelp = (args: readonly string[]) => args.includes("--help") || args.includes("-h");
  const parse = (args: readonly string[]) => {
    const { values, positionals } = parseOptions(table, args);
    checkPositionals(spec.name, spec.positionals ?? [], positionals);
    return { values: values as Values<T & typeof COMMON_OPTIONS>, positionals };
  };
  const execute = (args: readonly string[]): Promise<number> => {
    if (isHelp(args)) {
      print(helpText(spec, table, stdout.columns));
      return Promise.resolve(0);
    }
    const { values, positionals } = parse(args);
    return spec.run(values, positionals);
  };
  const check = (args: readonly string[]) => {
    if (!isHelp(args)) parse(args);
  };
  const { name, summary, examples, options, outlivesOutput = false } = spec;
  return { name, summary, examples, options: Object.keys(options), outlivesOutput, check, execute };
}

function usage(name: string, positionals: readonly Positional[]): string {
  const words = positionals.map(({ name, choices, optional }) => {
    const word = choices?.length === 1 ? choices[0]! : name;
    return optional ? `[${word}]` : word;
  });
  return ["deno task", name, ...words, "[options]"].join(" ");
}

function helpText<T extends OptionTable>(spec: CommandSpec<T>, table: OptionTable, columns: number): string {
  const positionals = spec.positionals ?? [];
  // A fixed word needs no description
  const args = positionals.filter(({ choices }) => choices?.length !== 1).map(({ name, help, choices }) =>
    [name, choices ? `${help}: ${choices.join(", ")}` : help] as const
  );
  return [
    ...wrap(spec.summary, columns),
    "",
    `Usage: ${usage(spec.name, positionals)}`,
    "",
    ...(args.length > 0 ? ["Arguments:", ...twoColumns(args, columns), ""] : []),
    "Options:",
    describeOptions(table, columns),
    "",
    "Examples:",
    ...spec.examples.map((example) => `  ${example}`),
  ].join("\n");
}

function checkPositionals(
  command: string,
  expected: readonly Positional[],
  actual: readonly string[],
): void {
  expected.forEach(({ name, choices, optional }, i) => {
    const word = actual[i];
    if (word === undefined) {
      if (optional) return;
      throw new UsageError(`${command} needs ${name}: ${usage(command, expected)}`);
    }
    if (choices && !choices.includes(word)) {
      throw new UsageError(
        `${command} must be followed by ${choices.join(", ")}; got "${word}"${didYouMean(word, choices)}`,
      );
    }
  });
  const extra = actual[expected.length];
  if (extra !== undefined) {
    throw new UsageError(`${command} got an unexpected argument "${extra}": ${usage(command, expected)}`);
  }
}
