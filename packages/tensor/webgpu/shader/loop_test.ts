import type { HostArray } from "../../ir/dtype.ts";
import type { Accumulator, LoopKernel, Scalar } from "../../ir/kernel.ts";
import { checkKernel, deviceTest, indices, ir, noise, rowMajor } from "../runtime/harness_test.ts";
import { volume } from "./unravel.ts";

const { load, op, constant, accumulator, store, buffers } = ir;

function loop(parts: Partial<LoopKernel> & { declared: string }): LoopKernel {
  const { declared, ...rest } = parts;
  const empty = { kind: "loop", name: "loop", map: [], reduce: [], accumulators: [], stores: [] } as const;
  return { ...empty, buffers: buffers(declared), ...rest };
}

const sum = (value: Scalar): Accumulator => ({ kind: "sum", dtype: value.dtype, value });
const max = (value: Scalar): Accumulator => ({ kind: "max", dtype: value.dtype, value });

deviceTest("loop kernels broadcast, permute and store several values", async (device) => {
  for (const [a, b, c] of [[1, 1, 1], [2, 3, 5], [7, 1, 64], [65, 33, 9]] as const) {
    const size = a * b * c;
    const x = load(0, [1, a, a * b]), row = load(1, [0, 0, 1]), column = load(2, [1, 0, 0]);
    const shared = op("mul", "f32", x, row);
    const kernel = loop({
      declared: "f32:r f32:r f32:r f32:w f32:w",
      map: [a, b, c],
      stores: [
        store(3, [b * c, c, 1], op("add", "f32", shared, column)),
        store(4, [1, a, a * b], op("sub", "f32", shared, constant(0.5))),
      ],
    });
    const data = [noise(size), noise(c, 2), noise(a, 3), new Float32Array(size), new Float32Array(size)];
    await checkKernel(device, kernel, data, `${a} ${b} ${c}`);
  }
});

deviceTest("loop kernels without axes, and with many, run", async (device) => {
  await checkKernel(device, loop({ declared: "f32:w", stores: [store(0, [], constant(3))] }), [
    new Float32Array(1),
  ]);
  const map = [2, 1, 3, 2, 1, 5, 2];
  const reversed = [...rowMajor([...map].reverse())].reverse();
  const kernel = loop({ declared: "f32:r f32:w", map, stores: [store(1, rowMajor(map), load(0, reversed))] });
  await checkKernel(device, kernel, [noise(120), new Float32Array(120)]);
});

deviceTest("loads outside their guards yield 0, with negative strides and offsets", async (device) => {
  // A flipped row inside a wider one: out[i] = x[9 - (i - 3)] for 3 <= i < 13.
  const guards = [{ offset: -3, strides: [0, 1], size: 10 }, { offset: 0, strides: [1, 0], size: 2 }];
  const x = load(0, [10, -1], { offset: 12, guards });
  const kernel = loop({ declared: "f32:r f32:w", map: [3, 16], stores: [store(1, [16, 1], x)] });
  await checkKernel(device, kernel, [noise(20), new Float32Array(48)], "pad and flip", 0);
});

deviceTest("loads gather through i32 and u32 indices, also nested ones", async (device) => {
  for (const type of ["i32", "u32"] as const) {
    const inner = load(1, [1, 0], { dtype: type });
    const outer = load(2, [0, 0], {
      dtype: type,
      address: { offset: 0, strides: [0, 0], indirect: [{ stride: 1, index: inner }] },
    });
    const x = load(0, [], {
      address: { offset: 1, strides: [0, 1], indirect: [{ stride: 7, index: outer }] },
    });
    const kernel = loop({
      declared: `f32:r ${type}:r ${type}:r f32:w`,
      map: [40, 5],
      stores: [store(3, [5, 1], x)],
    });
    const table = (size: number, below: number): HostArray =>
      type === "i32" ? indices(size, below) : Uint32Array.from(indices(size, below));
    await checkKernel(
      device,
      kernel,
      [noise(70), table(40, 12), table(12, 10), new Float32Array(200)],
      type,
      0,
    );
  }
});

deviceTest(
  "readwrite buffers are updated in place, and all values are read before any is stored",
  async (device) => {
    const a = load(0, [1]), b = load(1, [1]);
    const kernel = loop({
      declared: "f32:rw f32:rw",
      map: [1000],
      stores: [store(0, [1], b), store(1, [1], a)],
    });
    await checkKernel(device, kernel, [noise(1000), noise(1000, 2)], "swap", 0);
  },
);

deviceTest("axis values are i32 in expressions", async (device) => {
  const position: Scalar = { op: "affine", dtype: "i32", affine: ir.affine(-5, [3, -2]) };
  const kernel = loop({ declared: "i32:w", map: [4, 6], stores: [store(0, [6, 1], position)] });
  await checkKernel(device, kernel, [new Int32Array(24)]);
});

deviceTest("loops cover more points than one dimension of workgroups", async (device) => {
  const size = 65535 * 256 + 1000;
  const position: Scalar = { op: "affine", dtype: "i32", affine: ir.affine(0, [1]) };
  const kernel = loop({ declared: "i32:w", map: [size], stores: [store(0, [1], position)] });
  const executable = await device.prepare({
    buffers: [{ bytes: 4 * size, role: "external" }],
    steps: [{ kernel, args: [0] }],
  });
  const buffer = device.allocate(4 * size);
  await executable.run([buffer]);
  const got = new Int32Array(await device.read(buffer, 4 * size));
  const wrong = got.findIndex((value, i) => value !== i);
  if (wrong >= 0) throw new Error(`element ${wrong} is ${got[wrong]}`);
  device.free(buffer);
  executable.release();
});

/** Sizes of map and reduce axes that cover every way of dividing the work. */
const SHAPES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], [1]],
  [[], [7]],
  [[], [1000]],
  [[], [100003]],
  [[3], [0]],
  [[1], [5]],
  [[5], [9]],
  [[300], [3]],
  [[300], [33]],
  [[64], [4096]],
  [[3], [20000]],
  [[7, 5], [11, 13]],
  [[2, 3], [4, 100, 5]],
  [[4, 64], [50, 6]],
  [[1, 2], [3000, 7]],
];

deviceTest("reductions of all shapes agree with the oracle, along rows, columns and both", async (device) => {
  for (const [map, reduce] of SHAPES) {
    const points = volume(map), terms = volume(reduce);
    const rowsFirst = [...rowMajor(map).map((s) => s * terms), ...rowMajor(reduce)];
    const columnsFirst = [...rowMajor(map), ...rowMajor(reduce).map((s) => s * points)];
    for (const strides of [rowsFirst, columnsFirst]) {
      const x = load(0, strides);
      const scaled = op("mul", "f32", x, load(1, [...rowMajor(map, reduce.length)]));
      const kernel = loop({
        declared: "f32:r f32:r f32:w f32:w f32:w",
        map,
        reduce,
        accumulators: [sum(scaled), sum(op("mul", "f32", x, x)), max(op("abs", "f32", x))],
        stores: [
          store(
            2,
            rowMajor(map, reduce.length),
            op("add", "f32", accumulator(0), load(1, rowMajor(map, reduce.length))),
          ),
          store(3, rowMajor(map, reduce.length), op("mul", "f32", accumulator(1), constant(0.25))),
          store(4, rowMajor(map, reduce.length), accumulator(2)),
        ],
      });
      const data = [
        noise(points * terms),
        noise(points, 2),
        ...[0, 0, 0].map(() => new Float32Array(points)),
      ];
      await checkKernel(device, kernel, data, `[${map}] over [${reduce}] strides ${strides}`);
    }
  }
});

deviceTest("reductions of integers and booleans are exact", async (device) => {
  for (const [points, terms] of [[3, 0], [4, 5], [5, 5000], [1, 200000]] as const) {
    for (const dtype of ["i32", "u32", "bool"] as const) {
      const x = load(0, [terms, 1], { dtype });
      const kernel = loop({
        declared: `${dtype}:r ${dtype}:w ${dtype}:w`,
        map: [points],
        reduce: [terms],
        accumulators: [sum(x), max(x)],
        stores: [store(1, [1, 0], accumulator(0, dtype)), store(2, [1, 0], accumulator(1, dtype))],
      });
      const raw = Int32Array.from(
        noise(points * terms),
        (v) => dtype === "bool" ? Number(v > 0.99) : v * 2 ** 31,
      );
      const typed = (array: Int32Array): HostArray => dtype === "i32" ? array : Uint32Array.from(array);
      const data = [typed(raw), typed(new Int32Array(points)), typed(new Int32Array(points))];
      await checkKernel(device, kernel, data, `${dtype} ${points} ${terms}`);
    }
  }
});

deviceTest("a reduction may read and overwrite one buffer, also when it is split", async (device) => {
  for (const terms of [100, 60000]) {
    const bias = load(1, [1, 0]);
    const kernel = loop({
      declared: "f32:r f32:rw",
      map: [3],
      reduce: [terms],
      accumulators: [sum(op("mul", "f32", load(0, [terms, 1]), bias))],
      stores: [store(1, [1, 0], op("add", "f32", bias, accumulator()))],
    });
    await checkKernel(device, kernel, [noise(3 * terms), noise(3, 2)], `${terms}`);
  }
});

deviceTest("guards and gathers work inside reductions", async (device) => {
  const table = load(1, [4, 1], { dtype: "i32" });
  const x = load(0, [0, 0], {
    address: { offset: 0, strides: [0, 0], indirect: [{ stride: 1, index: table }] },
    guards: [{ offset: -1, strides: [0, 1], size: 2 }],
  });
  const kernel = loop({
    declared: "f32:r i32:r f32:w",
    map: [50],
    reduce: [4],
    accumulators: [sum(x)],
    stores: [store(2, [1, 0], accumulator())],
  });
  await checkKernel(device, kernel, [noise(30), indices(200, 30), new Float32Array(50)]);
});

deviceTest("reductions support more accumulators than shared memory is planned for", async (device) => {
  const count = 12;
  const kernel = loop({
    declared: "f32:r " + "f32:w ".repeat(count),
    map: [2],
    reduce: [500],
    accumulators: Array.from(
      { length: count },
      (_, i) => sum(op("mul", "f32", load(0, [500, 1]), constant(i))),
    ),
    stores: Array.from({ length: count }, (_, i) => store(i + 1, [1, 0], accumulator(i))),
  });
  const data = [noise(1000), ...Array.from({ length: count }, () => new Float32Array(2))];
  await checkKernel(device, kernel, data, "many accumulators", 4e-6);
});
