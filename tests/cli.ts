/**
 * Runs the command line as a user would: in a separate process and an empty folder.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";

const MAIN = new URL("../apps/cli/main.ts", import.meta.url).pathname;
const CONFIG = new URL("../deno.json", import.meta.url).pathname;
const LOCK = new URL("../deno.lock", import.meta.url).pathname;

/** Options of `deno run`, `deno bundle` etc. that select the packages of this repository in their locked versions. */
export const LOCKED = ["--config", CONFIG, "--lock", LOCK, "--frozen"] as const;

/**
 * Milliseconds after which a test takes what it waits for as hung: far more than anything takes, since machines of continuous
 * integration are slow and loaded, and no test is a timing.
 */
export const HANG = 600_000;

/** Exit code and output of a process. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Returns the words of a command: a program and its arguments.
 *
 * @param args Arguments of the command line.
 */
export function cliCommand(args: readonly string[]): string[] {
  // With a cold cache Deno would otherwise print downloads to stderr.
  return [Deno.execPath(), "run", "--quiet", "-A", ...LOCKED, MAIN, ...args];
}

/**
 * Starts the command line.
 *
 * @param folder Working folder.
 * @param args Arguments.
 */
export function startCli(folder: string, args: readonly string[]): Deno.ChildProcess {
  const [program = "", ...words] = cliCommand(args);
  const command = new Deno.Command(program, {
    args: words,
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  return command.spawn();
}

/**
 * Waits for a process to exit.
 *
 * @param child Process.
 */
export async function outcomeOf(child: Deno.ChildProcess): Promise<Outcome> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/**
 * Runs the command line until it exits.
 *
 * @param folder Working folder.
 * @param args Arguments.
 */
export function cli(folder: string, ...args: string[]): Promise<Outcome> {
  return outcomeOf(startCli(folder, args));
}

/**
 * Runs the command line and asserts that it succeeds.
 *
 * @param folder Working folder.
 * @param args Arguments.
 * @returns Standard output.
 */
export async function cliOk(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(folder, ...args);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, stdout);
  return stdout;
}

/**
 * Runs the command line and asserts that it fails with one message and no stack trace.
 *
 * @param folder Working folder.
 * @param args Arguments.
 * @param messages Parts of the message on stderr.
 */
export async function cliFails(
  folder: string,
  args: readonly string[],
  messages: readonly string[],
): Promise<void> {
  const { code, stdout, stderr } = await cli(folder, ...args);
  assert(code > 0 && code < 128, `exit code ${code}\n${stdout}${stderr}`);
  assert(stderr.startsWith("error: "), stderr);
  for (const message of messages) assert(stderr.includes(message), `no "${message}" in: ${stderr}`);
  assert(!/^\s+at .*:\d+:\d+/m.test(stderr), `a stack trace: ${stderr}`);
}

/**
 * Creates an empty folder for a test and removes it afterwards.
 *
 * @param use Test.
 */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gasp-test-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Reads all files of a folder and its subfolders, sorted by path.
 *
 * @param folder Folder.
 */
export async function filesIn(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      for (const [path, bytes] of await filesIn(`${folder}/${name}`)) files.set(`${name}/${path}`, bytes);
    } else files.set(name, await Deno.readFile(`${folder}/${name}`));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Whether a file or folder exists.
 *
 * @param path Path.
 */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/**
 * Polls until a condition holds.
 *
 * @param condition Condition.
 * @param what Description of the condition.
 * @throws {Error} If it does not hold within {@link HANG}.
 */
export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (const begun = Date.now(); Date.now() - begun < HANG;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`${what} did not happen within ${HANG / 1000} s`);
}

/**
 * Waits until a training has logged a step.
 *
 * @param folder Folder of the run.
 * @param step Step, a multiple of its `logEvery`.
 */
export function untilStep(folder: string, step: number): Promise<void> {
  const metrics = `${folder}/metrics.jsonl`;
  const isReached = async () =>
    await exists(metrics) && (await Deno.readTextFile(metrics)).includes(`"step":${step},`);
  return until(isReached, `step ${step}`);
}
