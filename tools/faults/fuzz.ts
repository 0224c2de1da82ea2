/**
 * Faults that the fuzzer should find; `tools/fuzz/plant.ts` plants them and waits until it does.
 * @module
 */
import type { Fault } from "./fault.ts";

/** A fault and where to look for it. */
export interface FuzzFault extends Fault {
  /** Device that programs run on. */
  readonly device: "wasm" | "webgpu";
}

const TENSOR = "packages/tensor", COMPILE = `${TENSOR}/compile`, RULES = "packages/autograd/rules";

const entry = (
  fault: Omit<FuzzFault, "tests" | "device">,
  device: FuzzFault["device"] = "wasm",
): FuzzFault => ({
  ...fault,
  device,
  tests: ["tools/fuzz/fuzz_test.ts"],
});

const compilerFaults: readonly FuzzFault[] = [
  entry({
    name: "fuzz-reciprocal",
    what: "1 / x becomes x",
    file: `${COMPILE}/lowering/simplify.ts`,
    find: 'if (name === "mul" && a === 1) return right!;',
    replace: 'if ((name === "mul" || name === "div") && a === 1) return right!;',
  }),
  entry({
    name: "fuzz-thin-axes",
    what: "axes of size 2 do not count when axes are reordered",
    file: `${COMPILE}/lowering/simplify.ts`,
    find: "order.filter((axis) => source.shape[axis] !== 1)",
    replace: "order.filter((axis) => source.shape[axis]! > 2)",
  }),
  entry({
    name: "fuzz-power-of-splat",
    what: "the product of equal integers has a factor too few",
    file: `${COMPILE}/lowering/simplify.ts`,
    find: "left > 0; left = Math.floor(left / 2)",
    replace: "left > 1; left = Math.floor(left / 2)",
  }),
  entry({
    name: "fuzz-index-carry",
    what: "an index that leaves its axis by one step is taken to stay in it",
    file: `${COMPILE}/lowering/affine.ts`,
    find: "if (largest >= by) return undefined;",
    replace: "if (largest > by) return undefined;",
  }),
  entry({
    name: "fuzz-padding",
    what: "the input of a convolution is padded by one element too few at the end",
    file: `${COMPILE}/lowering/convolution.ts`,
    find: "Math.max(0, last + 1 - x.shape[3 + i]!)",
    replace: "Math.max(0, last - x.shape[3 + i]!)",
  }),
  entry({
    name: "fuzz-fused-cycle",
    what: "a reader of a kernel's results at other indices joins that kernel",
    file: `${COMPILE}/lowering/fuse.ts`,
    find: 'if (access === "other") unsuitable.add(draft);\n      else if',
    replace: "if",
  }),
  entry({
    name: "fuzz-epilogue",
    what: "an operand of a convolution's epilogue that is broadcast over some axes is read as if over all",
    file: `${COMPILE}/lowering/convolution.ts`,
    find: "return broadcastTo(reshape(source, sizes), shape);",
    replace: "return broadcastTo(reshape(source, sizes.toReversed()), shape);",
  }),
  entry({
    name: "fuzz-donated-result",
    what: "an input that is returned and donated is overwritten",
    file: `${COMPILE}/donate.ts`,
    find: "inputs.filter((input, i) => donated[i] && !busy.has(input))",
    replace: "inputs.filter((_, i) => donated[i])",
  }),
  entry({
    name: "fuzz-donated-late",
    what: "a donated input is overwritten although a later kernel reads it",
    file: `${COMPILE}/donate.ts`,
    find: "(lastRead.get(input) ?? -1) <= step && readsInPlace",
    replace: "readsInPlace",
  }),
  entry({
    name: "fuzz-plan",
    what: "a result lies in the memory of an operand of its kernel",
    file: `${COMPILE}/plan.ts`,
    find: "first <= lifetime.last && lifetime.first <= last)",
    replace: "first <= lifetime.last && lifetime.first < last)",
  }),
  entry({
    name: "fuzz-evaluate-key",
    what: "evaluate() takes graphs that differ in the parameters of an operation for the same",
    file: `${TENSOR}/run/graph_structure.ts`,
    find: 'const text = isNumber ? "" : exact(params);',
    replace: 'const text = "";',
  }),
];

const deviceFaults: readonly FuzzFault[] = [
  entry({
    name: "fuzz-last-chunk",
    what: "the shorter last part of a long sum starts at the beginning",
    file: `${TENSOR}/wasm/loop/split.ts`,
    find: "offset: offset + stride * range.start, strides: [stride * range.size",
    replace: "offset, strides: [stride * range.size",
  }),
  entry({
    name: "fuzz-sort-ties",
    what: "equal keys are sorted in reverse order",
    file: `${TENSOR}/wasm/sort/argsort.ts`,
    find: 'w.op("i32.gt_s", w.load("i32.load", before), key)',
    replace: 'w.op("i32.ge_s", w.load("i32.load", before), key)',
  }),
  entry({
    name: "fuzz-nan-order",
    what: "NaN is sorted among the infinities",
    file: `${TENSOR}/ir/functions/order.ts`,
    find: "export const NAN_KEY: number = 0x7fffffff;",
    replace: "export const NAN_KEY: number = 0x7f800000;",
  }),
  entry({
    name: "fuzz-radius",
    what: "points exactly at the radius are not found",
    file: `${TENSOR}/wasm/search/offer.ts`,
    find: 'w.op("f64.le", power, () => f.f64(limit))',
    replace: 'w.op("f64.lt", power, () => f.f64(limit))',
  }),
  entry({
    name: "fuzz-barrier",
    what: "threads add partial sums before others have written them",
    file: `${TENSOR}/webgpu/shader/loop.ts`,
    find: '      "  workgroupBarrier();",\n',
    replace: "",
  }, "webgpu"),
  entry({
    name: "fuzz-tile-columns",
    what: "columns beyond a product's last are stored",
    file: `${TENSOR}/webgpu/gemm/gemm.ts`,
    find: "if (m < ${extents.m} && n < ${extents.n}) {",
    replace: "if (m < ${extents.m}) {",
  }, "webgpu"),
];

const ruleFaults: readonly FuzzFault[] = [
  entry({
    name: "fuzz-batched-cumsum",
    what: "vmap sums along the axis before the one asked for",
    file: `${TENSOR}/vmap/movement.ts`,
    find: 'makeNode("cumsum", { ...params, axis: params.axis + 1 }',
    replace: 'makeNode("cumsum", { ...params, axis: params.axis }',
  }),
  entry({
    name: "fuzz-window-derivative",
    what: "the derivative of dilated windows ignores the dilation",
    file: `${RULES}/convolution.ts`,
    find: "const first = start + j * dilation + Math.min",
    replace: "const first = start + j + Math.min",
  }),
  entry({
    name: "fuzz-product-zeros",
    what: "the derivative of a product with several zeros is that of one with one",
    file: `${RULES}/reduction.ts`,
    find: "mul(g, productOfOthers(x, axes))",
    replace:
      "mul(g, where(equal(x, 0), productOfOthers(where(equal(x, 0), 1, x), axes), productOfOthers(x, axes)))",
  }),
];

/** Twenty faults. */
export const FUZZ_FAULTS: readonly FuzzFault[] = [...compilerFaults, ...deviceFaults, ...ruleFaults];
