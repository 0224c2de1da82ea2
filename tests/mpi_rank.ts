/**
 * A rank of the tests of the MPI adapter; `mpirun` starts several. Its argument says what to do.
 * @module
 */
import { UserError } from "@gasp/gasp";
import type { Communicator } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Mpi } from "../apps/cli/mpi/open_mpi.ts";
import { endRanks, withRanks } from "../apps/cli/mpi/session.ts";
import { print, stderr, stdout } from "../apps/cli/terminal/output.ts";
import { reportError } from "../apps/cli/terminal/report_error.ts";

/** Numbers of values in sums: fewer than ranks, not divisible by them, and enough for the algorithms of large messages. */
const LENGTHS = [1, 2, 1000, 2 ** 18 + 7];

/** Value `i` of a rank; of many magnitudes, so that the order of a sum shows in its bits. */
const valueOf = (rank: number, i: number) => Math.fround(Math.sin(i + 7 * rank) * 10 ** ((i + rank) % 8));

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength).slice();

/** Sums lie where they are: in memory that threads share, as that of a wasm device; the memory around them stays. */
async function checkSums(communicator: Communicator) {
  const { rank, size } = communicator;
  for (const length of LENGTHS) {
    const memory = new SharedArrayBuffer(4 * (length + 5)), all = new Float32Array(memory).fill(-1);
    const view = new Float32Array(memory, 12, length);
    for (let i = 0; i < length; i++) view[i] = valueOf(rank, i);
    await communicator.allReduce(view);
    assertEquals([...all.subarray(0, 3), ...all.subarray(length + 3)], [-1, -1, -1, -1, -1]);
    for (let i = 0; i < length; i += 1 + Math.floor(length / 97)) {
      const terms = Array.from({ length: size }, (_, other) => valueOf(other, i));
      const scale = Math.max(...terms.map(Math.abs));
      assertAlmostEquals(view[i]!, terms.reduce((sum, term) => sum + term, 0), size * 2 ** -23 * scale);
    }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(view)));
    const [first, ...others] = await communicator.allGather(digest);
    for (const other of others) assertEquals(other, first, `bytes of ${length} sums`);
  }
}

async function checkCopies(communicator: Communicator) {
  const { rank, size } = communicator;
  for (let root = 0; root < size; root++) {
    const bytes = new Uint8Array(3).fill(rank);
    await communicator.broadcast(bytes, root);
    assertEquals(bytes, new Uint8Array(3).fill(root));
  }
  const parts = await communicator.allGather(new Uint8Array(3 * rank).fill(rank + 1));
  assertEquals(parts, Array.from({ length: size }, (_, other) => new Uint8Array(3 * other).fill(other + 1)));
  const memory = new SharedArrayBuffer(2 * size + 2), around = new Uint8Array(memory).fill(99);
  around.subarray(1 + 2 * rank, 3 + 2 * rank).fill(rank);
  await communicator.allGatherInPlace(around.subarray(1, -1));
  assertEquals([...around], [99, ...Array.from({ length: 2 * size }, (_, i) => Math.floor(i / 2)), 99]);
}

/** Calls that are begun before earlier ones have ended are matched by their order. */
async function checkOrder(communicator: Communicator) {
  const { rank, size } = communicator, sum = (size * (size - 1)) / 2;
  const values = Array.from({ length: 5 }, (_, i) => new Float32Array(1000).fill(rank + i));
  const gathered = communicator.allGather(Uint8Array.of(rank));
  const sums = values.map((some) => communicator.allReduce(some));
  const last = communicator.barrier();
  await Promise.all([gathered, ...sums, last]);
  assertEquals((await gathered).map(([other]) => other), Array.from({ length: size }, (_, other) => other));
  values.forEach((some, i) => assertEquals(some, new Float32Array(1000).fill(sum + size * i)));
}

/** While a rank waits for another one, its timers run. */
async function checkLoop(communicator: Communicator) {
  let ticks = 0;
  const timer = setInterval(() => void ticks++, 10);
  if (communicator.rank > 0) await new Promise((resolve) => setTimeout(resolve, 500));
  await communicator.barrier();
  clearInterval(timer);
  assert(ticks > 0, "no timer ran");
}

const [what, limit = "60"] = Deno.args;

async function work(mpi: Mpi | undefined): Promise<number> {
  assert(mpi, "no launcher has started this rank");
  const { communicator, version, localSize } = mpi, { rank, size } = communicator;
  if (rank === 1 && what === "stop") Deno.kill(Deno.pid, "SIGSTOP");
  if (rank === 1 && what === "die") Deno.kill(Deno.pid, "SIGKILL");
  if (rank === 1 && what === "throw") throw new UserError("rank 1 has no more memory");
  if (what === "calls") {
    await checkSums(communicator);
    await checkCopies(communicator);
    await checkOrder(communicator);
    await checkLoop(communicator);
  }
  await communicator.barrier();
  print(JSON.stringify({ version, size, localSize }));
  return 0;
}

const choice = { ranks: "auto", "rank-timeout": Number(limit), "mpi-library": undefined };
const code = await withRanks(choice, work).catch(async (error) => {
  const code = reportError(error, { command: undefined, debug: true });
  await stderr.settled();
  await endRanks(error, code);
  return code;
});
await stdout.settled();
Deno.exit(code);
