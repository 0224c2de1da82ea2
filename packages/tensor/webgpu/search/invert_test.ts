import type { InvertKernel } from "../../ir/kernel.ts";
import { checkKernel, deviceTest, indices, ir } from "../runtime/harness_test.ts";

deviceTest("invertIndex returns the positions of each row, ascending", async (device) => {
  const tables: readonly (readonly [rows: number, table: Int32Array])[] = [
    [1, Int32Array.of(0)],
    [5, new Int32Array(0)],
    [3, Int32Array.of(-1, 2, 0, 2, -1)],
    [70, indices(1000, 70)],
    [3000, indices(20_000, 3000).map((row) => row % 3 === 0 ? -1 : row)],
    [300, new Int32Array(5000).fill(299)],
  ];
  for (const [rows, table] of tables) {
    const kernel: InvertKernel = {
      kind: "invertIndex",
      name: "invertIndex",
      buffers: ir.buffers("i32:r i32:w"),
      entries: table.length,
      rows,
    };
    const out = new Int32Array(rows + 1 + table.length).fill(-9);
    await checkKernel(device, kernel, [table, out], `${table.length} entries, ${rows} rows`);
  }
});
