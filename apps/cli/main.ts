/**
 * The command line of GASP: selects and runs a command, and converts errors to messages and exit codes.
 *
 * @module
 */
import { anomaliesCommand } from "./commands/anomalies_command.ts";
import { benchCommand } from "./commands/bench_command.ts";
import { type Command, defineCommand } from "./command/command.ts";
import { compareCommand } from "./commands/compare_command.ts";
import { dataCommand } from "./commands/data_command.ts";
import { evaluateCommand } from "./commands/evaluate_command.ts";
import { exportCommand } from "./commands/export_command.ts";
import { fitCommand } from "./commands/fit_command.ts";
import { importCommand } from "./commands/import_command.ts";
import { interpolateCommand } from "./commands/interpolate_command.ts";
import { messageOf } from "@gasp/gasp";
import { limitMemory } from "@gasp/tensor";
import { freeMemory } from "./device/free_memory.ts";
import { UsageError } from "./options/options.ts";
import { twoColumns, wrap } from "./options/layout.ts";
import { print, printError, stderr, stdout } from "./terminal/output.ts";
import { reportError } from "./terminal/report_error.ts";
import { distanceCommand, scoreCommand } from "./command/moved_commands.ts";
import { parityCommand } from "./commands/parity_command.ts";
import { reproduceCommand } from "./commands/reproduce_command.ts";
import { endRanks, speakOnce } from "./mpi/session.ts";
import { sampleCommand } from "./commands/sample_command.ts";
import { didYouMean } from "./options/suggest.ts";
import { trainCommand } from "./commands/train_command.ts";
import { upscaleCommand } from "./commands/upscale_command.ts";
import { zoomCommand } from "./commands/zoom_command.ts";

const helpCommand = defineCommand({
  name: "help",
  summary: "List the commands.",
  options: {},
  examples: ["deno task train --help"],
  run: () => {
    print(overview(stdout.columns));
    return Promise.resolve(0);
  },
});

/** All commands. */
export const COMMANDS: readonly Command[] = [
  trainCommand,
  sampleCommand,
  interpolateCommand,
  upscaleCommand,
  zoomCommand,
  fitCommand,
  evaluateCommand,
  anomaliesCommand,
  compareCommand,
  reproduceCommand,
  parityCommand,
  benchCommand,
  dataCommand,
  importCommand,
  exportCommand,
  helpCommand,
  scoreCommand,
  distanceCommand,
];

function overview(columns: number): string {
  return [
    ...wrap(
      "GASP: generative models of images, 3D shapes, fields and sounds as distributions of functions.",
      columns,
    ),
    "",
    "Commands:",
    ...twoColumns(COMMANDS.map(({ name, summary }) => [name, summary]), columns),
    "",
    ...wrap(
      'Run "deno task train" to train on digits, or "deno task COMMAND --help" for the options of a command.',
      columns,
    ),
  ].join("\n");
}

/** Maximum wait for pending output at exit, in milliseconds; commands whose result is printed have already waited. */
const FLUSH_TIMEOUT = 1000;

/**
 * Runs the program.
 *
 * @param args Command-line arguments.
 * @returns The exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...following] = args;
  // `deno task train -- --help` passes the dashes on
  const rest = following[0] === "--" ? following.slice(1) : following;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  try {
    if (command) return await withOutput(command, rest);
    if (name === undefined || name === "--help" || name === "-h") return await withOutput(helpCommand, []);
    const names = COMMANDS.map((candidate) => candidate.name);
    throw new UsageError(
      `unknown command "${name}"${didYouMean(name, names)}; the commands are ${names.join(", ")}`,
    );
  } catch (thrown) {
    const isAlike = thrown instanceof UsageError && command?.options.includes("ranks");
    const error = isAlike ? await speakOnce(thrown) : thrown;
    // In a terminal, the message should follow the output
    await stdout.settled(FLUSH_TIMEOUT);
    const { name, options } = command ?? {};
    const code = reportError(error, { command: name, options, debug: args.includes("--debug") });
    await stderr.settled(FLUSH_TIMEOUT);
    await endRanks(error, code);
    return code;
  }
}

/** Exit code if the reader of standard output is gone: 128 + SIGPIPE, as for programs ended by that signal. */
const READER_GONE = 141;

/** Runs a command. If its output is its result, failure to print is a failure. */
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
  await Promise.all([stdout.settled(FLUSH_TIMEOUT), stderr.settled(FLUSH_TIMEOUT)]);
  // A blocked write, or work left behind by an error, would keep the process alive
  Deno.exit(code);
}
