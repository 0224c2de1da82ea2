/**
 * Calls that indexing, searches and random numbers must reject, and functions that reject nothing.
 * @module
 */
import * as t from "@gasp/tensor";
import {
  axis,
  type Bad,
  type Entry,
  f32,
  i32,
  loose,
  noTensor,
  real,
  table,
  vector,
  whole,
} from "./refusals.ts";

const points = t.zeros([4, 2]);

const key = { seed: 0, stream: "test", step: 0 };

const NOTHING = (reason: string, ...names: readonly string[]) =>
  Object.fromEntries(names.map((name): [string, Entry] => [name, { nothing: reason }]));

/** Entries by function. */
export const indexRefusals: Readonly<Record<string, Entry>> = {
  indexTable: {
    ...whole("row", (n) => t.indexTable([n], [1], 3), [3]),
    ...whole("number of rows", (n) => t.indexTable([], [0], n)),
    "too few numbers": () => t.indexTable([0], [2], 1),
  },
  tableRows: { nothing: "it reads a table that was checked when it was created" },
  invertIndex: {
    ...noTensor("invertIndex", 1),
    ...whole("rows", (n) => t.invertIndex(i32, n)),
    "f32": () => t.invertIndex(f32, 2),
  },
  gather: {
    ...noTensor("gather", table),
    ...axis((n) => t.gather(t.ones([2, 2]), table, n)),
    "a plain tensor as table": () => loose.gather!(f32, i32),
    "no table": () => loose.gather!(f32),
    "another number of rows": () => t.gather(t.ones([3]), table),
  },
  segmentSum: {
    ...noTensor("segmentSum", table),
    "a plain tensor as table": () => loose.segmentSum!(f32, i32),
    "i32": () => t.segmentSum(t.cast(f32, "i32"), table),
    "other leading axes": () => t.segmentSum(t.ones([3]), table),
  },
  take: {
    ...noTensor("take", i32),
    ...axis((n) => t.take(f32, t.tensor(Int32Array.of(0)), n)),
    "numbers of f32": () => t.take(f32, vector),
    "a number out of range": () => t.take(f32, i32),
    "a number out of range from the end": () => t.take(f32, t.tensor(Int32Array.of(-3))),
    "no rows": () => t.take(t.zeros([0]), i32),
    "an array of numbers": () => loose.take!(f32, [0, 1]),
  },
  takeAlongAxis: {
    ...noTensor("takeAlongAxis", i32, 0),
    ...axis((n) => t.takeAlongAxis(f32, t.tensor(Int32Array.of(0, 0, 0), [1, 3]), n)),
    "other axes": () => t.takeAlongAxis(f32, i32, 0),
    "a number out of range": () => t.takeAlongAxis(vector, t.tensor(Int32Array.of(4)), 0),
  },
  scatter: scatterBad("scatter"),
  scatterAdd: { ...scatterBad("scatterAdd"), "i32": () => t.scatterAdd(i32, i32, i32) },
  ...Object.fromEntries(["neighbourSum", "neighbourWeights", "neighbourFeatures"].map((name) => [name, {
    "no table": () => loose[name]!(f32, f32),
    "a plain tensor as table": () => loose[name]!(f32, f32, i32),
    "no tensor": () => loose[name]!([1], f32, table),
    "i32": () => loose[name]!(i32, f32, table),
    "other shapes": () => loose[name]!(f32, f32, table),
  }])),
  knn: {
    ...noTensor("knn", points, { k: 1 }),
    ...whole("k", (n) => t.knn(points, points, { k: n }), [0]),
    ...searchBad((options) => t.knn(points, points, { k: 1, ...options })),
    "more neighbours than points": () => t.knn(points, points, { k: 5 }),
    "another dimension": () => t.knn(points, t.zeros([1, 3]), { k: 1 }),
    "i32": () => t.knn(t.zeros([4, 2], "i32"), points, { k: 1 }),
  },
  countWithinRadius: {
    ...noTensor("countWithinRadius", points, { radius: 1 }),
    ...searchBad((options) => t.countWithinRadius(points, points, { radius: 1, ...options })),
    "five coordinates": () => t.countWithinRadius(t.zeros([1, 5]), t.zeros([1, 5]), { radius: 1 }),
  },
  farthestPointSample: {
    ...noTensor("farthestPointSample", { count: 1 }),
    ...whole("count", (n) => t.farthestPointSample(points, { count: n }), [0, 5]),
    ...whole("start", (n) => t.farthestPointSample(points, { count: 1, start: n }), [4]),
    "a norm below 1": () => t.farthestPointSample(points, { count: 1, norm: 0.5 }),
    "a norm of NaN": () => t.farthestPointSample(points, { count: 1, norm: NaN }),
  },
  rowOffsets: {
    ...whole("clouds", (n) => t.rowOffsets(n, 1), [0]),
    ...whole("points", (n) => t.rowOffsets(1, n), [2 ** 31]),
  },

  randomBits: randomBad((k, n) => t.randomBits(k, n)),
  randomNormal: randomBad((k, n) => t.randomNormal(k, n)),
  randomUniform: {
    ...randomBad((k, n) => t.randomUniform(k, n)),
    "NaN as bound": () => t.randomUniform(key, 1, NaN, 1),
    "bounds out of order": () => t.randomUniform(key, 1, 1, 0),
    "an infinite bound": () => t.randomUniform(key, 1, 0, Infinity),
  },
  randomIntegers: {
    ...randomBad((k, n) => t.randomIntegers(k, n, 5)),
    ...whole("bound", (n) => t.randomIntegers(key, 1, n), [0, 2 ** 33]),
  },
  permutation: randomBad((k, n) => t.permutation(k, n)),
  broadcastShapes: { "shapes that do not broadcast": () => t.broadcastShapes([2], [3]) },
  treeUnflatten: { "another number of leaves": () => t.treeUnflatten([f32], [f32, f32]) },
  treeMap: { "a number in a tree": () => loose.treeMap!([1], (x: unknown) => x) },
  treeLeaves: { "a number in a tree": () => loose.treeLeaves!([1]) },
  treePaths: { "a number in a tree": () => loose.treePaths!([1]) },
  deserializeTree: {
    "tensors that the tree has not": () =>
      t.deserializeTree(t.writeSafetensors([["b", { shape: [1], data: Int32Array.of(1) }]]), { a: f32 }),
    "another shape": () =>
      t.deserializeTree(t.writeSafetensors([["a", { shape: [1], data: Int32Array.of(1) }]]), { a: f32 }),
    "floats for integers": () =>
      t.deserializeTree(t.writeSafetensors([["a", { shape: [1], data: Float32Array.of(1.5) }]]), {
        a: t.ones([1], "i32"),
      }),
  },

  ...NOTHING("it formats any value", "show", "showShape", "showBytes"),
  ...NOTHING("it multiplies any sizes", "sizeOf"),
  ...NOTHING("it tests any value", "isKernelDevice", "isAllocationFailure"),
  ...NOTHING("it frees any tree", "disposeTree"),
  ...NOTHING("it hashes any bytes", "fnv1a"),
  ...NOTHING("it takes a name and a function", "scope"),
  ...NOTHING(
    "its arguments are tested in compile_test.ts and in the tests of the devices",
    "compile",
    "evaluate",
    "openDevice",
  ),
  ...NOTHING("its promise is rejected, which serialize_tree_test.ts tests", "serializeTree"),
  ...NOTHING("a class; tensor() creates its objects", "Tensor"),
  ...NOTHING("a class that collects trees", "DisposableTrees"),
  ...NOTHING("a class of what readTorchFile() finds", "PickledObject", "TorchStorage", "TorchTensor"),
  ...NOTHING("it reads the ranks of the function that is traced", "rankCount"),
  allReduce: real("allReduce"),
  allMean: real("allMean"),
  allGather: { ...real("allGather"), "no axis": () => t.allGather(t.tensor(1)) },
  ownRows: { nothing: "it returns its argument where there is one rank; ranks_test.ts tests it on several" },
  localCommunicators: whole("number of ranks", (n) => t.localCommunicators(n), [0]),
  ...NOTHING(
    "a class of errors",
    "BufferLimitError",
    "DeviceLostError",
    "DeviceMemoryError",
    "FileFormatError",
    "MemoryError",
    "NoAdapterError",
    "NumberError",
  ),
  ...NOTHING(
    "bytes of files are tested in the tests of io, with malicious and random files",
    ...[
      "blobAccess",
      "checkCrc",
      "elementsOf",
      "gunzip",
      "gzip",
      "inflateExactly",
      "readTorchFile",
      "isGzip",
      "openSafetensors",
      "parseNpy",
      "parseNpz",
      "parseSafetensors",
    ],
    ...[
      "safetensorsHeader",
      "safetensorsParts",
      "toFloat32",
      "toInt32",
      "unzip",
      "writeNpy",
      "writeNpz",
      "writeSafetensors",
    ],
    ...Object.keys(t).filter((name) =>
      /^open(?:Npy|Npz|PackedNpy|Zip)$|^(?:gunzipStart|gzipSize|declaredSize)$/.test(name)
    ),
  ),
  ...NOTHING("four words in, four words out", "philox"),
  ...NOTHING(
    "amounts of memory are checked in memory_budget_test.ts",
    ...["availableMemory", "describeShortage", "largestFitting", "limitMemory", "requireMemory"],
  ),
};

function scatterBad(name: "scatter" | "scatterAdd"): Bad {
  const at = t.tensor(Int32Array.of(0, 3)), two = t.tensor([1, 2]);
  return {
    ...noTensor(name, at, two),
    ...axis((n) => t[name](f32, t.tensor(Int32Array.of(0)), t.ones([1, 3]), n)),
    "numbers of f32": () => t[name](vector, two, two),
    "a number out of range": () => t[name](vector, t.tensor(Int32Array.of(0, 4)), two),
    "updates of another type": () => t[name](vector, at, t.cast(two, "i32")),
    "updates of another shape": () => t[name](vector, at, vector),
    "updates that are no tensor": () => loose[name]!(vector, at, [1, 2]),
  };
}

function searchBad(call: (options: Readonly<Record<string, unknown>>) => unknown): Bad {
  return {
    "a radius of NaN": () => call({ radius: NaN }),
    "a negative radius": () => call({ radius: -1 }),
    "a norm below 1": () => call({ norm: 0.5 }),
    "a norm of NaN": () => call({ norm: NaN }),
    "an unknown method": () => call({ method: "fast" }),
    "offsets of f32": () => call({ offsets: vector, queryOffsets: vector }),
    "offsets of points alone": () => call({ offsets: t.tensor(Int32Array.of(0, 2, 4)) }),
    "offsets that are no tensor": () => call({ offsets: [0, 4] }),
  };
}

function randomBad(call: (k: typeof key, size: number) => unknown): Bad {
  return {
    ...whole("size", (n) => call(key, n)),
    ...whole("seed", (n) => call({ ...key, seed: n }, 1)),
    ...whole("step", (n) => call({ ...key, step: n }, 1)),
  };
}
