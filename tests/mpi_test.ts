/**
 * Training on several ranks with real MPI libraries, started by their `mpirun`: what the adapter exchanges, how ranks end, and
 * that two ranks train what one does.
 *
 * @module
 */
import { type Checkpoint, openFileStore, openNewestCheckpoint } from "@gasp/gasp";
import { treeLeaves } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { LOCK_FILE } from "../apps/cli/files/run_lock.ts";
import {
  cliCommand,
  cliOk,
  exists,
  filesIn,
  inFolder,
  LOCKED,
  type Outcome,
  outcomeOf,
  until,
  untilStep,
} from "./cli.ts";
import { mpiCli, mpiTest, processOfRank, startRanks, type TestMpi } from "./mpi.ts";

/** Runs the program of a rank. */
function ranks(mpi: TestMpi, count: number, ...args: string[]) {
  const program = new URL("mpi_rank.ts", import.meta.url).pathname;
  const words = [Deno.execPath(), "run", "--quiet", "-A", "--no-check", ...LOCKED, program, ...args];
  return outcomeOf(startRanks(mpi, { words, count }));
}

for (const count of [2, 3]) {
  mpiTest(`${count} ranks exchange values`, async (mpi) => {
    const { code, stdout, stderr } = await ranks(mpi, count, "calls");
    assertEquals(code, 0, stderr);
    const { version, ...sizes } = JSON.parse(stdout);
    assertEquals(sizes, { size: count, localSize: count });
    assertMatch(version, new RegExp(`^${mpi.kind} v?\\d`));
  });
}

mpiTest("a rank that is stopped is named, and all end", async (mpi) => {
  const { code, stderr } = await ranks(mpi, 3, "stop", "2");
  assert(code !== 0);
  assertMatch(stderr, /rank 1 \(process \d+ on \S+\) did not answer: the other ranks have waited 2 s/);
  assertEquals(stderr.split("did not answer").length, 2, stderr);
});

mpiTest("a rank that fails alone says why, and all end", async (mpi) => {
  const outcome = await ranks(mpi, 3, "throw");
  assert(outcome.code !== 0);
  const [who, why, ...more] = errorsOf(outcome);
  assertMatch(who!, /^rank 1 \(process \d+ on \S+\) has failed:$/);
  assertEquals([why, ...more], ["error: rank 1 has no more memory"]);
});

mpiTest("a rank that dies ends all", async (mpi) => {
  const { code } = await ranks(mpi, 3, "die");
  assert(code !== 0);
});

const TINY = ["train", "--preset", "tiny", "--device", "wasm", "--threads", "1", "--evaluate-every", "0"];

mpiTest(
  "ranks with other options, or none that are valid, end with one message",
  (mpi) =>
    inFolder(async (folder) => {
      const args = [["--batch", "4"], ["--batch", "8"]].map((batch) => [...TINY, ...batch, "--out", "run"]);
      const differing = await outcomeOf(startRanks(mpi, { words: args.map(cliCommand), folder }));
      assert(differing.code !== 0);
      assertEquals(errorsOf(differing), [
        "error: --batch is 4 on rank 0, but 8 on rank 1: all ranks must train the same run",
      ]);
      const misspelt = await mpiCli(mpi, folder, 2, ...TINY, "--bach", "4");
      assert(misspelt.code !== 0);
      assertEquals(errorsOf(misspelt), ["error: unknown option --bach; did you mean --batch?"]);
      assertEquals([...await filesIn(folder)], []);
    }),
);

mpiTest("two ranks train what one does, and continue each other's runs", (mpi) =>
  inFolder(async (folder) => {
    const train = [...TINY, "--steps", "4", "--save-every", "2"];
    const { code, stdout, stderr } = await mpiCli(mpi, folder, 2, ...train, "--out", "two");
    assertEquals(code, 0, stderr);
    assertMatch(stdout, new RegExp(`^on 2 ranks \\(${mpi.kind} .*\\): wasm .*; output in two$`, "m"));
    assertEquals(stdout.match(/^done in/gm)?.length, 1, stdout);
    await cliOk(folder, ...train, "--out", "one");
    await assertAlike(folder, 4);
    const more = ["--resume", "--steps", "6", "--device", "wasm", "--threads", "1", "--evaluate-every", "0"];
    const resumed = await mpiCli(mpi, folder, 2, "train", "one", ...more);
    assertEquals(resumed.code, 0, resumed.stderr);
    await cliOk(folder, "train", "two", ...more);
    await assertAlike(folder, 6);
  }));

/** Options of a run that does not end unless it is stopped, and the step after which it is. */
const ENDLESS = ["--out", "run", "--steps", "1000000", "--sample-every", "1000000"], STEPS = 20;

/** Asserts that one rank resumes the run, from a step if that is known, and that no lock is left. */
async function assertResumes(folder: string, from?: number): Promise<void> {
  const step = (await newestCheckpoint(`${folder}/run`)).step;
  if (from !== undefined) assertEquals(step, from);
  const resumed = await cliOk(
    folder,
    "train",
    "run",
    "--resume",
    "--steps",
    String(step + 1),
    "--device",
    "wasm",
  );
  assert(resumed.includes(`, resuming from step ${step}\n`), resumed);
  assertEquals(await exists(`${folder}/run/${LOCK_FILE}`), false);
}

async function newestCheckpoint(folder: string): Promise<Checkpoint> {
  const checkpoint = await openNewestCheckpoint(await openFileStore(folder));
  assert(checkpoint);
  return checkpoint;
}

/** Returns the messages of a failure, without those of the launcher. */
function errorsOf({ stderr }: Outcome): string[] {
  return stderr.split("\n").filter((line) => /error: |has failed/.test(line));
}

/** Largest difference of a weight after few steps, relative to the largest weight of its tensor: that of another order of sums. */
const NOISE = 1e-4;

/** Asserts that the runs `one` and `two` have the same weights, but for the order of sums. */
async function assertAlike(folder: string, step: number): Promise<void> {
  const [one, two] = await Promise.all(["one", "two"].map(async (run) => {
    const checkpoint = await newestCheckpoint(`${folder}/${run}`);
    assertEquals(checkpoint.step, step);
    return treeLeaves(await checkpoint.readState());
  }));
  assert(one!.length > 0);
  for (const [i, tensor] of one!.entries()) {
    const [expected, actual] = [Float64Array.from(await tensor.data()), await two![i]!.data()];
    const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expected.forEach((value, at) => assertAlmostEquals(actual[at]!, value, NOISE * scale + 1e-12));
  }
}

mpiTest("Ctrl-C saves once, and the run resumes on one rank", (mpi) =>
  inFolder(async (folder) => {
    const child = startRanks(mpi, { words: cliCommand([...TINY, ...ENDLESS]), count: 2, folder });
    const outcome = outcomeOf(child);
    await untilStep(`${folder}/run`, STEPS);
    child.kill("SIGINT");
    // The status is the launcher's: MPICH's is that of a signal or 0, by which of its processes ends first
    const { stdout } = await outcome;
    const [, step] = /^stopped after step (\d+) in /m.exec(stdout) ?? [];
    assertEquals(stdout.match(/^stopped after/gm)?.length, 1, stdout);
    assertMatch(stdout, /^resume with: mpirun -n 2 deno task train run --resume /m);
    await assertResumes(folder, Number(step));
  }));

// Only Linux tells which process is which rank
for (const signal of Deno.build.os === "linux" ? ["SIGKILL", "SIGSTOP"] as const : []) {
  mpiTest(
    `after ${signal} to a rank the others end, and the run resumes`,
    (mpi) =>
      inFolder(async (folder) => {
        const args = [...TINY, ...ENDLESS, "--save-every", "10", "--rank-timeout", "3"];
        const child = startRanks(mpi, { words: cliCommand(args), count: 2, folder });
        const outcome = outcomeOf(child);
        await untilStep(`${folder}/run`, STEPS);
        const victim = await processOfRank(folder, 1);
        Deno.kill(victim, signal);
        const { code, stderr } = await outcome;
        assert(code !== 0);
        if (signal === "SIGSTOP") {
          assertMatch(stderr, /^error: rank 1 \(process \d+ on \S+\) did not answer/m);
        }
        await until(async () => !await exists(`/proc/${victim}`), "the end of the rank");
        await assertResumes(folder);
      }),
  );
}
