/** @module */
import { assertEquals } from "@std/assert";
import type { ArgsortKernel, CumsumKernel } from "../../ir/kernel.ts";
import { openWasm } from "../runtime/device.ts";
import { checkKernel, Noise, slots, withDevice } from "../testing.ts";

function argsortKernel(rows: number, length: number, count: number): ArgsortKernel {
  const name = `argsort ${rows} × ${length}, ${count}`;
  return { kind: "argsort", name, buffers: slots(["r", "i32"], ["w", "i32"]), rows, length, count };
}

function cumsumKernel(fields: Omit<CumsumKernel, "kind" | "name" | "buffers">): CumsumKernel {
  const { dtype } = fields, name = `cumsum ${JSON.stringify(fields)}`;
  return { kind: "cumsum", name, buffers: slots(["r", dtype], ["w", dtype]), ...fields };
}

/** Keys: few distinct values, all 32 bits, ascending, descending, extremes. */
function keys(kind: number, size: number, noise: Noise): Int32Array {
  const key = [
    () => noise.integer(-3, 3),
    () => noise.integer(-(2 ** 31), 2 ** 31 - 1),
    (i: number) => i,
    (i: number) => -i,
    () => noise.pick([-(2 ** 31), 2 ** 31 - 1, 0]),
  ][kind]!;
  return Int32Array.from({ length: size }, (_, i) => key(i));
}

Deno.test("argsort (wasm) matches the oracle, equal keys ordered by index", () =>
  withDevice(() => openWasm({ threads: 2 }), async (device) => {
    const noise = new Noise(5);
    const sizes = [[1, 1, 1], [3, 5, 5], [700, 7, 3], [2, 48, 48], [2, 49, 49], [3, 5000, 20], [
      1,
      9001,
      9001,
    ], [
      2,
      300,
      200,
    ]] as const;
    for (const [rows, length, count] of sizes) {
      for (let kind = 0; kind < 5; kind++) {
        const kernel = argsortKernel(rows, length, count);
        await checkKernel(device, kernel, [keys(kind, rows * length, noise), new Int32Array(rows * count)]);
      }
    }
  }));

Deno.test("cumsum (wasm) sums integers exactly along rows and columns, in both directions", () =>
  withDevice(() => openWasm({ threads: 2 }), async (device) => {
    const noise = new Noise(6);
    const sizes = [[1, 1, 1], [3, 1, 2], [2, 9, 1], [700, 6, 1], [5, 4, 3], [2, 7, 4], [3, 5, 150], [
      1,
      3,
      67,
    ]] as const;
    for (const [outer, length, inner] of sizes) {
      for (const dtype of ["f32", "i32", "u32"] as const) {
        for (const reverse of [false, true]) {
          const kernel = cumsumKernel({ dtype, outer, length, inner, reverse });
          const source = noise.array(dtype, outer * length * inner).map((x) => Math.round(8 * x));
          await checkKernel(device, kernel, [source, source.map(() => 99)], 0);
        }
      }
    }
    assertEquals(device.liveBuffers, 0);
  }));
