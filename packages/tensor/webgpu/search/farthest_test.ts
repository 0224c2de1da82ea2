import { assert, assertEquals } from "@std/assert";
import { runProgram } from "../../ir/evaluate.ts";
import type { FarthestPointSampleKernel } from "../../ir/kernel.ts";
import { distancePower } from "../../ir/search_oracle.ts";
import { deviceTest, ir, noise, programOf, runOn } from "../runtime/harness_test.ts";

type Sizes = Pick<FarthestPointSampleKernel, "dimension" | "norm" | "count" | "start">;

function prepare(points: Float32Array, starts: Int32Array, sizes: Sizes) {
  const clouds = starts.length - 1;
  const kernel: FarthestPointSampleKernel = {
    kind: "farthestPointSample",
    name: "farthestPointSample",
    buffers: ir.buffers("f32:r i32:r i32:w"),
    points: points.length / sizes.dimension,
    clouds,
    ...sizes,
  };
  const data = [points, starts, new Int32Array(clouds * sizes.count)];
  return { program: programOf(kernel, data), data };
}

/** Points of a square grid of 24 × 24, where rounding decides which distances are equal. */
const GRID = Float32Array.from(
  { length: 2 * 24 * 24 },
  (_, i) => (i % 2 ? (i >> 1) % 24 : Math.floor(i / 48)) / 6 - 1,
);

deviceTest(
  "farthestPointSample selects the lowest index of equidistant points, in each cloud",
  async (device) => {
    const starts = Int32Array.of(0, 300, 340, GRID.length / 2);
    for (const norm of [2, Infinity]) {
      const { program, data } = prepare(GRID, starts, { dimension: 2, norm, count: 40, start: 3 });
      const wanted = data.map((array) => array.slice());
      runProgram(program, wanted);
      const got = await runOn<Float32Array | Int32Array>(device, program, data);
      assertEquals(Array.from(got[2]!), Array.from(wanted[2]!), `norm ${norm}`);
    }
  },
);

deviceTest(
  "farthestPointSample selects a point farthest from those selected, up to rounding",
  async (device) => {
    for (const [dimension, norm, size] of [[1, 1, 9], [3, 3, 1000]] as const) {
      const points = noise(size * dimension), count = Math.min(size, 50);
      const { program, data } = prepare(points, Int32Array.of(0, size), { dimension, norm, count, start: 0 });
      const picks = (await runOn<Float32Array | Int32Array>(device, program, data))[2]!;
      const nearest = new Float64Array(size).fill(Infinity);
      picks.forEach((pick, i) => {
        const farthest = nearest.reduce((most, x) => Math.max(most, x), 0);
        assert(
          i === 0 ? pick === 0 : nearest[pick]! >= farthest * (1 - 1e-5),
          `pick ${i} in ${dimension} dimensions`,
        );
        nearest.forEach((x, point) =>
          nearest[point] = Math.min(x, distancePower(points, point, points, pick, dimension, norm))
        );
      });
    }
  },
);
