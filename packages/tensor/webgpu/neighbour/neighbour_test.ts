import type { NeighbourKernel, SegmentSumKernel } from "../../ir/kernel.ts";
import { checkKernel, deviceTest, indices, ir, noise } from "../runtime/harness_test.ts";

const { buffers } = ir;

/** Inverts a table: for every point, its flat positions in the table. */
function invert(table: Int32Array, points: number): { starts: Int32Array; entries: Int32Array } {
  const lists: number[][] = Array.from({ length: points }, () => []);
  table.forEach((point, position) => lists[point]!.push(position));
  const starts = new Int32Array(points + 1);
  lists.forEach((list, point) => starts[point + 1] = starts[point]! + list.length);
  return { starts, entries: Int32Array.from(lists.flat()) };
}

type Sizes = Pick<NeighbourKernel, "points" | "outputs" | "neighbours" | "batch" | "channels" | "mid">;

const SIZES: readonly Sizes[] = [
  { points: 1, outputs: 1, neighbours: 1, batch: 1, channels: 1, mid: 1 },
  { points: 10, outputs: 7, neighbours: 3, batch: 2, channels: 5, mid: 3 },
  { points: 30, outputs: 20, neighbours: 9, batch: 3, channels: 7, mid: 16 },
  { points: 5, outputs: 9, neighbours: 4, batch: 1, channels: 2, mid: 4 },
  { points: 40, outputs: 3, neighbours: 27, batch: 4, channels: 16, mid: 16 },
  { points: 12, outputs: 1, neighbours: 12, batch: 16, channels: 300, mid: 16 },
  { points: 6, outputs: 4, neighbours: 40, batch: 2, channels: 3, mid: 12 },
  { points: 6, outputs: 4, neighbours: 2, batch: 1, channels: 70, mid: 136 },
  { points: 6, outputs: 0, neighbours: 2, batch: 1, channels: 3, mid: 4 },
];

for (const kind of ["neighbourSum", "neighbourWeights", "neighbourFeatures"] as const) {
  deviceTest(`${kind} agrees with the oracle`, async (device) => {
    for (const sizes of SIZES) {
      const { points, outputs, neighbours, batch, channels, mid } = sizes;
      const table = indices(outputs * neighbours, points, 4);
      const { starts, entries } = invert(table, points);
      const features = noise(points * batch * channels, 1);
      const weights = noise(outputs * neighbours * mid, 2);
      const sums = noise(outputs * batch * channels * mid, 3);
      const [declared, data] = {
        neighbourSum: ["f32:r f32:r i32:r f32:w", [features, weights, table, sums]] as const,
        neighbourWeights: ["f32:r f32:r i32:r f32:w", [features, sums, table, weights]] as const,
        neighbourFeatures: ["f32:r f32:r i32:r i32:r f32:w", [
          weights,
          sums,
          starts,
          entries,
          features,
        ]] as const,
      }[kind];
      const kernel: NeighbourKernel = { kind, name: kind, buffers: buffers(declared), ...sizes };
      await checkKernel(device, kernel, data, `${kind} ${JSON.stringify(sizes)}`, 4e-6);
    }
  });
}

deviceTest("segmentSum agrees with the oracle, with empty and long segments", async (device) => {
  for (
    const [rows, segments, width, count, repeat] of [
      [1, 1, 1, 1, 1],
      [10, 7, 3, 40, 9],
      [50, 9, 64, 0, 1],
      [20, 2, 5, 3000, 2],
    ] as const
  ) {
    const entries = indices(count, rows * repeat, 5);
    const cuts = indices(segments - 1, count + 1, 6).sort();
    const starts = Int32Array.from([0, ...cuts, count]);
    const kernel: SegmentSumKernel = {
      kind: "segmentSum",
      name: "segmentSum",
      buffers: buffers("f32:r i32:r i32:r f32:w"),
      segments,
      width,
      repeat,
    };
    const data = [noise(rows * width), starts, entries, new Float32Array(segments * width)];
    await checkKernel(device, kernel, data, `${rows} ${segments} ${width} ${count}`, 8e-6);
  }
});
