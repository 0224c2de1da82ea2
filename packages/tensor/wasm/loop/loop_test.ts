/** @module */
import { binary, constant } from "../../ir/build.ts";
import type { LoopKernel, Scalar } from "../../ir/kernel.ts";
import { openWasm } from "../runtime/device.ts";
import { accumulator, affine, checkKernel, load, Noise, slots, withDevice } from "../testing.ts";

const f32 = (op: "add" | "mul" | "div" | "sub", ...args: Scalar[]): Scalar => ({ op, dtype: "f32", args });
const MODES = ["auto", "plain"] as const;

for (const simd of MODES) {
  const open = () => openWasm({ threads: 1, simd });

  Deno.test(`loop kernels (${simd}) add arrays of any length`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(1);
      for (const size of [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 100, 1023, 5000, 70_001]) {
        const kernel: LoopKernel = {
          kind: "loop",
          name: `add ${size}`,
          buffers: slots("r", "r", "w"),
          map: [size],
          reduce: [],
          accumulators: [],
          stores: [{ buffer: 2, address: affine([1]), value: f32("add", load(0, [1]), load(1, [1])) }],
        };
        await checkKernel(device, kernel, [0, 1, 2].map(() => noise.array("f32", size)));
      }
    }));

  Deno.test(`loop kernels (${simd}) read transposes, broadcasts, flips and offsets`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(2);
      for (const [rows, columns] of [[1, 1], [3, 5], [4, 4], [17, 9], [64, 3], [3, 64], [50, 70]] as const) {
        const kernel: LoopKernel = {
          kind: "loop",
          name: `views ${rows} ${columns}`,
          buffers: slots("r", "r", "r", "r", "w"),
          map: [rows, columns],
          reduce: [],
          accumulators: [],
          stores: [{
            buffer: 4,
            address: affine([columns, 1], 2),
            value: f32(
              "add",
              f32("mul", load(0, [1, rows]), load(1, [0, 1])),
              f32("sub", load(2, [1, 0]), load(3, [-columns, -1], { offset: rows * columns - 1 })),
            ),
          }],
        };
        const size = rows * columns;
        const data = [size, columns, rows, size, size + 3].map((length) => noise.array("f32", length));
        await checkKernel(device, kernel, data);
      }
    }));

  Deno.test(`loop kernels (${simd}) write several outputs, also in place`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(3), size = 1003;
      const x = load(0, [1]), y = load(1, [1]);
      const sum = f32("add", x, y);
      const kernel: LoopKernel = {
        kind: "loop",
        name: "in place",
        buffers: slots("rw", "rw", "w"),
        map: [size],
        reduce: [],
        accumulators: [],
        stores: [
          { buffer: 0, address: affine([1]), value: sum },
          { buffer: 1, address: affine([1]), value: f32("mul", sum, x) },
          { buffer: 2, address: affine([1]), value: f32("mul", sum, y) },
        ],
      };
      await checkKernel(device, kernel, [0, 1, 2].map(() => noise.array("f32", size)));
    }));

  Deno.test(`loop kernels (${simd}) run without axes`, () =>
    withDevice(open, async (device) => {
      const kernel: LoopKernel = {
        kind: "loop",
        name: "one point",
        buffers: slots("r", "w"),
        map: [],
        reduce: [],
        accumulators: [],
        stores: [{
          buffer: 1,
          address: affine([], 1),
          value: f32("mul", load(0, [], { offset: 2 }), constant("f32", 3)),
        }],
      };
      await checkKernel(device, kernel, [new Float32Array([1, 2, 3]), new Float32Array(3)]);
    }));

  Deno.test(`loop kernels (${simd}) yield 0 outside guards and access nothing there`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(4);
      for (const [inside, before, after] of [[5, 2, 3], [30, 1, 1], [64, 4, 8], [1, 0, 9]] as const) {
        const rows = 3, padded = before + inside + after;
        const guard = { offset: -before, strides: [0, 1], size: inside };
        const rowGuard = { offset: -1, strides: [1, 0], size: rows - 1 };
        const at = { offset: -before - inside, guards: [guard, rowGuard] };
        const kernel: LoopKernel = {
          kind: "loop",
          name: `pad ${inside}`,
          buffers: slots("r", "w"),
          map: [rows, padded],
          reduce: [],
          accumulators: [],
          stores: [{ buffer: 1, address: affine([padded, 1]), value: load(0, [inside, 1], at) }],
        };
        await checkKernel(device, kernel, [
          noise.array("f32", (rows - 1) * inside),
          noise.array("f32", rows * padded),
        ]);
      }
    }));

  Deno.test(`loop kernels (${simd}) gather rows and elements`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(5), points = 40, width = 13, outputs = 21;
      const table = new Int32Array(outputs).map(() => noise.integer(0, points - 1));
      const index = load(1, [1, 0], { dtype: "i32" });
      const rows: LoopKernel = {
        kind: "loop",
        name: "gather rows",
        buffers: slots("r", ["r", "i32"], "w"),
        map: [outputs, width],
        reduce: [],
        accumulators: [],
        stores: [{
          buffer: 2,
          address: affine([width, 1]),
          value: load(0, [0, 1], { indirect: [{ stride: width, index }] }),
        }],
      };
      await checkKernel(device, rows, [
        noise.array("f32", points * width),
        table,
        new Float32Array(outputs * width),
      ]);
      const elements: LoopKernel = {
        ...rows,
        name: "gather elements",
        map: [outputs],
        stores: [{
          buffer: 2,
          address: affine([1]),
          value: load(0, [0], {
            offset: 3,
            indirect: [{ stride: 1, index: load(1, [1], { dtype: "i32" }) }],
            guards: [{ offset: -2, strides: [1], size: 11 }],
          }),
        }],
      };
      await checkKernel(device, elements, [noise.array("f32", points + 3), table, new Float32Array(outputs)]);
    }));

  Deno.test(`loop kernels (${simd}) reduce along any axes`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(6);
      const shapes = [[0, 3], [3, 0], [1, 1], [7, 1], [1, 9], [5, 6], [33, 17], [100, 64], [3, 1000], [
        2000,
        3,
      ], [999, 130]];
      for (const [rows = 0, columns = 0] of shapes) {
        const size = rows * columns;
        const along = (axis: 0 | 1): LoopKernel => {
          const strides = axis === 1 ? [columns, 1] : [1, columns];
          const x = load(0, strides);
          return {
            kind: "loop",
            name: `reduce ${rows} ${columns} along ${axis}`,
            buffers: slots("r", "w", "w", "r"),
            map: [axis === 1 ? rows : columns],
            reduce: [axis === 1 ? columns : rows],
            accumulators: [
              { kind: "sum", dtype: "f32", value: f32("mul", x, x) },
              { kind: "max", dtype: "f32", value: f32("sub", x, load(3, [1, 0])) },
            ],
            stores: [
              { buffer: 1, address: affine([1, 0]), value: f32("add", accumulator(0), load(3, [1, 0])) },
              { buffer: 2, address: affine([1, 0]), value: accumulator(1) },
            ],
          };
        };
        for (const axis of [0, 1] as const) {
          const results = axis === 1 ? rows : columns;
          const data = [
            noise.array("f32", size),
            ...[results, results, results].map((n) => noise.array("f32", n)),
          ];
          await checkKernel(device, along(axis), data);
        }
      }
    }));

  Deno.test(`loop kernels (${simd}) reduce whole arrays, long ones in chunks`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(7);
      for (const size of [2, 3, 100, 4097, 65_537, 300_007]) {
        const whole: LoopKernel = {
          kind: "loop",
          name: `total of ${size}`,
          buffers: slots("r", ["w", "f32"], ["r", "i32"], ["w", "i32"], ["w", "i32"]),
          map: [],
          reduce: [size],
          accumulators: [
            { kind: "sum", dtype: "f32", value: load(0, [1]) },
            { kind: "sum", dtype: "i32", value: load(2, [1], { dtype: "i32" }) },
            { kind: "max", dtype: "i32", value: load(2, [1], { dtype: "i32" }) },
          ],
          stores: [
            { buffer: 1, address: affine([0]), value: accumulator(0) },
            { buffer: 3, address: affine([0]), value: accumulator(1, "i32") },
            { buffer: 4, address: affine([0]), value: accumulator(2, "i32") },
          ],
        };
        const data = [noise.array("f32", size), new Float32Array(1), noise.array("i32", size)];
        await checkKernel(device, whole, [...data, new Int32Array(1), new Int32Array(1)], 1e-4);
      }
    }));

  Deno.test(`loop kernels (${simd}) reduce several axes of a strided view`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(8);
      const [a, b, c, d] = [6, 5, 7, 12];
      for (const order of [[0, 1, 2, 3], [2, 0, 3, 1], [3, 1, 0, 2], [1, 3, 2, 0]]) {
        const sizes = [a, b, c, d], strides = [b * c * d, c * d, d, 1];
        const at = order.map((axis) => strides[axis] ?? 0);
        const [m0 = 1, m1 = 1, r0 = 1, r1 = 1] = order.map((axis) => sizes[axis] ?? 1);
        const kernel: LoopKernel = {
          kind: "loop",
          name: `reduce ${order}`,
          buffers: slots("r", "w"),
          map: [m0, m1],
          reduce: [r0, r1],
          accumulators: [{ kind: "sum", dtype: "f32", value: binary("mul", load(0, at), load(0, at)) }],
          stores: [{ buffer: 1, address: affine([m1, 1, 0, 0]), value: accumulator(0) }],
        };
        await checkKernel(device, kernel, [noise.array("f32", a * b * c * d), new Float32Array(m0 * m1)]);
      }
    }));
}
