/**
 * What may happen to a training outside of it: signals, and a reader of its output that dies, is slow or was never there.
 * None of them loses a step, and each end says how to go on.
 * @module
 */
import { checkpointPath } from "@gasp/gasp";
import { assert, assertEquals } from "@std/assert";
import { cliCommand, cliOk, exists, inFolder, type Outcome, outcomeOf, until } from "./cli.ts";

/** A training that ends only when it is stopped. */
const TRAIN = ["train", "--preset", "tiny", "--device", "wasm", "--out", "run"]
  .concat(["--steps", "1000000", "--save-every", "1000000", "--sample-every", "1000000"]);
const GO_ON = "deno task train --resume run --device wasm";

/** Milliseconds after which a shell that hangs is killed; they take seconds. */
const LIMIT = 90_000;

/** Only the shells of Unix have all this. */
const ignore = Deno.build.os === "windows";

/**
 * Runs the command line in a shell with a process group of its own, as a terminal does.
 *
 * @param folder Working folder.
 * @param script Runs `"$@"`; may leave the exit code in the file `status`.
 * @param args Arguments.
 */
function startInShell(folder: string, script: string, args: readonly string[]): Deno.ChildProcess {
  const shell = new Deno.Command("sh", {
    args: ["-c", script, "sh", ...cliCommand(args)],
    cwd: folder,
    env: { NO_COLOR: "1" },
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const watchdog = setTimeout(() => signalAll(shell, "SIGKILL"), LIMIT);
  void shell.status.then(() => clearTimeout(watchdog));
  return shell;
}

/** Sends a signal to every process of a shell. */
const signalAll = (shell: Deno.ChildProcess, signal: Deno.Signal) => Deno.kill(-shell.pid, signal);

/** Steps that a training does before something happens to it. */
const STEPS = 50;

/** Waits until the training has done that many steps. */
function isTraining(folder: string): Promise<void> {
  const metrics = `${folder}/run/metrics.jsonl`;
  const isReached = async () =>
    await exists(metrics) && (await Deno.readTextFile(metrics)).includes(`"step":${STEPS},`);
  return until(isReached, `step ${STEPS}`);
}

/** The steps of the checkpoints of the run. */
async function savedSteps(folder: string): Promise<number[]> {
  const names = (await Array.fromAsync(Deno.readDir(`${folder}/run/checkpoints`))).map(({ name }) => name);
  return names.map((name) => Number(/^step-(\d+)\.safetensors$/.exec(name)?.[1]));
}

/** The run has one good checkpoint, the text names its step and the command that goes on, and that command does. */
async function assertResumable(folder: string, text: string | undefined): Promise<void> {
  const [step, ...more] = await savedSteps(folder);
  assert(step !== undefined && step >= STEPS, String(step));
  assertEquals(more, []);
  if (text !== undefined) {
    assert(text.includes(`stopped after step ${step} in `), text);
    assert(text.endsWith(`\nresume with: ${GO_ON}\n`), text);
  }
  const resumed = await cliOk(folder, ...GO_ON.split(" ").slice(2), "--steps", String(step + 3));
  assert(resumed.includes(`, resuming from step ${step}\n`), resumed);
  assert(await exists(`${folder}/run/${checkpointPath(step + 3)}`), resumed);
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test({
    name: `train saves at ${signal} and says how to go on`,
    ignore,
    fn: () =>
      inFolder(async (folder) => {
        const shell = startInShell(folder, 'exec "$@"', TRAIN);
        await isTraining(folder);
        shell.kill(signal);
        const { code: status, stdout, stderr } = await outcomeOf(shell);
        assertEquals([status, stderr], [code, ""], stdout);
        await assertResumable(folder, stdout);
      }),
  });
}

/** Where the output may go: a script that runs the training, and which of its streams somebody reads. */
const OUTPUTS: readonly {
  readonly what: string;
  readonly script: string;
  readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP";
  readonly code: number;
  /** The stream on which the last lines can be read. */
  readonly read?: "stdout" | "stderr";
}[] = [
  { what: "closed", script: 'exec "$@" >&-', signal: "SIGTERM", code: 143 },
  { what: "closed, errors too", script: 'exec "$@" >&- 2>&-', signal: "SIGINT", code: 130 },
  { what: "on a full disk", script: 'exec "$@" >/dev/full', signal: "SIGHUP", code: 129, read: "stderr" },
  { what: "on a full disk, errors too", script: 'exec "$@" >/dev/full 2>&1', signal: "SIGTERM", code: 143 },
  {
    what: "a full pipe that nobody empties",
    // The shell holds the pipe open for reading; yes fills it.
    script: 'mkfifo pipe; exec 3<>pipe; yes >pipe & sleep 0.5; kill $!; exec "$@" >pipe',
    signal: "SIGINT",
    code: 130,
    read: "stderr",
  },
  {
    what: "a full pipe that nobody empties, errors too",
    script: 'mkfifo pipe; exec 3<>pipe; yes >pipe & sleep 0.5; kill $!; exec "$@" >pipe 2>&1',
    signal: "SIGTERM",
    code: 143,
  },
];

const noFull = await exists("/dev/full") ? undefined : "there is no /dev/full";

for (const { what, script, signal, code, read } of OUTPUTS) {
  const missing = script.includes("/dev/full") ? noFull : undefined;
  Deno.test({
    name: `train saves at ${signal} with its output ${what}${missing ? `: ${missing}` : ""}`,
    ignore: ignore || missing !== undefined,
    fn: () =>
      inFolder(async (folder) => {
        const shell = startInShell(folder, script, TRAIN);
        await isTraining(folder);
        shell.kill(signal);
        const outcome = await outcomeOf(shell);
        assertEquals(outcome.code, code, outcome.stderr);
        await assertResumable(folder, read && outcome[read]);
      }),
  });
}

Deno.test({
  name: "train saves at Ctrl-C in a pipeline of which the reader dies first",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const writer = '{ trap : INT; "$@"; echo $? >status; }',
        reader = "sh -c 'echo $$ >reader; exec tee log'";
      const shell = startInShell(folder, `trap : INT; ${writer} | ${reader}`, TRAIN);
      await isTraining(folder);
      Deno.kill(Number(await Deno.readTextFile(`${folder}/reader`)), "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 200));
      signalAll(shell, "SIGINT");
      const { stderr } = await outcomeOf(shell);
      assertEquals(await Deno.readTextFile(`${folder}/status`), "130\n", stderr);
      await assertResumable(folder, stderr);
      assert((await Deno.readTextFile(`${folder}/log`)).startsWith("tiny: 1,000,000 steps"));
    }),
});

Deno.test({
  name: "train goes on to its last step when its reader is gone",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const args = ["train", "--preset", "tiny", "--device", "wasm", "--steps", "50", "--out", "run"];
      const shell = startInShell(folder, '{ "$@"; echo $? >status; } | true', args);
      assertEquals((await outcomeOf(shell)).stderr, "");
      assertEquals(await Deno.readTextFile(`${folder}/status`), "0\n");
      assert(await exists(`${folder}/run/${checkpointPath(50)}`));
    }),
});

Deno.test({
  name: `train that fails after a checkpoint says how to go on${noFull ? `: ${noFull}` : ""}`,
  ignore: ignore || noFull !== undefined,
  fn: () =>
    inFolder(async (folder) => {
      const shell = startInShell(folder, 'exec "$@"', TRAIN.with(-3, "5"));
      await until(() => exists(`${folder}/run/checkpoints`), "a first checkpoint");
      // From now on the disk is full for the next line of metrics.
      const metrics = `${folder}/run/metrics.jsonl`;
      await isTraining(folder);
      await Deno.symlink("/dev/full", `${folder}/full`);
      await Deno.rename(`${folder}/full`, metrics);
      const { code, stderr } = await outcomeOf(shell);
      assertEquals([code, stderr], [
        1,
        `error: cannot write run/metrics.jsonl: the disk is full; free some space and resume\nresume with: ${GO_ON}\n`,
      ]);
      await Deno.remove(metrics);
      const step = Math.max(...await savedSteps(folder));
      const resumed = await cliOk(folder, ...GO_ON.split(" ").slice(2), "--steps", String(step + 3));
      assert(resumed.includes(`, resuming from step ${step}\n`), resumed);
    }),
});

/** How `help`, a command whose output is its result, ends in a shell. */
async function helpIn(folder: string, script: string): Promise<Outcome & { status: string }> {
  const outcome = await outcomeOf(startInShell(folder, script, ["help"]));
  return { ...outcome, status: (await Deno.readTextFile(`${folder}/status`)).trim() };
}

Deno.test({
  name: "other commands end quietly when their reader is gone, with the status of SIGPIPE",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const { status, stderr } = await helpIn(folder, '{ sleep 0.5; "$@"; echo $? >status; } | true');
      assertEquals([status, stderr], ["141", ""]);
      const part = await helpIn(folder, '{ "$@"; echo $? >status; } | head -n 1');
      assertEquals([part.status, part.stderr], ["0", ""]);
      assert(part.stdout.startsWith("GASP: "), part.stdout);
    }),
});

Deno.test({
  name: `other commands fail when what they print cannot be written${noFull ? `: ${noFull}` : ""}`,
  ignore: ignore || noFull !== undefined,
  fn: () =>
    inFolder(async (folder) => {
      const { status, stderr } = await helpIn(folder, '"$@" >/dev/full; echo $? >status');
      assertEquals(status, "1");
      assert(/^error: cannot write to standard output: No space left .*\n$/.test(stderr), stderr);
    }),
});
