/** @module */
import { UserError } from "@gasp/gasp";
import { assertEquals, assertRejects } from "@std/assert";
import { completionSheet } from "./completion_sheet.ts";
import { digitSets, readDigits, writeHoldOut } from "./held_out_digits.ts";

Deno.test("writeHoldOut() splits the digits into files that digitSets() reads", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeHoldOut(folder);
    const all = await digitSets(folder, undefined, { first: 0, count: 1000 });
    assertEquals([all.training.count, all.heldOut.count, all.heldOut.height], [9000, 1000, 28]);
    const some = await digitSets(folder, undefined, { first: 5, count: 2 });
    assertEquals(some.heldOut.pixels, all.heldOut.pixels.slice(5 * 784, 7 * 784));

    const rejects = (data: string, file: string | undefined, message: string) =>
      assertRejects(() => digitSets(data, file, { first: 990, count: 11 }), UserError, message);
    await rejects(folder, undefined, "there are 1000 digits");
    await rejects("mnist", undefined, "pass others with --data FILE");
    await assertRejects(
      () => digitSets("mnist", `${folder}/t10k-images-idx3-ubyte`, { first: 0, count: 3 }),
      UserError,
      "3 of the digits are training digits of the run",
    );
    await assertRejects(() => readDigits(`${folder}/none`), UserError, "there is no file");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("completionSheet() has a row for each digit: truth, observation, completions", () => {
  const columns = [[1, 1, 1, 1], [-1, -1, -1, -1]].map((values) => Float32Array.from(values));
  const { width, height, pixels } = completionSheet({ columns, chosen: [[3]], size: 2, count: 1 });
  assertEquals([height, width], [64, 3 * 66 - 2]);
  const at = (row: number, column: number) => pixels[row * width + column];
  assertEquals([at(10, 10), at(10, 76), at(50, 116), at(10, 150)], [255, 76, 255, 0]);
});
