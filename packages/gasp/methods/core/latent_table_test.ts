import { adamStepSizes, adamUpdate } from "@gasp/autograd";
import { evaluate, reference, scalar, type Tensor, tensor } from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import { assertClose, numbers, randomTensor } from "../gasp/gasp_testing.ts";
import { initLatentTable, type LatentTable, updateRows } from "./latent_table.ts";

const ITEMS = 5, SIZE = 3, RATE = 0.05;
const initial = randomTensor("latents", [ITEMS, SIZE]);

/** Runs updates of some rows each, with fixed gradients. */
async function updated(batches: readonly (readonly number[])[]): Promise<LatentTable> {
  let table = initLatentTable(initial);
  for (const [step, rows] of batches.entries()) {
    const index = tensor(Int32Array.from(rows), [rows.length], "i32");
    table = await evaluate(updateRows(table, index, gradientOf(step, rows.length), scalar(RATE)), reference);
  }
  return table;
}

const gradientOf = (step: number, count: number): Tensor => randomTensor(`gradient ${step}`, [count, SIZE]);

Deno.test("updateRows() equals Adam of a row alone, with the row's own count of steps", async () => {
  const table = await updated([[4, 1], [2, 0], [1, 3]]);
  // Row 1 was updated in steps 0 and 2, by rows 1 and 0 of their gradients
  let param = tensor((await numbers(initial)).slice(SIZE, 2 * SIZE)), m = tensor([0, 0, 0]), v = m;
  for (const [count, [step, row]] of [[0, 1], [2, 0]].entries()) {
    const all = await numbers(gradientOf(step!, 2)), betas = [0.9, 0.999] as const;
    const gradient = tensor(all.slice(row! * SIZE, (row! + 1) * SIZE));
    ({ param, m, v } = adamUpdate(param, gradient, m, v, adamStepSizes(count + 1, RATE, betas), { betas }));
  }
  const rowOf = async (x: Tensor) => (await numbers(x)).slice(SIZE, 2 * SIZE);
  assertClose(await rowOf(table.values), await numbers(param), 1e-6);
  assertClose(await rowOf(table.m), await numbers(m), 1e-6);
  assertClose(await rowOf(table.v), await numbers(v), 1e-6);
  assertEquals(await numbers(table.updates), [1, 2, 1, 1, 1]);
});

Deno.test("updateRows() changes neither other rows nor their moments", async () => {
  const table = await updated([[0], [0]]), before = await numbers(initial);
  assertEquals((await numbers(table.values)).slice(SIZE), before.slice(SIZE));
  assertEquals((await numbers(table.m)).slice(SIZE).every((x) => x === 0), true);
});
