/**
 * Interrupted training: signals, and a reader of its output that dies, stalls or is absent. No step is lost, and the last
 * lines say how to resume.
 *
 * @module
 */
import { checkpointPath } from "@gasp/gasp";
import { assert, assertEquals } from "@std/assert";
import { cliCommand, cliOk, exists, HANG, inFolder, type Outcome, outcomeOf, until, untilStep } from "./cli.ts";

/** A run that does not end unless it is stopped. */
const TRAIN = ["train", "--preset", "tiny", "--device", "wasm", "--out", "run"]
  .concat(["--steps", "1000000", "--save-every", "1000000", "--sample-every", "1000000"]);
const RESUME = "deno task train run --resume --device wasm";

/** The tests need a Unix shell. */
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
  const watchdog = setTimeout(() => signalAll(shell, "SIGKILL"), HANG);
  void shell.status.then(() => clearTimeout(watchdog));
  return shell;
}

/** Sends a signal to all processes of a shell. */
const signalAll = (shell: Deno.ChildProcess, signal: Deno.Signal) => Deno.kill(-shell.pid, signal);

/** Number of steps before a run is interrupted. */
const STEPS = 50;

/** Waits until the run has done that many steps. */
const isTraining = (folder: string) => untilStep(`${folder}/run`, STEPS);

/** Returns the steps of the run's checkpoints. */
async function savedSteps(folder: string): Promise<number[]> {
  const names = (await Array.fromAsync(Deno.readDir(`${folder}/run/checkpoints`))).map(({ name }) => name);
  return names.map((name) => Number(/^step-(\d+)\.safetensors$/.exec(name)?.[1]));
}

/** Asserts that the run has one valid checkpoint, and that the output has its step and a command that resumes it. */
async function assertResumable(folder: string, text: string | undefined): Promise<void> {
  const [step, ...more] = await savedSteps(folder);
  assert(step !== undefined && step >= STEPS, String(step));
  assertEquals(more, []);
  if (text !== undefined) {
    assert(text.includes(`stopped after step ${step} in `), text);
    assert(text.endsWith(`\nresume with: ${RESUME}\n`), text);
  }
  const resumed = await cliOk(folder, ...RESUME.split(" ").slice(2), "--steps", String(step + 3));
  assert(resumed.includes(`, resuming from step ${step}\n`), resumed);
  assert(await exists(`${folder}/run/${checkpointPath(step + 3)}`), resumed);
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test({
    name: `train saves on ${signal} and prints how to resume`,
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

/** Redirections of the output: scripts that train, and the stream that can be read. */
const OUTPUTS: readonly {
  readonly what: string;
  readonly script: string;
  readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP";
  readonly code: number;
  /** Stream that receives the last lines. */
  readonly read?: "stdout" | "stderr";
}[] = [
  { what: "closed", script: 'exec "$@" >&-', signal: "SIGTERM", code: 143 },
  { what: "closed, errors too", script: 'exec "$@" >&- 2>&-', signal: "SIGINT", code: 130 },
  { what: "on a full disk", script: 'exec "$@" >/dev/full', signal: "SIGHUP", code: 129, read: "stderr" },
  { what: "on a full disk, errors too", script: 'exec "$@" >/dev/full 2>&1', signal: "SIGTERM", code: 143 },
  {
    what: "a full pipe that is not read",
    // The shell keeps the pipe open for reading; yes fills it.
    script: 'mkfifo pipe; exec 3<>pipe; yes >pipe & sleep 0.5; kill $!; exec "$@" >pipe',
    signal: "SIGINT",
    code: 130,
    read: "stderr",
  },
  {
    what: "a full pipe that is not read, errors too",
    script: 'mkfifo pipe; exec 3<>pipe; yes >pipe & sleep 0.5; kill $!; exec "$@" >pipe 2>&1',
    signal: "SIGTERM",
    code: 143,
  },
];

const noFull = await exists("/dev/full") ? undefined : "there is no /dev/full";

for (const { what, script, signal, code, read } of OUTPUTS) {
  const missing = script.includes("/dev/full") ? noFull : undefined;
  Deno.test({
    name: `train saves on ${signal} with its output ${what}${missing ? `: ${missing}` : ""}`,
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
  name: "train saves on Ctrl-C in a pipeline whose reader dies first",
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
  name: "train continues to its last step after its reader has exited",
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
  name: `train that fails after a checkpoint prints how to resume${noFull ? `: ${noFull}` : ""}`,
  ignore: ignore || noFull !== undefined,
  fn: () =>
    inFolder(async (folder) => {
      const shell = startInShell(folder, 'exec "$@"', TRAIN.with(-3, "5"));
      await until(() => exists(`${folder}/run/checkpoints`), "a first checkpoint");
      // The next line of metrics meets a full disk.
      const metrics = `${folder}/run/metrics.jsonl`;
      await isTraining(folder);
      await Deno.symlink("/dev/full", `${folder}/full`);
      await Deno.rename(`${folder}/full`, metrics);
      const { code, stderr } = await outcomeOf(shell);
      assertEquals([code, stderr], [
        1,
        `error: cannot write run/metrics.jsonl: the disk is full; free some space and resume\nresume with: ${RESUME}\n`,
      ]);
      await Deno.remove(metrics);
      const step = Math.max(...await savedSteps(folder));
      const resumed = await cliOk(folder, ...RESUME.split(" ").slice(2), "--steps", String(step + 3));
      assert(resumed.includes(`, resuming from step ${step}\n`), resumed);
    }),
});

/** Runs `help`, a command whose output is its result, in a shell. */
async function helpIn(folder: string, script: string): Promise<Outcome & { status: string }> {
  const outcome = await outcomeOf(startInShell(folder, script, ["help"]));
  return { ...outcome, status: (await Deno.readTextFile(`${folder}/status`)).trim() };
}

Deno.test({
  name: "other commands exit quietly after their reader has exited, with the status of SIGPIPE",
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
  name: `other commands fail if their output cannot be written${noFull ? `: ${noFull}` : ""}`,
  ignore: ignore || noFull !== undefined,
  fn: () =>
    inFolder(async (folder) => {
      const { status, stderr } = await helpIn(folder, '"$@" >/dev/full; echo $? >status');
      assertEquals(status, "1");
      assert(/^error: cannot write to standard output: No space left .*\n$/.test(stderr), stderr);
    }),
});
