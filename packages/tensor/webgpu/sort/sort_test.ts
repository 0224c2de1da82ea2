/** @module */
import type { ArgsortKernel, CumsumKernel } from "../../ir/kernel.ts";
import { checkKernel, deviceTest, indices, ir, noise } from "../runtime/harness_test.ts";

deviceTest("argsort orders keys, equal ones by index, within and across blocks", async (device) => {
  const sizes = [[1, 1, 1], [3, 5, 5], [700, 7, 3], [3, 64, 64], [1, 1024, 1024], [2, 1025, 1000], [
    3,
    5000,
    20,
  ], [
    1,
    9001,
    9001,
  ]] as const;
  for (const [rows, length, count] of sizes) {
    const size = rows * length,
      few = indices(size, 5),
      wide = indices(size, 2 ** 31).map((x) => 2 * x - 2 ** 31);
    const last = new Int32Array(size).fill(2 ** 31 - 1), falling = few.map((_, i) => -i);
    for (const keys of [few, wide, last, falling]) {
      const kernel: ArgsortKernel = {
        kind: "argsort",
        name: "argsort",
        buffers: ir.buffers("i32:r i32:w"),
        rows,
        length,
        count,
      };
      await checkKernel(
        device,
        kernel,
        [keys, new Int32Array(rows * count)],
        `${rows} × ${length}, ${count}`,
      );
    }
  }
});

deviceTest("cumsum sums along every axis, in both directions", async (device) => {
  const sizes = [[1, 1, 1], [2, 9, 1], [700, 6, 1], [5, 4, 3], [3, 5, 150]] as const;
  for (const [outer, length, inner] of sizes) {
    for (const dtype of ["f32", "i32", "u32"] as const) {
      for (const reverse of [false, true]) {
        const buffers = ir.buffers(`${dtype}:r ${dtype}:w`);
        const kernel: CumsumKernel = {
          kind: "cumsum",
          name: "cumsum",
          buffers,
          dtype,
          outer,
          length,
          inner,
          reverse,
        };
        const whole = noise(outer * length * inner).map((x) => Math.round(8 * x));
        const source = dtype === "f32"
          ? whole
          : dtype === "i32"
          ? Int32Array.from(whole)
          : Uint32Array.from(whole);
        await checkKernel(
          device,
          kernel,
          [source, source.slice()],
          `${outer} × ${length} × ${inner} of ${dtype}`,
        );
      }
    }
  }
});
