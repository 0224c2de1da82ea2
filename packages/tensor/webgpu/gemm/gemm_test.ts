import type { GemmKernel, MatrixView } from "../../ir/kernel.ts";
import { runKernel } from "../../ir/evaluate.ts";
import { printGemm } from "./gemm.ts";
import { planGemm, splitsOf, tileBytes, tileName, TILES } from "./gemm_tile.ts";
import {
  assertClose,
  checkKernel,
  deviceTest,
  ir,
  noise,
  PassRunner,
  programOf,
  rowMajor,
  runOn,
} from "../runtime/harness_test.ts";
import { volume } from "../shader/unravel.ts";
import { findAdapter } from "../runtime/adapter.ts";
import { openWebGPU } from "../runtime/device.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";

const { load, op, constant, accumulator, store, buffers } = ir;

interface Layout {
  readonly transposed: boolean;
  /** Whether the whole batch uses one matrix. */
  readonly shared: boolean;
  readonly offset: number;
}

const PLAIN: Layout = { transposed: false, shared: false, offset: 0 };

function view(
  buffer: number,
  batch: readonly number[],
  rows: number,
  columns: number,
  layout: Layout,
): MatrixView {
  const strides = layout.shared
    ? batch.map(() => 0)
    : rowMajor(batch).map((stride) => stride * rows * columns);
  const [row, column] = layout.transposed ? [1, rows] : [columns, 1];
  return { buffer, offset: layout.offset, batch: strides, row, column };
}

type Shape = readonly [readonly number[], number, number, number];

function kernelOf([batch, m, n, k]: Shape, a: Layout = PLAIN, b: Layout = PLAIN): GemmKernel {
  return {
    kind: "gemm",
    name: "matmul",
    buffers: buffers("f32:r f32:r f32:w"),
    batch,
    m,
    n,
    k,
    a: view(0, batch, m, k, a),
    b: view(1, batch, k, n, b),
    stores: [store(2, rowMajor([...batch, m, n]), accumulator())],
  };
}

function product(
  shape: Shape,
  a: Layout = PLAIN,
  b: Layout = PLAIN,
): { kernel: GemmKernel; data: Float32Array[]; what: string } {
  const [batch, m, n, k] = shape;
  const size = volume(batch);
  return {
    kernel: kernelOf(shape, a, b),
    data: [noise(size * m * k + a.offset), noise(size * k * n + b.offset, 2), new Float32Array(size * m * n)],
    what: `${JSON.stringify(shape)} a ${JSON.stringify(a)} b ${JSON.stringify(b)}`,
  };
}

const LAYOUTS: readonly Layout[] = [false, true].flatMap((transposed) =>
  [false, true].flatMap((shared) => [0, 3].map((offset) => ({ transposed, shared, offset })))
);

deviceTest("products of all layouts agree with the oracle", async (device) => {
  for (const shape of [[[3], 17, 23, 10], [[4], 20, 12, 32]] as const) {
    for (const a of LAYOUTS) {
      for (const b of LAYOUTS) {
        const { kernel, data, what } = product(shape, a, b);
        await checkKernel(device, kernel, data, what);
      }
    }
  }
});

const SHAPES: readonly Shape[] = [
  [[], 1, 1, 1],
  [[], 5, 6, 0],
  [[], 5, 6, 1],
  [[], 1, 300, 70],
  [[], 300, 1, 70],
  [[], 2, 3, 5000],
  [[3], 4, 100, 33],
  [[], 64, 64, 64],
  [[], 65, 63, 17],
  [[2], 130, 70, 40],
  [[], 400, 16, 16],
  [[], 16, 400, 24],
  [[], 500, 9, 20],
  [[], 16, 24, 3000],
  [[2], 33, 20, 1030],
  [[5, 1, 3], 8, 8, 8],
  [[2, 2], 40, 12, 32],
];

deviceTest("products of all shapes agree with the oracle", async (device) => {
  for (const shape of SHAPES) {
    const { kernel, data, what } = product(shape);
    await checkKernel(device, kernel, data, what);
    const transposed = { ...PLAIN, transposed: true };
    const other = product(shape, transposed, transposed);
    await checkKernel(device, other.kernel, other.data, other.what);
  }
});

deviceTest(
  "large products use the large tile and agree with a few elements of the oracle",
  async (device) => {
    const [m, n, k] = [1500, 1400, 40];
    const { kernel, data } = product([[], m, n, k]);
    const plan = planGemm(kernel);
    assert(plan !== "loop" && plan.tile.height === 8, "the shape is meant for the large tile");
    const executable = await device.prepare({
      buffers: data.map(({ byteLength }) => ({ bytes: byteLength, role: "external" })),
      steps: [{ kernel, args: [0, 1, 2] }],
    });
    const handles = data.map(({ byteLength }) => device.allocate(byteLength));
    data.forEach((array, i) => device.write(handles[i]!, array));
    await executable.run(handles);
    const got = new Float32Array(await device.read(handles[2]!, 4 * m * n));
    for (let at = 0; at < m * n; at += 97) {
      const [i, j] = [Math.floor(at / n), at % n];
      let wanted = 0;
      for (let t = 0; t < k; t++) wanted += data[0]![i * k + t]! * data[1]![t * n + j]!;
      assert(Math.abs(got[at]! - wanted) < 1e-5, `[${i}, ${j}] is ${got[at]}, should be ${wanted}`);
    }
    handles.forEach((handle) => device.free(handle));
    executable.release();
  },
);

deviceTest("every tile agrees with the oracle, split or not, and all return the same bytes", async () => {
  const transposed = { ...PLAIN, transposed: true };
  const runner = await PassRunner.open();
  for (
    const [shape, layout, splits] of [
      [[[], 129, 132, 52], PLAIN, 1],
      [[[2], 20, 40, 148], transposed, 3],
    ] as const
  ) {
    const { kernel, data, what } = product(shape, layout, layout);
    const wanted = data.map((array) => array.slice());
    runKernel(kernel, wanted);
    let first: Float32Array | undefined;
    for (const tile of TILES) {
      const printed = printGemm(kernel, { tile, splits });
      assertEquals(printed.passes.length, splits === 1 ? 1 : 2);
      const got = (await runner.run(printed, data))[2]!;
      assertClose(got, wanted[2]!, 2e-6, `${tileName(tile)}, ${what}`);
      first ??= got;
      assertEquals(got, first, `the bytes of ${tileName(tile)}, ${what}`);
    }
  }
  await runner.close();
});

deviceTest(
  "products in float16 agree with float32 to three digits, and are rejected without float16 support",
  async () => {
    const { adapter } = await findAdapter();
    if (!adapter.features.has("shader-f16")) {
      await assertRejects(() => openWebGPU({ precision: "float16" }), Error, "does not support float16");
      return;
    }
    const device = await openWebGPU({ precision: "float16" });
    const transposed = { ...PLAIN, transposed: true };
    for (const [shape, layout] of [[[[2], 33, 40, 50], PLAIN], [[[], 64, 20, 1028], transposed]] as const) {
      const { kernel, data, what } = product(shape, layout, layout);
      await checkKernel(device, kernel, data, what, 1e-3);
      const [, , exact] = await runOn(device, programOf(kernel, data), data);
      const wanted = data.map((array) => array.slice());
      runKernel(kernel, wanted);
      assert(
        exact!.some((x, i) => Math.abs(x - wanted[2]![i]!) > 1e-6 * Math.abs(wanted[2]![i]!)),
        "rounded",
      );
    }
    await device.close();
  },
);

deviceTest("epilogues load values, store several and update in place", async (device) => {
  for (const [batch, m, n, k] of [[[2], 20, 30, 10], [[2], 3, 30, 10], [[], 24, 16, 2000]] as const) {
    const axes = [...batch, m, n];
    const zero = axes.map(() => 0);
    const bias = load(2, [...zero.slice(0, -1), 1]), state = load(3, rowMajor(axes));
    const activated = op("max", "f32", op("add", "f32", accumulator(), bias), constant(0));
    const { kernel, data } = product([batch, m, n, k]);
    const fused: GemmKernel = {
      ...kernel,
      buffers: buffers("f32:r f32:r f32:r f32:rw f32:w"),
      stores: [
        store(3, rowMajor(axes), op("sub", "f32", state, accumulator())),
        store(4, [...rowMajor(axes).slice(0, -2), 1, m], activated),
      ],
    };
    const size = volume(axes);
    const all = [data[0]!, data[1]!, noise(n, 5), noise(size, 6), new Float32Array(size)];
    await checkKernel(device, fused, all, `${JSON.stringify([batch, m, n, k])}`);
  }
});

deviceTest("an operand may be used on both sides and in the epilogue", async (device) => {
  const [m, k] = [24, 24];
  const kernel: GemmKernel = {
    kind: "gemm",
    name: "square",
    buffers: buffers("f32:r f32:w"),
    batch: [],
    m,
    n: m,
    k,
    a: { buffer: 0, offset: 0, batch: [], row: k, column: 1 },
    b: { buffer: 0, offset: 0, batch: [], row: 1, column: k },
    stores: [store(1, [m, 1], op("add", "f32", accumulator(), load(0, [k, 1])))],
  };
  await checkKernel(device, kernel, [noise(m * k), new Float32Array(m * m)]);
});

Deno.test("planGemm() splits a long inner dimension of a small result", () => {
  const plan = planGemm(kernelOf([[], 64, 256, 12544]));
  assert(plan !== "loop" && plan.splits > 8);
  assertEquals(planGemm(kernelOf([[], 3, 256, 12544])), "loop");
});

Deno.test("splitsOf() depends on the shape, not on the tile", () => {
  const kernel = kernelOf([[], 64, 256, 12544]);
  const splits = TILES.map((tile) => planGemm(kernel, [tile])).map((plan) => plan !== "loop" && plan.splits);
  assertEquals(new Set(splits), new Set([splitsOf(kernel)]));
});

Deno.test("tileBytes() allows most tiles on adapters with the minimum limits", () => {
  const small = TILES.filter((tile) => tileBytes(tile) <= 16384 && tile.rows * tile.columns <= 256);
  assert(small.length >= 7 && small[0] === TILES[0], `${small.map(tileName)}`);
});
