/**
 * Calls that convolutions, pooling, random numbers within programs and `vmap` must reject.
 * @module
 */
import * as t from "@gasp/tensor";
import { axis, type Bad, bool, type Entry, f32, i32, loose, noTensor, real, whole } from "./refusals.ts";

const image = t.ones([1, 2, 4, 4]), weights = t.ones([2, 2, 3, 3]), transposed = t.ones([2, 1, 3, 3]);
const key = t.randomKey({ seed: 0, stream: "test", step: 0 });
const geometry = { strides: [1], dilations: [1], spacings: [1], offsets: [0] };
const row = t.ones([1, 1, 1, 4]), taps = t.ones([1, 1, 1, 2]);

function convolution(name: "conv" | "convTranspose", w: t.Tensor): Bad {
  const call = (options: Readonly<Record<string, unknown>>) => loose[name]!(image, w, options);
  return {
    ...noTensor(name, w),
    "i32": () => loose[name]!(t.cast(image, "i32"), w),
    "weights that are no tensor": () => loose[name]!(image, [1]),
    "other channels": () => loose[name]!(t.ones([1, 3, 4, 4]), w),
    "other axes": () => loose[name]!(t.ones([1, 2, 4]), w),
    ...whole("stride", (stride) => call({ stride }), [0]),
    ...whole("dilation", (dilation) => call({ dilation }), [0]),
    ...whole("padding", (padding) => call({ padding })),
    ...whole("groups", (groups) => call({ groups }), [0, 5]),
    "strides of one axis": () => call({ stride: [1] }),
  };
}

function pool(name: "maxPool" | "avgPool"): Bad {
  return {
    ...real(name, { size: 2 }),
    "two axes": () => t[name](f32, { size: 1 }),
    ...whole("size", (size) => t[name](image, { size }), [0, 9]),
    ...whole("stride", (stride) => t[name](image, { size: 2, stride }), [0]),
    ...whole("padding", (padding) => t[name](image, { size: 2, padding })),
  };
}

function drawn(call: (key: t.Tensor, shape: readonly number[]) => unknown): Bad {
  return {
    ...whole("size", (size) => call(key, [size])),
    "a key of f32": () => call(f32, [1]),
    "a key of another length": () => call(t.tensor(Uint32Array.of(1, 2)), [1]),
    "a key that is no tensor": () => call({ seed: 1 } as unknown as t.Tensor, [1]),
  };
}

/** Entries by function. */
export const spatialRefusals: Readonly<Record<string, Entry>> = {
  conv: {
    ...convolution("conv", weights),
    "a kernel larger than the image": () => t.conv(t.ones([1, 2, 2, 2]), weights),
  },
  convTranspose: {
    ...convolution("convTranspose", transposed),
    ...whole("output padding", (outputPadding) => t.convTranspose(image, transposed, { outputPadding }), [
      1,
    ]),
  },
  convGeneral: {
    ...noTensor("convGeneral", taps, geometry, [3]),
    "i32": () => t.convGeneral(t.cast(row, "i32"), taps, geometry, [3]),
    ...whole("size", (size) => t.convGeneral(row, taps, geometry, [size])),
    "a stride of 0": () => t.convGeneral(row, taps, { ...geometry, strides: [0] }, [3]),
    "a fraction as stride": () => t.convGeneral(row, taps, { ...geometry, strides: [0.5] }, [3]),
    "NaN as offset": () => t.convGeneral(row, taps, { ...geometry, offsets: [NaN] }, [3]),
    "other channels": () => t.convGeneral(row, t.ones([1, 1, 2, 2]), geometry, [3]),
  },
  unfold: {
    ...noTensor("unfold", { axis: 0, size: 1 }),
    ...axis((n) => t.unfold(f32, { axis: n, size: 1 })),
    ...whole("size", (size) => t.unfold(f32, { axis: 1, size }), [0, 4]),
    ...whole("step", (step) => t.unfold(f32, { axis: 1, size: 1, step }), [0]),
    ...whole("dilation", (dilation) => t.unfold(f32, { axis: 1, size: 2, dilation }), [0, 3]),
  },
  maxPool: pool("maxPool"),
  avgPool: pool("avgPool"),
  upsampleNearest: {
    ...noTensor("upsampleNearest", 2),
    "two axes": () => t.upsampleNearest(f32, 2),
    ...whole("factor", (factor) => t.upsampleNearest(image, factor), [0]),
  },
  upsampleLinear: {
    ...real("upsampleLinear", 2),
    "two axes": () => t.upsampleLinear(f32, 2),
    ...whole("factor", (factor) => t.upsampleLinear(image, factor), [0]),
  },
  randomKey: {
    ...whole("seed", (seed) => t.randomKey({ seed, stream: "test", step: 0 })),
    ...whole("step", (step) => t.randomKey({ seed: 0, stream: "test", step })),
  },
  foldIn: {
    ...noTensor("foldIn", 0),
    ...whole("index", (n) => t.foldIn(key, n), [2 ** 31]),
    "f32": () => t.foldIn(f32, 0),
  },
  splitKey: {
    ...noTensor("splitKey", 1),
    ...whole("count", (n) => t.splitKey(key, n), [2 ** 31]),
    "f32": () => t.splitKey(f32, 1),
  },
  bits: drawn(t.bits),
  uniform: drawn(t.uniform),
  normal: drawn(t.normal),
  bernoulli: {
    ...drawn((key, shape) => t.bernoulli(key, 0.5, shape)),
    "a probability of NaN": () => t.bernoulli(key, NaN, [1]),
    "a probability above 1": () => t.bernoulli(key, 1.5, [1]),
    "a probability below 0": () => t.bernoulli(key, -0.5, [1]),
  },
  categorical: {
    "logits of i32": () => t.categorical(key, i32),
    "logits that are no tensor": () => loose.categorical!(key, [1, 2]),
    ...axis((n) => t.categorical(key, f32, n)),
    "a key of f32": () => t.categorical(f32, f32),
  },
  dropout: {
    ...noTensor("dropout", 0.5, key),
    "a rate of 1": () => t.dropout(f32, 1, key),
    "a rate of NaN": () => t.dropout(f32, NaN, key),
    "a negative rate": () => t.dropout(f32, -0.1, key),
    "bool": () => t.dropout(bool, 0.5, key),
    "a key that is no tensor": () => loose.dropout!(f32, 0.5, { seed: 1 }),
  },
  vmap: {
    ...axis((n) => t.vmap((x: t.Tensor) => x, { inAxes: n })(f32)),
    "axes for other arguments": () => t.vmap((x: t.Tensor) => x, { inAxes: [0, 0] })(f32),
    "sizes that differ": () => t.vmap((x: t.Tensor, y: t.Tensor) => [x, y])(f32, t.ones([3])),
    "no mapped argument": () => t.vmap((x: t.Tensor) => x, { inAxes: null })(f32),
  },
};
