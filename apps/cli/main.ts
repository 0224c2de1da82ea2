/**
 * The command line of GASP: picks a command, runs it, turns errors into messages and exit codes.
 *
 * @module
 */
import { benchCommand } from "./commands/bench_command.ts";
import { type Command, defineCommand } from "./commands/command.ts";
import { dataCommand } from "./commands/data_command.ts";
import { exportCommand } from "./commands/export_command.ts";
import { fitCommand } from "./commands/fit_command.ts";
import { importCommand } from "./commands/import_command.ts";
import { interpolateCommand } from "./commands/interpolate_command.ts";
import { messageOf } from "@gasp/gasp";
import { limitMemory } from "@gasp/tensor";
import { freeMemory } from "./device/free_memory.ts";
import { UsageError } from "./options/options.ts";
import { print, printError, stderr, stdout } from "./terminal/output.ts";
import { reportError } from "./terminal/report_error.ts";
import { parityCommand } from "./commands/parity_command.ts";
import { sampleCommand } from "./commands/sample_command.ts";
import { didYouMean } from "./options/suggest.ts";
import { trainCommand } from "./commands/train_command.ts";
import { upscaleCommand } from "./commands/upscale_command.ts";
import { zoomCommand } from "./commands/zoom_command.ts";

const helpCommand = defineCommand({
  name: "help",
  summary: "Show what the program can do.",
  options: {},
  examples: ["deno task train --help"],
  run: () => {
    print(overview());
    return Promise.resolve(0);
  },
});

/** Every command. */
const COMMANDS: readonly Command[] = [
  trainCommand,
  sampleCommand,
  interpolateCommand,
  upscaleCommand,
  zoomCommand,
  fitCommand,
  parityCommand,
  benchCommand,
  dataCommand,
  importCommand,
  exportCommand,
  helpCommand,
];

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    "GASP learns distributions over functions: images, shapes, fields and sounds by one program.",
    "",
    "Commands:",
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    'Run "deno task train" to train on digits, "deno task train --help" for its options.',
  ].join("\n");
}

/** Milliseconds that the end of the program waits for readers; commands whose result is printed have waited before. */
const PATIENCE = 1000;

/**
 * Runs the program.
 *
 * @param args The words after the program's name.
 * @returns The exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...given] = args;
  // `deno task train -- --help` passes the dashes on.
  const rest = given[0] === "--" ? given.slice(1) : given;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  try {
    if (command) return await withOutput(command, rest);
    if (name === undefined || name === "--help" || name === "-h") return await withOutput(helpCommand, []);
    const names = COMMANDS.map((candidate) => candidate.name);
    throw new UsageError(
      `unknown command "${name}"${didYouMean(name, names)}; the commands are ${names.join(", ")}`,
    );
  } catch (error) {
    // In a terminal, the message follows what was printed.
    await stdout.settled(PATIENCE);
    const { name, options } = command ?? {};
    return reportError(error, { command: name, options, debug: args.includes("--debug") });
  }
}

/** Exit code of a program whose reader is gone: 128 and the number of SIGPIPE, which ends other programs then. */
const READER_GONE = 141;

/** Runs a command. Where what it prints is its result, failing to print is a failure. */
async function withOutput(command: Command, args: readonly string[]): Promise<number> {
  const code = await command.execute(args);
  if (command.outlivesOutput) return code;
  await stdout.settled();
  if (stdout.failure === undefined) return code;
  if (stdout.failure instanceof Deno.errors.BrokenPipe) return READER_GONE;
  printError(`error: cannot write to standard output: ${messageOf(stdout.failure)}`);
  return 1;
}

if (import.meta.main) {
  limitMemory(freeMemory);
  const code = await main(Deno.args);
  await Promise.all([stdout.settled(PATIENCE), stderr.settled(PATIENCE)]);
  // A write that never ends, or work that an error left behind, would keep the program alive.
  Deno.exit(code);
}
