/**
 * Calls that shape operations, reductions and products must reject.
 * @module
 */
import * as t from "@gasp/tensor";
import {
  axis,
  bool,
  type Entry,
  f32,
  i32,
  loose,
  noTensor,
  real,
  reduction,
  vector,
  whole,
} from "./refusals.ts";

/** Entries by function. */
export const shapeRefusals: Readonly<Record<string, Entry>> = {
  identity: noTensor("identity"),
  stopGradient: noTensor("stopGradient"),
  reshape: {
    ...noTensor("reshape", [1]),
    ...whole("size", (n) => t.reshape(f32, [n === -1 ? -3 : n, 6]), [-2]),
    "another number of elements": () => t.reshape(f32, [5]),
    "two unknown sizes": () => t.reshape(f32, [-1, -1]),
  },
  transpose: {
    ...noTensor("transpose"),
    ...axis((n) => t.transpose(f32, [0, n])),
    "an axis twice": () => t.transpose(f32, [0, 0]),
    "too few axes": () => t.transpose(f32, [0]),
    "one axis": () => t.transpose(vector),
  },
  broadcastTo: { ...noTensor("broadcastTo", [1]), ...whole("size", (n) => t.broadcastTo(t.ones([1]), [n])) },
  expandDims: { ...noTensor("expandDims", 0), ...axis((n) => t.expandDims(f32, n), 3) },
  squeeze: {
    ...noTensor("squeeze"),
    ...axis((n) => t.squeeze(t.ones([1, 1]), n)),
    "an axis of another size": () => t.squeeze(f32, 0),
  },
  slice: {
    ...noTensor("slice", [0]),
    "a fraction as start": () => t.slice(vector, [0.5], [3]),
    "a fraction as end": () => t.slice(vector, [0], [2.5]),
    "NaN as start": () => t.slice(vector, [NaN]),
    "NaN as end": () => t.slice(vector, [0], [NaN]),
    "a start beyond the end": () => t.slice(vector, [3], [2]),
    "an end out of range": () => t.slice(vector, [0], [5]),
    "a start out of range": () => t.slice(vector, [-5]),
    "too few starts": () => t.slice(f32, [0]),
    ...whole("step", (n) => t.slice(vector, [0], [4], [n]), [0]),
  },
  pad: {
    ...noTensor("pad", [0], [0]),
    ...whole("amount before", (n) => t.pad(vector, [n], [0])),
    ...whole("amount after", (n) => t.pad(vector, [0], [n])),
    "too few amounts": () => t.pad(f32, [0], [0]),
  },
  flip: { ...noTensor("flip"), ...axis((n) => t.flip(f32, n)), "an axis twice": () => t.flip(f32, [0, 0]) },
  roll: {
    ...noTensor("roll", 1, 0),
    ...axis((n) => t.roll(f32, 1, n)),
    "a fraction": () => t.roll(vector, 0.5, 0),
    "NaN": () => t.roll(vector, NaN, 0),
    "more shifts than axes": () => t.roll(f32, [1, 2], 0),
  },
  tile: {
    ...noTensor("tile", [1]),
    ...whole("count", (n) => t.tile(vector, [n])),
    "too few counts": () => t.tile(f32, [2]),
  },
  repeat: {
    ...noTensor("repeat", 1, 0),
    ...whole("count", (n) => t.repeat(f32, n, 0)),
    ...axis((n) => t.repeat(f32, 2, n)),
  },
  concatenate: {
    ...axis((n) => t.concatenate([f32, f32], n)),
    "nothing": () => t.concatenate([]),
    "two types": () => t.concatenate([vector, i32]),
    "other sizes": () => t.concatenate([f32, t.ones([2, 2])], 0),
    "an array": () => loose.concatenate!([[1], [2]]),
    "another number of axes": () => t.concatenate([f32, vector]),
  },
  stack: {
    ...axis((n) => t.stack([f32, f32], n), 3),
    "nothing": () => t.stack([]),
    "two types": () => t.stack([vector, t.cast(vector, "i32")]),
    "two shapes": () => t.stack([vector, f32]),
    "an array": () => loose.stack!([[1], [2]]),
  },
  split: {
    ...noTensor("split", 2),
    ...axis((n) => t.split(f32, 1, n)),
    ...whole("parts", (n) => t.split(vector, n), [0, 3]),
    ...whole("size of a part", (n) => t.split(vector, [n, 4 - n])),
    "other sizes": () => t.split(vector, [1, 2]),
  },
  diagonal: {
    ...noTensor("diagonal"),
    "one axis": () => t.diagonal(vector),
    "a fraction": () => t.diagonal(f32, 0.5),
    "NaN": () => t.diagonal(f32, NaN),
  },
  trace: {
    ...noTensor("trace"),
    "one axis": () => t.trace(vector),
    "bool": () => t.trace(t.less(f32, 1)),
    "NaN": () => t.trace(f32, NaN),
  },
  tril: { ...noTensor("tril"), "one axis": () => t.tril(vector), "a fraction": () => t.tril(f32, 0.5) },
  triu: { ...noTensor("triu"), "one axis": () => t.triu(vector), "NaN": () => t.triu(f32, NaN) },

  ...Object.fromEntries(["sum", "prod", "max", "min"].map((name) => [name, {
    ...reduction(name),
    "bool": () => loose[name]!(bool),
  }])),
  ...Object.fromEntries(
    ["mean", "logsumexp", "std"].map((name) => [name, { ...reduction(name), ...real(name) }]),
  ),
  variance: {
    ...reduction("variance"),
    ...real("variance"),
    "NaN": () => t.variance(f32, { correction: NaN }),
  },
  any: { ...reduction("any"), "f32": () => t.any(f32) },
  all: { ...reduction("all"), "f32": () => t.all(f32) },
  norm: {
    ...reduction("norm"),
    ...real("norm"),
    "an order below 1": () => t.norm(f32, { order: 0.5 }),
    "an order of NaN": () => t.norm(f32, { order: NaN }),
  },
  softmax: { ...real("softmax"), ...axis((n) => t.softmax(f32, n)) },
  logSoftmax: { ...real("logSoftmax"), ...axis((n) => t.logSoftmax(f32, n)) },
  argmax: {
    ...noTensor("argmax"),
    ...axis((n) => t.argmax(f32, { axis: n })),
    "nothing": () => t.argmax(t.zeros([0])),
  },
  argmin: {
    ...noTensor("argmin"),
    ...axis((n) => t.argmin(f32, { axis: n })),
    "an empty axis": () => t.argmin(t.zeros([2, 0]), { axis: 1 }),
  },
  cumsum: { ...noTensor("cumsum"), ...axis((n) => t.cumsum(f32, { axis: n })), "bool": () => t.cumsum(bool) },
  sort: { ...noTensor("sort"), ...axis((n) => t.sort(f32, { axis: n })) },
  argsort: { ...noTensor("argsort"), ...axis((n) => t.argsort(f32, { axis: n })) },
  topK: {
    ...noTensor("topK", 1),
    ...axis((n) => t.topK(f32, 1, { axis: n })),
    ...whole("k", (n) => t.topK(vector, n), [0, 5]),
    "nothing": () => t.topK(t.zeros([0]), 1),
  },

  matmul: {
    ...noTensor("matmul", f32),
    "i32": () => t.matmul(t.cast(f32, "i32"), f32),
    "one axis": () => t.matmul(vector, f32),
    "other inner sizes": () => t.matmul(f32, f32),
  },
  einsum: {
    "no formula": () => loose.einsum!(f32),
    "an unknown sign": () => t.einsum("i?->i", f32),
    "too few operands": () => t.einsum("ij,jk->ik", f32),
    "too few letters": () => t.einsum("i->i", f32),
    "sizes that differ": () => t.einsum("ij,ij->", f32, t.ones([3, 2])),
    "an unknown letter": () => t.einsum("ij->k", f32),
    "a letter twice in the result": () => t.einsum("ij->ii", f32),
    "two arrows": () => t.einsum("ij->i->", f32),
    "two types": () => t.einsum("i,i->", vector, t.cast(vector, "i32")),
    "bool": () => t.einsum("i->", bool),
    "no tensor": () => loose.einsum!("i->", [1, 2]),
    "... on one side": () => t.einsum("...i->i", f32),
  },
};
