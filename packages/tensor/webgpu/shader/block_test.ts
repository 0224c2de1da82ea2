import type { DType, HostArray } from "../../ir/dtype.ts";
import { SIGNATURES } from "../../ir/arithmetic.ts";
import type { LoopKernel, Scalar, ScalarOp } from "../../ir/kernel.ts";
import { checkKernel, deviceTest, ir } from "../runtime/harness_test.ts";

const FLOATS = [
  0,
  -0,
  0.5,
  -0.5,
  1,
  -1,
  1.5,
  2.5,
  -2.5,
  3.25,
  -7.75,
  1e-3,
  1e10,
  -1e10,
  3e9,
  5e9,
  -3e9,
  2147483648,
];
const SAMPLES: Record<DType, readonly number[]> = {
  f32: [...FLOATS, Infinity, -Infinity],
  i32: [0, 1, -1, 2, -2, 7, -7, 31, 32, 33, 1000, -1000, 2147483647, -2147483648],
  u32: [0, 1, 2, 7, 31, 32, 33, 1000, 2147483647, 2147483648, 4294967295],
  bool: [0, 1],
};
const ARRAYS = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, bool: Uint32Array };

const arrayOf = (dtype: DType, values: readonly number[]): HostArray => ARRAYS[dtype].from(values);

/** A kernel that applies an operation element by element. */
function elementwise(op: ScalarOp, result: DType, types: readonly DType[], size: number): LoopKernel {
  const declared = [...types, result].map((dtype, i) => `${dtype}:${i < types.length ? "r" : "w"}`).join(" ");
  const value = ir.op(op, result, ...types.map((dtype, i) => ir.load(i, [1], { dtype })));
  return {
    kind: "loop",
    name: `${op} ${types.join(" ")}`,
    buffers: ir.buffers(declared),
    map: [size],
    reduce: [],
    accumulators: [],
    stores: [ir.store(types.length, [1], value)],
  };
}

/** All combinations of the samples of the operands. */
function combinations(types: readonly DType[], keep: (values: readonly number[]) => boolean): HostArray[] {
  let rows: number[][] = [[]];
  for (const dtype of types) rows = rows.flatMap((row) => SAMPLES[dtype].map((value) => [...row, value]));
  rows = rows.filter(keep);
  return types.map((dtype, i) => arrayOf(dtype, rows.map((row) => row[i]!)));
}

/** Excludes cases that WGSL leaves unspecified: NaN as a result of infinities. */
function defined(op: ScalarOp, dtype: DType): (values: readonly number[]) => boolean {
  if (dtype !== "f32") return () => true;
  return (values) => {
    const [a = 0, b = 0] = values;
    if (op === "sqrt") return a >= 0;
    const results: Partial<Record<ScalarOp, number>> = { add: a + b, sub: a - b, mul: a * b, div: a / b };
    return !Number.isNaN(results[op] ?? 0) && !(op === "div" && b === 0);
  };
}

const COMPARISONS: readonly ScalarOp[] = ["lt", "le", "eq", "ne"];

deviceTest("every operation agrees with the oracle on every type", async (device) => {
  for (const [op, { arity, types }] of Object.entries(SIGNATURES) as [ScalarOp, typeof SIGNATURES.add][]) {
    if (op === "convert" || op === "bitcast" || op === "select") continue;
    for (const dtype of types) {
      const operands = new Array<DType>(arity).fill(dtype);
      const data = combinations(operands, defined(op, dtype));
      const result = COMPARISONS.includes(op) ? "bool" : dtype;
      const kernel = elementwise(op, result, operands, data[0]!.length);
      // WGSL allows an error of a few ulp for division and square roots.
      const tolerance = op === "div" || op === "sqrt" ? { each: 4e-7 } : 0;
      await checkKernel(
        device,
        kernel,
        [...data, new ARRAYS[result](data[0]!.length)],
        kernel.name,
        tolerance,
      );
    }
  }
});

deviceTest("convert, bitcast and select agree with the oracle between all types", async (device) => {
  const all: DType[] = ["f32", "i32", "u32", "bool"];
  for (const from of all) {
    for (const to of all) {
      const data = combinations([from], () => true);
      const size = data[0]!.length;
      await checkKernel(
        device,
        elementwise("convert", to, [from], size),
        [...data, new ARRAYS[to](size)],
        `${from} to ${to}`,
        0,
      );
      if (from === "bool" || to === "bool" || (from !== "f32" && to === "f32")) continue;
      await checkKernel(
        device,
        elementwise("bitcast", to, [from], size),
        [...data, new ARRAYS[to](size)],
        `${from} as ${to}`,
        0,
      );
    }
    const data = combinations(["bool", from, from], () => true);
    const size = data[0]!.length;
    await checkKernel(
      device,
      elementwise("select", from, ["bool", from, from], size),
      [...data, new ARRAYS[from](size)],
      `select ${from}`,
      0,
    );
  }
});

deviceTest("NaN converts to 0", async (device) => {
  for (const to of ["i32", "u32"] as const) {
    await checkKernel(device, elementwise("convert", to, ["f32"], 1), [
      Float32Array.of(NaN),
      new ARRAYS[to](1),
    ]);
  }
});

deviceTest(
  "constants of all types and sizes reach the kernel, also where all arguments are constant",
  async (device) => {
    const values: [DType, number][] = [
      ...[0, -0, 0.1, -0.1, 1e-30, -3.4e38, 1e21, Infinity, -Infinity, 16777217].map((x) =>
        ["f32", x] as [DType, number]
      ),
      ...[0, -1, 2147483647, -2147483648].map((x) => ["i32", x] as [DType, number]),
      ...[0, 4294967295].map((x) => ["u32", x] as [DType, number]),
      ...[0, 1].map((x) => ["bool", x] as [DType, number]),
    ];
    for (const [dtype, value] of values) {
      const constant = ir.constant(value, dtype);
      const kernel = (node: Scalar): LoopKernel => ({
        kind: "loop",
        name: `constant ${dtype} ${value}`,
        buffers: ir.buffers(`${dtype}:w`),
        map: [3],
        reduce: [],
        accumulators: [],
        stores: [ir.store(0, [1], node)],
      });
      await checkKernel(device, kernel(constant), [new ARRAYS[dtype](3)], undefined, 0);
      const twice = dtype === "bool"
        ? ir.op("or", dtype, constant, constant)
        : ir.op("add", dtype, constant, constant);
      await checkKernel(device, kernel(twice), [new ARRAYS[dtype](3)], undefined, 0);
    }
  },
);
