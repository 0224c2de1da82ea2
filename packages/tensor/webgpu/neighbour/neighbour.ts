/**
 * The trilinear neighbour form and its derivatives.
 *
 * Batch and channels are contiguous in every array, so they form one axis here, the rows. Where `mid` is a multiple
 * of four, a thread processes four of it as one vector: the arrays `[outputs, rows, mid]`, which are the largest, are
 * then read and written in full cache lines by neighbouring threads.
 *
 * @module
 */
import type { KernelBuffer, NeighbourKernel } from "../../ir/kernel.ts";
import { combinePartials, partialBuffer, type Partials } from "../shader/loop.ts";
import { GROUP_INDEX, type Pass, type Passes, Shader, WORKGROUP } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Vectors along `mid`: their type and their number. */
interface Mid {
  readonly type: "vec4<f32>" | "f32";
  readonly count: number;
}

function midOf({ mid }: NeighbourKernel): Mid {
  return mid % 4 === 0 ? { type: "vec4<f32>", count: mid / 4 } : { type: "f32", count: mid };
}

/** Creates a shader in which the given slots hold vectors along `mid`. */
function midShader(buffers: readonly KernelBuffer[], mid: Mid, slots: readonly number[]): Shader {
  const shader = new Shader(buffers);
  if (mid.type !== "f32") slots.forEach((slot) => shader.vector(slot));
  return shader;
}

/** Rows per thread, so that a weight is read once for all of them. */
const ROWS_PER_THREAD = 4;

/** The work of a thread: statements that define `item`, `part` (of mid), `row0`, `row1`, …, and bounds checks. */
interface Placement {
  readonly lines: readonly string[];
  /** Indices of the thread's rows. Rows past the last are clamped to it, and `insideN` is false. */
  readonly rows: readonly number[];
  readonly groups: number;
}

/**
 * Distributes items × rows × parts over threads, parts fastest, then rows. Workgroups process all items before the next
 * rows: items read each other's neighbourhood, and a narrow band of rows of it stays in the cache.
 */
function place(shader: Shader, items: number, rows: number, parts: number): Placement {
  const each = rows >= 2 * ROWS_PER_THREAD ? ROWS_PER_THREAD : 1;
  const strips = Math.ceil(rows / each), slots = Math.floor(WORKGROUP / parts);
  const rowsPerGroup = Math.min(strips, slots), itemsPerGroup = Math.floor(slots / rowsPerGroup);
  const itemGroups = Math.ceil(items / itemsPerGroup), chunks = Math.ceil(strips / rowsPerGroup);
  const countItemGroups = shader.param("item_groups", itemGroups);
  const apart = shader.param("rows_per_group", rowsPerGroup);
  const countItems = shader.param("items", items), countRows = shader.param("rows", rows);
  const lines = [
    `let item_group = group % ${countItemGroups};`,
    `let chunk = group / ${countItemGroups};`,
    `let part = lane % ${parts}u;`,
    `let slot = lane / ${parts}u;`,
    `let wanted = item_group * ${shader.param("items_per_group", itemsPerGroup)} + slot / ${apart};`,
    `let item = min(wanted, ${countItems} - 1u);`,
    `let exists = slot < ${shader.param("slots", rowsPerGroup * itemsPerGroup)} && wanted < ${countItems};`,
    `let first = chunk * ${apart} * ${each}u + slot % ${apart};`,
    ...range(each).flatMap((i) => [
      `let row${i} = min(first + ${apart} * ${i}u, ${countRows} - 1u);`,
      `let inside${i} = exists && first + ${apart} * ${i}u < ${countRows};`,
    ]),
  ];
  return { lines, rows: range(each), groups: itemGroups * chunks };
}

/**
 * `H[m, row, j] = Σ_k F[table[m, k], row] · W[m, k, j]`: a thread per vector of mid and a few rows.
 *
 * @param kernel Kernel with at least one element of H.
 */
export function printNeighbourSum(kernel: NeighbourKernel): Passes {
  const { outputs, neighbours, batch, channels, buffers } = kernel;
  const mid = midOf(kernel);
  const shader = midShader(buffers, mid, [1, 3]);
  const [features, weights, table, sums] = [
    shader.reads(0),
    shader.reads(1),
    shader.reads(2),
    shader.writes(3),
  ];
  // Parts are threads of one row; with a long mid, its remaining vectors become further items.
  const parts = largestDivisor(mid.count, MAX_PARTS), tiles = mid.count / parts;
  const { lines, rows, groups } = place(shader, outputs * tiles, batch * channels, parts);
  const countJ = shader.param("mid", mid.count), countK = shader.param("neighbours", neighbours);
  const countRows = shader.param("rows", batch * channels), countTiles = shader.param("tiles", tiles);
  const body = [
    GROUP_INDEX,
    ...lines,
    `let m = item / ${countTiles};`,
    `let j = item % ${countTiles} * ${parts}u + part;`,
    ...rows.map((i) => `var sum${i} = ${mid.type}();`),
    `for (var k = 0u; k < ${countK}; k++) {`,
    `  let edge = m * ${countK} + k;`,
    `  let point = u32(${table}[edge]) * ${countRows};`,
    `  let weight = ${weights}[edge * ${countJ} + j];`,
    ...rows.map((i) => `  sum${i} += ${features}[point + row${i}] * weight;`),
    "}",
    ...rows.map((i) =>
      `if (inside${i}) { ${sums}[(m * ${countRows} + row${i}) * ${countJ} + j] = sum${i}; }`
    ),
  ];
  return { passes: [{ ...shader.finish(indent(body)), groups }], scratch: [] };
}

/** Maximum number of threads that share a row. */
const MAX_PARTS = 16;

function largestDivisor(count: number, limit: number): number {
  let divisor = Math.max(1, Math.min(count, limit));
  while (count % divisor !== 0) divisor--;
  return divisor;
}

/**
 * `F[p, row] = Σ_{(m, k) with table[m, k] = p} Σ_j W[m, k, j] · H[m, row, j]`: neighbouring threads share vectors of
 * mid, and add their sums through shared memory at the end.
 *
 * @param kernel Kernel with at least one element of F.
 */
export function printNeighbourFeatures(kernel: NeighbourKernel): Passes {
  const { points, neighbours, batch, channels, buffers } = kernel;
  const mid = midOf(kernel);
  const shader = midShader(buffers, mid, [0, 1]);
  const [weights, sums] = [shader.reads(0), shader.reads(1)];
  const [starts, entries, features] = [shader.reads(2), shader.reads(3), shader.writes(4)];
  const parts = largestDivisor(mid.count, MAX_PARTS);
  const { lines, rows, groups } = place(shader, points, batch * channels, parts);
  const countJ = shader.param("mid", mid.count), countK = shader.param("neighbours", neighbours);
  const countRows = shader.param("rows", batch * channels);
  shader.declare(`var<workgroup> shared_sums: array<f32, ${WORKGROUP * rows.length}>;`);
  const product = (i: number) => {
    const value = `${sums}[(m * ${countRows} + row${i}) * ${countJ} + j]`;
    return mid.type === "f32" ? `weight * ${value}` : `dot(weight, ${value})`;
  };
  const body = [
    GROUP_INDEX,
    ...lines,
    ...rows.map((i) => `var sum${i} = 0.0;`),
    `let end = u32(${starts}[item + 1u]);`,
    `for (var e = u32(${starts}[item]); e < end; e++) {`,
    `  let entry = u32(${entries}[e]);`,
    `  let m = entry / ${countK};`,
    `  for (var j = part; j < ${countJ}; j += ${parts}u) {`,
    `    let weight = ${weights}[entry * ${countJ} + j];`,
    ...rows.map((i) => `    sum${i} += ${product(i)};`),
    "  }",
    "}",
    ...rows.map((i) => `shared_sums[${i * WORKGROUP}u + lane] = sum${i};`),
    "workgroupBarrier();",
    ...rows.flatMap((i) => [
      `if (part == 0u && inside${i}) {`,
      `  for (var other = 1u; other < ${parts}u; other++) {`,
      `    sum${i} += shared_sums[${i * WORKGROUP}u + lane + other];`,
      "  }",
      `  ${features}[item * ${countRows} + row${i}] = sum${i};`,
      "}",
    ]),
  ];
  return { passes: [{ ...shader.finish(indent(body)), groups }], scratch: [] };
}

/** Maximum number of neighbours whose sums a thread holds in registers. */
const MAX_SUMS = 16;
/** Target number of threads when there are few outputs, and minimum rows per thread. */
const ENOUGH_THREADS = 1 << 16;
const ROWS_PER_SPLIT = 16;

/** How the sums over rows are divided: see {@link printNeighbourWeights}. */
interface WeightTiling {
  /** Vectors of mid per workgroup, and threads that share the rows of each: a power of two. */
  readonly parts: number;
  readonly joined: number;
  /** Groups of neighbours. */
  readonly groups: number;
  readonly splits: number;
}

function weightTiling(kernel: NeighbourKernel): WeightTiling {
  const { outputs, neighbours, batch, channels } = kernel;
  const parts = largestDivisor(midOf(kernel).count, MAX_PARTS);
  const joined = 2 ** Math.floor(Math.log2(WORKGROUP / parts));
  const groups = Math.ceil(neighbours / MAX_SUMS);
  const workgroups = outputs * groups * (midOf(kernel).count / parts);
  const wanted = Math.ceil(ENOUGH_THREADS / (workgroups * WORKGROUP));
  const possible = Math.floor(batch * channels / (joined * ROWS_PER_SPLIT));
  return { parts, joined, groups, splits: Math.max(1, Math.min(wanted, possible)) };
}

/** Sums per thread that pass through shared memory together. */
const SUMS_AT_ONCE = 4;

/**
 * Adds `sum0`, `sum1`, … over the threads that share rows. Each result is added by one thread: there are about as
 * many results as a thread has rows, so a tree would cost more in barriers than it saves in additions.
 *
 * @param count Number of sums per thread.
 * @param store Statements that store the value `sum` of sum `k` for part `at`.
 */
function joinSums(count: number, parts: number, store: (k: string, sum: string) => string[]): string[] {
  return range(Math.ceil(count / SUMS_AT_ONCE)).flatMap((round) => {
    const sums = range(Math.min(SUMS_AT_ONCE, count - round * SUMS_AT_ONCE));
    return [
      "workgroupBarrier();",
      ...sums.map((i) => `shared_sums[${i * WORKGROUP}u + lane] = sum${round * SUMS_AT_ONCE + i};`),
      "workgroupBarrier();",
      `if (lane < ${sums.length * parts}u) {`,
      `  let at = lane % ${parts}u;`,
      `  let first = lane / ${parts}u * ${WORKGROUP}u + at;`,
      "  var total = shared_sums[first];",
      `  for (var other = 1u; other < joined; other++) { total += shared_sums[first + other * ${parts}u]; }`,
      ...indent(store(`(${round * SUMS_AT_ONCE}u + lane / ${parts}u)`, "total")),
      "}",
    ];
  });
}

function weightsPass(kernel: NeighbourKernel, target: number, tiling: WeightTiling): Pass {
  const { outputs, neighbours, batch, channels, buffers } = kernel;
  const { parts, joined, groups, splits } = tiling;
  const rows = batch * channels, mid = midOf(kernel), tiles = mid.count / parts;
  const shader = midShader(buffers, mid, [1, target]);
  const [features, sums, table, weights] = [
    shader.reads(0),
    shader.reads(1),
    shader.reads(2),
    shader.writes(target),
  ];
  const perGroup = Math.ceil(neighbours / groups);
  const countJ = shader.param("mid", mid.count), countRows = shader.param("rows", rows);
  const countGroups = shader.param("groups", groups), countK = shader.param("neighbours", neighbours);
  const countTiles = shader.param("tiles", tiles), countSplits = shader.param("splits", splits);
  const countM = shader.param("outputs", outputs), chunk = shader.param("chunk", Math.ceil(rows / splits));
  shader.declare(`var<workgroup> shared_sums: array<${mid.type}, ${SUMS_AT_ONCE * WORKGROUP}>;`);
  const body = [
    GROUP_INDEX,
    `let k0 = group % ${countGroups} * ${perGroup}u;`,
    `let tile = group / ${countGroups} % ${countTiles};`,
    `let rest = group / ${countGroups} / ${countTiles};`,
    `let split = rest % ${countSplits};`,
    `let m = rest / ${countSplits};`,
    `if (m >= ${countM}) { return; }`,
    `let j = tile * ${parts}u + lane % ${parts}u;`,
    `let part = lane / ${parts}u;`,
    `let joined = ${shader.param("joined", joined)};`,
    `let end = min(split * ${chunk} + ${chunk}, ${countRows});`,
    ...range(perGroup).flatMap((k) => [
      `let point${k} = u32(${table}[m * ${countK} + min(k0 + ${k}u, ${countK} - 1u)]) * ${countRows};`,
      `var sum${k} = ${mid.type}();`,
    ]),
    // Threads past the last full set of parts contribute nothing.
    `for (var row = select(end, split * ${chunk} + part, part < joined); row < end; row += joined) {`,
    `  let value = ${sums}[(m * ${countRows} + row) * ${countJ} + j];`,
    ...range(perGroup).map((k) => `  sum${k} += ${features}[point${k} + row] * value;`),
    "}",
    ...joinSums(perGroup, parts, (k, sum) => [
      `if (k0 + ${k} < ${countK}) {`,
      `  ${weights}[((split * ${countM} + m) * ${countK} + k0 + ${k}) * ${countJ} + tile * ${parts}u + at] = ${sum};`,
      "}",
    ]),
  ];
  return { ...shader.finish(indent(body)), groups: outputs * groups * tiles * splits };
}

/**
 * `W[m, k, j] = Σ_row F[table[m, k], row] · H[m, row, j]`: a workgroup per output and group of its neighbours; its
 * threads share the rows and their sums are combined. With few outputs, rows are also split over workgroups.
 *
 * @param kernel Kernel with at least one element of W.
 */
export function printNeighbourWeights(kernel: NeighbourKernel): Passes {
  const { outputs, neighbours, mid, name, buffers } = kernel;
  const tiling = weightTiling(kernel);
  if (tiling.splits === 1) return { passes: [weightsPass(kernel, 3, tiling)], scratch: [] };
  const partials: Partials = {
    buffers,
    name,
    map: [outputs * neighbours * mid],
    accumulators: [{ kind: "sum", dtype: "f32" }],
    splits: tiling.splits,
  };
  const { buffer, bytes } = partialBuffer(partials);
  const first = weightsPass({ ...kernel, buffers: [...buffers, buffer] }, buffers.length, tiling);
  const second = combinePartials(partials, [{
    buffer: 3,
    address: { offset: 0, strides: [1] },
    value: { op: "accumulator", dtype: "f32", index: 0 },
  }]);
  return { passes: [first, second], scratch: [bytes] };
}
