/** @module */
import type { NeighbourKernel, SegmentSumKernel } from "../../ir/kernel.ts";
import { openWasm } from "../runtime/device.ts";
import { checkKernel, Noise, slots, withDevice } from "../testing.ts";

const SHAPES = [
  { points: 5, outputs: 3, neighbours: 2, batch: 1, channels: 1, mid: 16 },
  { points: 40, outputs: 25, neighbours: 9, batch: 2, channels: 3, mid: 16 },
  { points: 12, outputs: 12, neighbours: 12, batch: 3, channels: 8, mid: 4 },
  { points: 30, outputs: 7, neighbours: 16, batch: 4, channels: 5, mid: 12 },
  { points: 9, outputs: 4, neighbours: 5, batch: 1, channels: 7, mid: 5 },
  { points: 6, outputs: 2, neighbours: 3, batch: 2, channels: 2, mid: 1 },
  { points: 100, outputs: 1, neighbours: 100, batch: 2, channels: 64, mid: 16 },
  { points: 60, outputs: 70, neighbours: 9, batch: 4, channels: 32, mid: 16 },
  { points: 50, outputs: 130, neighbours: 5, batch: 3, channels: 46, mid: 8 },
  { points: 3, outputs: 0, neighbours: 2, batch: 1, channels: 4, mid: 8 },
  { points: 3, outputs: 2, neighbours: 0, batch: 1, channels: 4, mid: 8 },
  { points: 3, outputs: 2, neighbours: 2, batch: 0, channels: 4, mid: 8 },
  { points: 3, outputs: 2, neighbours: 2, batch: 2, channels: 4, mid: 0 },
] as const;

/** Returns, for each of `count` targets, its positions in a table. */
function invert(table: Int32Array, count: number): { starts: Int32Array; entries: Int32Array } {
  const lists = Array.from({ length: count }, (): number[] => []);
  table.forEach((target, position) => lists[target]?.push(position));
  const starts = new Int32Array(count + 1);
  lists.forEach((list, i) => starts[i + 1] = (starts[i] ?? 0) + list.length);
  return { starts, entries: Int32Array.from(lists.flat()) };
}

for (const simd of ["auto", "plain"] as const) {
  const open = () => openWasm({ threads: 1, simd });

  Deno.test(`neighbour kernels (${simd}) compute the three partial derivatives`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(31);
      for (const shape of SHAPES) {
        const { points, outputs, neighbours, batch, channels, mid } = shape;
        const table = new Int32Array(outputs * neighbours).map(() => noise.integer(0, points - 1));
        const { starts, entries } = invert(table, points);
        const features = noise.array("f32", points * batch * channels);
        const weights = noise.array("f32", outputs * neighbours * mid);
        const sums = noise.array("f32", outputs * batch * channels * mid);
        const kernel = (
          kind: NeighbourKernel["kind"],
          buffers: NeighbourKernel["buffers"],
        ): NeighbourKernel => ({
          kind,
          name: `${kind} ${JSON.stringify(shape)}`,
          buffers,
          ...shape,
        });
        const small = slots("r", "r", ["r", "i32"], "w");
        await checkKernel(device, kernel("neighbourSum", small), [features, weights, table, sums], 1e-4);
        await checkKernel(device, kernel("neighbourWeights", small), [features, sums, table, weights], 1e-4);
        const listed = slots("r", "r", ["r", "i32"], ["r", "i32"], "w");
        const data = [weights, sums, starts, entries, features];
        await checkKernel(device, kernel("neighbourFeatures", listed), data, 1e-4);
      }
    }));

  Deno.test(`segment sums (${simd}) add the rows of each segment`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(32);
      for (
        const [rows, segments, width, listed, repeat] of [
          [10, 4, 1, 17, 1],
          [50, 30, 16, 40, 1],
          [20, 9, 39, 100, 3],
          [5, 300, 7, 20, 9],
          [4, 3, 0, 5, 1],
          [4, 0, 6, 0, 1],
        ] as const
      ) {
        const owner = new Int32Array(listed).map(() => noise.integer(0, Math.max(0, segments - 1)));
        const { starts } = invert(owner, segments);
        const entries = new Int32Array(segments === 0 ? 0 : listed).map(() =>
          noise.integer(0, rows * repeat - 1)
        );
        const kernel: SegmentSumKernel = {
          kind: "segmentSum",
          name: `segments ${rows} ${segments} ${width}`,
          buffers: slots("r", ["r", "i32"], ["r", "i32"], "w"),
          segments,
          width,
          repeat,
        };
        const data = [
          noise.array("f32", rows * width),
          starts,
          entries,
          noise.array("f32", segments * width),
        ];
        await checkKernel(device, kernel, data);
      }
    }));
}
