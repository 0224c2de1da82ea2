/**
 * Batched matrix products through shared memory, with the stores of the epilogue generated in place.
 *
 * A workgroup computes one tile of one product. Shared memory holds the tiles of A and B for a step of `depth` terms
 * (`gemm_operand.ts`). The next step is fetched into registers while the current one is multiplied. At the end, strips
 * of the result pass through shared memory once more, so that the epilogue's loads and stores run along rows.
 *
 * @module
 */
import type { GemmKernel, LoopKernel, MatrixView, PatchGemmKernel, Store } from "../../ir/kernel.ts";
import { Block, type NamedAxis } from "../shader/block.ts";
import {
  copyTile,
  declareLoad,
  holdTile,
  type Operand,
  operandsOf,
  type OperandType,
  patchOperandsOf,
  sharedVectors,
  startOf,
} from "./gemm_operand.ts";
import { DEPTH_UNIT, type GemmPlan, planGemm, planTiles, type Tile } from "./gemm_tile.ts";
import {
  combinePartials,
  partialBuffer,
  type Partials,
  partialStores,
  printLoopKernel,
} from "../shader/loop.ts";
import { GROUP_INDEX, type Pass, type Passes, Shader } from "../shader/shader.ts";
import { axesOf, indent, unravel, volume } from "../shader/unravel.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The sizes of a product as expressions. */
interface Extents {
  readonly m: string;
  readonly n: string;
  readonly k: string;
}

/** Computes the tile of a workgroup: `row0`, `column0`, the terms from `first` to `end`, and the batch indices. */
function placement(
  { batch, m, n, k }: GemmKernel | PatchGemmKernel,
  { rows, columns, height, width }: Tile,
  splits: number,
  shader: Shader,
  extents: Extents,
): { lines: string[]; axes: NamedAxis[]; groups: number } {
  const tilesM = Math.ceil(m / (rows * height)), tilesN = Math.ceil(n / (columns * width));
  const batches = volume(batch);
  const countM = shader.param("tiles_m", tilesM), countN = shader.param("tiles_n", tilesN);
  const countSplits = splits > 1 ? shader.param("splits", splits) : "1u";
  const chunk = splits > 1
    ? shader.param("chunk", Math.ceil(k / splits / DEPTH_UNIT) * DEPTH_UNIT)
    : extents.k;
  const lines = [
    `let tile_n = group % ${countN};`,
    `let tile_m = group / ${countN} % ${countM};`,
    `let rest = group / ${countN} / ${countM};`,
    `let split = rest % ${countSplits};`,
    `let batch = rest / ${countSplits};`,
    `if (batch >= ${shader.param("batches", batches)}) { return; }`,
    `let row0 = tile_m * ${rows * height}u;`,
    `let column0 = tile_n * ${columns * width}u;`,
    `let row = lane / ${columns}u;`,
    `let column = lane % ${columns}u;`,
    `let first = split * ${chunk};`,
    `let end = min(first + ${chunk}, ${extents.k});`,
  ];
  const axes = unravel(lines, shader, axesOf(batch), "batch", "i");
  return { lines, axes, groups: tilesM * tilesN * batches * splits };
}

/** Multiplies the tiles in shared memory: each thread adds to `sum<i>_<j>`, row i and vector j of its block. */
function multiply(
  { height, width, depth }: Tile,
  left: Operand,
  right: Operand,
  base: string,
  shader: Shader,
): string[] {
  const rows = holdTile(left, "row", base), columns = holdTile(right, "column", base);
  const products = range(4).flatMap((term) =>
    range(width / 4).flatMap((j) => {
      const vector = `v${term}_${j}`;
      return [
        `let ${vector} = ${columns.vector(j, term)};`,
        ...range(height).map((i) => `sum${i}_${j} += ${rows.element(i, term)} * ${vector};`),
      ];
    })
  );
  return [
    // Compilers unroll loops with constant bounds; the body is large enough.
    `for (var q = 0u; q < ${shader.param("quarter", depth / 4)}; q++) {`,
    ...indent([...rows.lines, ...columns.lines, ...products]),
    "}",
  ];
}

/**
 * The loop over the terms. Each iteration fetches a step, then multiplies the previous one while the loads are in
 * flight. With two stages the steps alternate between two buffers in shared memory (double buffering), with one barrier
 * between.
 */
function termLoop(
  tile: Tile,
  { left, right }: { readonly left: Operand; readonly right: Operand },
  extents: Extents,
  shader: Shader,
): string[] {
  const { rows, columns, height, width, depth, stages } = tile;
  const alternates = stages === 2, base = alternates ? "base + " : "";
  const copies = [
    copyTile(left, rows * columns, ["row0", extents.m], ["step", "end"], base),
    copyTile(right, rows * columns, ["column0", extents.n], ["step", "end"], base),
  ];
  return [
    ...range(height).flatMap((i) => range(width / 4).map((j) => `var sum${i}_${j} = vec4<f32>();`)),
    ...copies.flatMap(({ declare }) => declare),
    ...(alternates ? ["var base = 0u;"] : []),
    `for (var step = first; step < end + ${depth}u; step += ${depth}u) {`,
    "  if (step < end) {",
    ...indent(indent(copies.flatMap(({ fetch }) => fetch))),
    "  }",
    "  if (step > first) {",
    ...indent(indent(multiply(tile, left, right, base, shader))),
    "  }",
    ...indent([
      alternates ? `base = ${stepVectors(left, right)}u - base;` : "workgroupBarrier();",
      ...copies.flatMap(({ put }) => put),
      "workgroupBarrier();",
    ]),
    "}",
  ];
}

/** Vectors of shared memory per step. */
function stepVectors(left: Operand, right: Operand): number {
  return sharedVectors(left) + sharedVectors(right);
}

/** Declares `finish`, which stores a strip of `rows` rows from shared memory. */
function declareFinish(
  kernel: GemmKernel | PatchGemmKernel,
  { rows, columns, width }: Tile,
  axes: readonly NamedAxis[],
  partial: string | undefined,
  extents: Extents,
  strip: string,
  shader: Shader,
): void {
  const rank = kernel.batch.length, stripColumns = columns * width;
  const block = Block.root(shader, [...axes, { name: "m", from: rank }, { name: "n", from: rank + 1 }], [
    "sum",
  ]);
  block.stores(kernel.stores, partial && `split * ${partial}`);
  const parameters = ["lane", "row0", "column0", "split", ...axes.map(({ name }) => name)];
  shader.declare([
    `fn finish(${parameters.map((name) => `${name}: u32`).join(", ")}) {`,
    `  for (var e = lane; e < ${shader.param("strip", rows * stripColumns)}; e += ${rows * columns}u) {`,
    `    let m = row0 + e / ${stripColumns}u * 4u;`,
    `    let n = column0 + e % ${stripColumns}u;`,
    `    if (m < ${extents.m} && n < ${extents.n}) {`,
    `      let sum = ${strip}[e >> 2u][e & 3u];`,
    ...block.lines.map((line) => `      ${line}`),
    "    }",
    "  }",
    "}",
  ].join("\n"));
}

/** Passes the sums of all threads through shared memory in strips, row i of every thread's block at a time. */
function finishLoop(
  { rows, columns, height, width }: Tile,
  axes: readonly NamedAxis[],
  strip: string,
  shader: Shader,
): string[] {
  const put = (i: number) =>
    range(width / 4).map((j) =>
      `${strip}[row * ${columns * width / 4}u + column + ${j * columns}u] = sum${i}_${j};`
    );
  // Row i of a thread is row `4 · (row + rows · ⌊i / 4⌋) + i mod 4` of the tile.
  const stripRow = `row0 + (strip >> 2u) * ${4 * rows}u + (strip & 3u)`;
  const place = ["lane", stripRow, "column0", "split", ...axes.map(({ name }) => name)];
  return [
    // The bound is not a constant, so that the epilogue is compiled only once.
    `for (var strip = 0u; strip < ${shader.param("height", height)}; strip++) {`,
    "  workgroupBarrier();",
    "  switch strip {",
    ...range(height).map((i) => `    ${i === 0 ? "default" : `case ${i}u`}: { ${put(i).join(" ")} }`),
    "  }",
    "  workgroupBarrier();",
    `  finish(${place.join(", ")});`,
    "}",
  ];
}

/** Generates a tiled product. With `splits` above 1, it stores partial sums. */
function printTiles(
  kernel: GemmKernel | PatchGemmKernel,
  tile: Tile,
  splits: number,
  type: OperandType,
): Pass {
  const { batch, m, n, k } = kernel;
  const shader = new Shader(kernel.buffers);
  const operands = kernel.kind === "gemm"
    ? operandsOf(kernel, tile, type)
    : patchOperandsOf(kernel, tile, type);
  const both = [operands.left, operands.right];
  for (const { wide, view } of both) if (wide) shader.vector(view.buffer);
  const sizeOfSteps = tile.stages * stepVectors(operands.left, operands.right);
  const sizeOfStrip = tile.rows * tile.columns * tile.width / 4;
  // Sums of f32 reuse the shared memory of f32 operands; next to f16 operands they need their own.
  const strip = type === "f32" ? "tile" : "sums";
  if (type === "f16") {
    shader.enable("f16");
    shader.declare(`var<workgroup> sums: array<vec4<f32>, ${sizeOfStrip}>;`);
  }
  const sizeOfTile = type === "f32" ? Math.max(sizeOfSteps, sizeOfStrip) : sizeOfSteps;
  shader.declare(`var<workgroup> tile: array<vec4<${type}>, ${sizeOfTile}>;`);
  for (const operand of both) declareLoad(shader, operand);

  const extents = { m: shader.param("m", m), n: shader.param("n", n), k: shader.param("k", k) };
  const { lines, axes, groups } = placement(kernel, tile, splits, shader, extents);
  const partial = splits > 1 ? shader.param("partial", volume([...batch, m, n])) : undefined;
  declareFinish(kernel, tile, axes, partial, extents, strip, shader);
  const body = [
    GROUP_INDEX,
    ...lines,
    ...both.map((operand) => `let at_${operand.name} = ${startOf(operand, shader, axes)};`),
    ...termLoop(tile, operands, extents, shader),
    ...finishLoop(tile, axes, strip, shader),
  ];
  return { ...shader.finish(indent(body), tile.rows * tile.columns), groups };
}

/** Returns the product as a loop kernel whose reduce axis is k. */
export function gemmAsReduction(kernel: GemmKernel): LoopKernel {
  const { name, buffers, batch, m, n, k, a, b, stores } = kernel;
  const load = ({ buffer, offset }: MatrixView, strides: readonly number[]) =>
    ({ op: "load", dtype: "f32", buffer, address: { offset, strides, indirect: [] }, guards: [] }) as const;
  const left = load(a, [...a.batch, a.row, 0, a.column]);
  const right = load(b, [...b.batch, 0, b.column, b.row]);
  return {
    kind: "loop",
    name,
    buffers,
    map: [...batch, m, n],
    reduce: [k],
    accumulators: [{ kind: "sum", dtype: "f32", value: { op: "mul", dtype: "f32", args: [left, right] } }],
    stores,
  };
}

/** Generates a tiled product whose inner dimension is split over workgroups. */
function printSplit(
  kernel: GemmKernel | PatchGemmKernel,
  tile: Tile,
  splits: number,
  type: OperandType,
): Passes {
  const { name, buffers, batch, m, n } = kernel;
  const accumulators = [{ kind: "sum", dtype: "f32" }] as const;
  const partials: Partials = { buffers, name, map: [...batch, m, n], accumulators, splits };
  const { buffer, bytes } = partialBuffer(partials);
  const stores: readonly Store[] = partialStores(partials);
  const first = printTiles({ ...kernel, buffers: [...buffers, buffer], stores }, tile, splits, type);
  return { passes: [first, combinePartials(partials, kernel.stores)], scratch: [bytes] };
}

/**
 * Generates the shaders of a matrix product.
 *
 * @param kernel Product with at least one element.
 * @param plan How to compute it; only the tile is a free choice, the rest follows from the shape.
 * @param subgroup Subgroup size for shuffles; 1 if not supported.
 * @param type Type that operands are rounded to before multiplication; thin products stay in f32.
 */
export function printGemm(
  kernel: GemmKernel,
  plan: GemmPlan = planGemm(kernel),
  subgroup = 1,
  type: OperandType = "f32",
): Passes {
  if (plan === "loop") return printLoopKernel(gemmAsReduction(kernel), subgroup);
  const { tile, splits } = plan;
  if (splits > 1) return printSplit(kernel, tile, splits, type);
  return { passes: [printTiles(kernel, tile, 1, type)], scratch: [] };
}

/**
 * Generates a product over windows, with a tile that leaves few rows or columns empty.
 *
 * @param kernel Product with at least one element.
 * @param type Type that operands are rounded to before multiplication.
 */
export function printPatchGemm(kernel: PatchGemmKernel, type: OperandType = "f32"): Passes {
  const { tile, splits } = planTiles(kernel);
  if (splits > 1) return printSplit(kernel, tile, splits, type);
  return { passes: [printTiles(kernel, tile, 1, type)], scratch: [] };
}
