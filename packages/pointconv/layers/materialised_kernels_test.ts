import { type Device, indexTable, isKernelDevice, openDevice, reference, tableRows } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { assertSame, everything, type LayerUnderTest } from "./layer_testing.ts";
import { findNeighbourhoods } from "../tables/neighbourhood.ts";
import { type PointSet, pointSet } from "../search/point_set.ts";
import { convTables } from "../tables/tables.ts";
import { gridPoints, numbers, randomLayer } from "../testing.ts";

interface Case {
  readonly name: string;
  readonly inputs: PointSet;
  readonly points: number;
  readonly neighbours: number;
  readonly channels: readonly [channelsIn: number, channelsOut: number];
  readonly batch: number;
}

/** Grid points of a cube. */
function cubePoints(side: number): PointSet {
  const at = (i: number) => 2 * (i / (side - 1) - 0.5);
  const places = Array.from({ length: side ** 3 }, (_, i) => {
    return [at(Math.floor(i / side / side)), at(Math.floor(i / side) % side), at(i % side)];
  });
  return pointSet(Float32Array.from(places.flat()), [side ** 3, 3]);
}

/** A grid per example, the second one half as large. */
function ownGrids(side: number): PointSet {
  const { coordinates, points } = gridPoints(side);
  const both = Float32Array.from([...coordinates, ...coordinates.map((x) => x / 2)]);
  return pointSet(both, [2, points, 2]);
}

/** Typical layers: the first with one or three channels, deeper ones with fewer points, the last one. */
const CASES: readonly Case[] = [
  { name: "grey image", inputs: gridPoints(8), points: 64, neighbours: 9, channels: [1, 4], batch: 3 },
  { name: "colours", inputs: gridPoints(8), points: 64, neighbours: 9, channels: [3, 4], batch: 2 },
  { name: "strided", inputs: gridPoints(8), points: 20, neighbours: 9, channels: [4, 5], batch: 3 },
  { name: "to one number", inputs: gridPoints(8), points: 1, neighbours: 16, channels: [5, 1], batch: 3 },
  { name: "solid", inputs: cubePoints(4), points: 40, neighbours: 27, channels: [3, 2], batch: 2 },
  { name: "own points", inputs: ownGrids(5), points: 25, neighbours: 9, channels: [2, 3], batch: 2 },
];

async function subjectOf(one: Case): Promise<LayerUnderTest> {
  const { inputs, channels, batch, points, neighbours } = one;
  const [found] = await findNeighbourhoods(inputs, [{ points, neighbours }], { device: reference });
  return {
    layer: randomLayer(inputs.dimension, ...channels),
    neighbourhood: found!,
    batch,
    channels: channels[0],
  };
}

/** Asserts that both contraction orders agree in every case on a device. */
async function compareOrders(target: Device, tolerance: number): Promise<void> {
  for (const one of CASES) {
    const subject = await subjectOf(one);
    const tables = convTables(subject.neighbourhood, { distinctBelow: 2 });
    assert(tables.groups !== undefined);
    for (const mode of ["train", "eval"] as const) {
      const expected = await everything(subject, tables, { mode, contraction: "mid" });
      const kernels = await everything(subject, tables, { mode, target, contraction: "kernels" });
      assertSame(kernels, expected, tolerance);
      if (!isKernelDevice(target)) continue;
      assertSame(
        await everything(subject, tables, { mode, target, contraction: "mid" }),
        expected,
        tolerance,
      );
    }
  }
}

Deno.test("applyKernels() and applyRows() equal the order through the weight net, up to second derivatives", async () => {
  await compareOrders(reference, 1e-12);
});

Deno.test("applyKernels() and applyRows() agree with double precision within rounding on wasm", async () => {
  const device = await openDevice("wasm", { threads: 2 });
  try {
    await compareOrders(device, 2e-5);
    assertEquals(device.liveBuffers, 0);
  } finally {
    await device.close();
  }
});

Deno.test("applyKernels() does not depend on the points of padding rows", async () => {
  const subject = await subjectOf(CASES[2]!);
  const tables = convTables(subject.neighbourhood, { distinctBelow: 2 });
  const options = { mode: "train", contraction: "kernels" } as const;
  let changed = 0;
  const groups = await Promise.all(tables.groups!.map(async (group) => {
    const [points, outputs] = [await numbers(group.points.index), await numbers(group.outputs.index)];
    const other = points.map((point, row) => (outputs[row] === 20 ? 63 - point : point));
    changed += other.filter((point, row) => point !== points[row]).length;
    return { ...group, points: indexTable(other, [other.length], tableRows(group.points)) };
  }));
  assert(changed > 0, "no group has padding rows");
  assertSame(
    await everything(subject, { ...tables, groups }, options),
    await everything(subject, tables, options),
  );
});
