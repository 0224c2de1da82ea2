/**
 * Batched matrix products through shared memory, with the stores of the epilogue printed in place.
 *
 * A workgroup computes one tile of one product. Shared memory holds, for a step of `depth` terms, the tile of A as
 * `[row][depth / 4]` and that of B as `[depth][column / 4]` vectors of four, each row padded by one vector so that
 * threads that write down a column do not meet in one bank. The next step is fetched into registers while the
 * present one is multiplied. At the end strips of the result pass through shared memory once more, so that the
 * epilogue's loads and stores run along rows.
 *
 * @module
 */
import type { GemmKernel, LoopKernel, MatrixView, Store } from "../ir/kernel.ts";
import { Block, type NamedAxis } from "./block.ts";
import { type GemmPlan, planGemm, type Tile } from "./gemm_tile.ts";
import { combinePartials, partialBuffer, type Partials, partialStores, printLoopKernel } from "./loop.ts";
import { GROUP_INDEX, type Pass, type Passes, Shader } from "./shader.ts";
import { axesOf, indent, unravel, volume } from "./unravel.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const COMPONENTS = ["x", "y", "z", "w"] as const;

/** Whether all of a matrix can be read as aligned vectors along a dimension whose stride is `along`. */
function readsVectors(view: MatrixView, along: number, across: number, extent: number): boolean {
  return along === 1 && [view.offset, across, extent, ...view.batch].every((stride) => stride % 4 === 0);
}

/** How one operand is brought into shared memory. */
interface Operand {
  /** Name of the function that reads a vector, and of what belongs to the operand. */
  readonly name: "a" | "b";
  readonly view: MatrixView;
  /** Stride between the elements of a vector, and between vectors of neighbouring positions. */
  readonly along: number;
  readonly across: number;
  /** Size of the tile in vectors along, and in positions across. */
  readonly vectors: number;
  readonly positions: number;
  readonly wide: boolean;
}

/**
 * Declares `load_a(at, across, along, …)`: four elements from `along` on at position `across`, 0 outside the matrix.
 * `last` is the end along the vector.
 */
function declareLoad(shader: Shader, operand: Operand): void {
  const { name, view, along, across, wide } = operand;
  const buffer = shader.reads(view.buffer);
  const step = shader.param(`${name}_along`, along);
  const element = (i: number) =>
    shader.element(view.buffer, `start + min(along + ${i}u, along_end - 1u) * ${step}`);
  const body = wide ? [`if (along < along_end) { result = ${buffer}[(start + along * ${step}) >> 2u]; }`] : [
    `let inside = vec4<u32>(along) + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(along_end);`,
    `result = select(result, vec4<f32>(${range(4).map(element).join(", ")}), inside);`,
  ];
  shader.declare([
    `fn load_${name}(at: u32, across: u32, across_end: u32, along: u32, along_end: u32) -> vec4<f32> {`,
    "  var result = vec4<f32>();",
    "  if (across < across_end) {",
    `    let start = at + across * ${shader.param(`${name}_across`, across)};`,
    ...body.map((line) => `    ${line}`),
    "  }",
    "  return result;",
    "}",
  ].join("\n"));
}

/** Where the matrix of a batch point starts. Zeros are written out too, so that most products share a shader. */
function startOf({ offset, batch }: MatrixView, shader: Shader, axes: readonly NamedAxis[]): string {
  const terms = axes.map(({ name, from }) => `${name} * ${shader.param("batch_stride", batch[from] ?? 0)}`);
  return [shader.param("offset", offset), ...terms].join(" + ");
}

/** Position and vector of the `i`-th vector that a thread carries: neighbouring threads read neighbouring elements. */
function carried(
  { along, across, vectors, positions, wide }: Operand,
  threads: number,
  i: number,
): [string, string] {
  const at = i === 0 ? "lane" : `(lane + ${i * threads}u)`;
  const rowwise = wide || Math.abs(along) <= Math.abs(across) && along !== 0;
  return rowwise
    ? [`${at} / ${vectors}u`, `${at} % ${vectors}u`]
    : [`${at} % ${positions}u`, `${at} / ${positions}u`];
}

/** One tile's worth of a product, stored by `stores`, which may be partial sums of one split. */
function printTiles(
  kernel: GemmKernel,
  tile: Tile,
  stores: readonly Store[],
  splits: number,
  partialPoints: number,
): Pass {
  const { batch, m, n, k, a, b } = kernel;
  const { rows, columns, height, width, depth } = tile;
  const threads = rows * columns, tileRows = rows * height, tileColumns = columns * width;
  const shader = new Shader(kernel.buffers);

  // Vectors of A run along k. Vectors of B run along n.
  const left: Operand = {
    name: "a",
    view: a,
    along: a.column,
    across: a.row,
    vectors: depth / 4,
    positions: tileRows,
    wide: readsVectors(a, a.column, a.row, k),
  };
  const right: Operand = {
    name: "b",
    view: b,
    along: b.column,
    across: b.row,
    vectors: tileColumns / 4,
    positions: depth,
    wide: readsVectors(b, b.column, b.row, n),
  };
  for (const operand of [left, right]) {
    if (operand.wide) shader.vector(operand.view.buffer);
  }
  const pitchA = depth / 4 + 1, pitchB = tileColumns / 4 + 1, startB = tileRows * pitchA;
  shader.declare(`var<workgroup> tile: array<vec4<f32>, ${startB + depth * pitchB}>;`);
  declareLoad(shader, left);
  declareLoad(shader, right);

  const tilesM = Math.ceil(m / tileRows), tilesN = Math.ceil(n / tileColumns), batches = volume(batch);
  const sizeM = shader.param("m", m), sizeN = shader.param("n", n), sizeK = shader.param("k", k);
  const countM = shader.param("tiles_m", tilesM), countN = shader.param("tiles_n", tilesN);
  const parts = splits > 1 ? shader.param("splits", splits) : "1u";
  const chunk = splits > 1 ? shader.param("chunk", Math.ceil(k / splits / depth) * depth) : sizeK;
  const head = [
    `let tile_n = group % ${countN};`,
    `let tile_m = group / ${countN} % ${countM};`,
    `let rest = group / ${countN} / ${countM};`,
    `let split = rest % ${parts};`,
    `let batch = rest / ${parts};`,
    `if (batch >= ${shader.param("batches", batches)}) { return; }`,
  ];
  const batchAxes = unravel(head, shader, axesOf(batch), "batch", "i");
  head.push(
    `let at_a = ${startOf(a, shader, batchAxes)};`,
    `let at_b = ${startOf(b, shader, batchAxes)};`,
    `let row0 = tile_m * ${tileRows}u;`,
    `let column0 = tile_n * ${tileColumns}u;`,
    `let row = lane / ${columns}u;`,
    `let column = lane % ${columns}u;`,
    `let first = split * ${chunk};`,
    `let end = min(first + ${chunk}, ${sizeK});`,
  );

  // Fetching a step from memory into registers, and putting it into shared memory.
  const carriedA = tileRows * depth / 4 / threads, carriedB = tileColumns * depth / 4 / threads;
  const fetch = [
    ...range(carriedA).map((i) => {
      const [position, vector] = carried(left, threads, i);
      return `a${i} = load_a(at_a, row0 + ${position}, ${sizeM}, step + (${vector}) * 4u, end);`;
    }),
    ...range(carriedB).map((i) => {
      const [position, vector] = carried(right, threads, i);
      return `b${i}_ = load_b(at_b, step + ${position}, end, column0 + (${vector}) * 4u, ${sizeN});`;
    }),
  ];
  const put = [
    ...range(carriedA).map((i) => {
      const [position, vector] = carried(left, threads, i);
      return `tile[(${position}) * ${pitchA}u + ${vector}] = a${i};`;
    }),
    ...range(carriedB).map((i) => {
      const [position, vector] = carried(right, threads, i);
      return `tile[${startB}u + (${position}) * ${pitchB}u + ${vector}] = b${i}_;`;
    }),
  ];
  const vectors = width / 4;
  const multiply = [
    `for (var q = 0u; q < ${shader.param("quarter", depth / 4)}; q++) {`,
    ...range(height).map((i) => `  let x${i} = tile[(row + ${i * rows}u) * ${pitchA}u + q];`),
    ...COMPONENTS.flatMap((component, t) => [
      ...range(vectors).map((j) =>
        `  let y${t}${j} = tile[${startB}u + (q * 4u + ${t}u) * ${pitchB}u + column + ${j * columns}u];`
      ),
      ...range(height).flatMap((i) =>
        range(vectors).map((j) => `  sum${i}_${j} += x${i}.${component} * y${t}${j};`)
      ),
    ]),
    "}",
  ];
  // Each turn fetches a step, then multiplies the one before, which is in shared memory, while the loads are under way.
  const loop = [
    ...range(height).flatMap((i) => range(vectors).map((j) => `var sum${i}_${j} = vec4<f32>();`)),
    ...range(carriedA).map((i) => `var a${i} = vec4<f32>();`),
    ...range(carriedB).map((i) => `var b${i}_ = vec4<f32>();`),
    `for (var step = first; step < end + ${depth}u; step += ${depth}u) {`,
    "  if (step < end) {",
    ...indent(indent(fetch)),
    "  }",
    "  if (step > first) {",
    ...indent(indent(multiply)),
    "  }",
    ...indent(["workgroupBarrier();", ...put, "workgroupBarrier();"]),
    "}",
  ];

  const parameters = batchAxes.map(({ name }) => `, ${name}: u32`).join("");
  const arguments_ = batchAxes.map(({ name }) => `, ${name}`).join("");
  const epilogue = Block.root(
    shader,
    [...batchAxes, { name: "m", from: batch.length }, { name: "n", from: batch.length + 1 }],
    ["sum"],
  );
  epilogue.stores(stores, splits > 1 ? `split * ${shader.param("partial", partialPoints)}` : undefined);
  shader.declare([
    `fn finish(lane: u32, row0: u32, column0: u32, split: u32${parameters}) {`,
    `  for (var e = lane; e < ${shader.param("strip", rows * tileColumns)}; e += ${threads}u) {`,
    `    let m = row0 + e / ${tileColumns}u;`,
    `    let n = column0 + e % ${tileColumns}u;`,
    `    if (m < ${sizeM} && n < ${sizeN}) {`,
    "      let sum = tile[e >> 2u][e & 3u];",
    ...epilogue.lines.map((line) => `      ${line}`),
    "    }",
    "  }",
    "}",
  ].join("\n"));
  // The bound is not a constant, so that the epilogue is not compiled once for each strip.
  const finish = [
    `for (var strip = 0u; strip < ${shader.param("height", height)}; strip++) {`,
    "  workgroupBarrier();",
    "  switch strip {",
    ...range(height).map((i) =>
      `    ${i === 0 ? "default" : `case ${i}u`}: { ${
        range(vectors).map((j) =>
          `tile[row * ${tileColumns / 4}u + column + ${j * columns}u] = sum${i}_${j};`
        )
          .join(" ")
      } }`
    ),
    "  }",
    "  workgroupBarrier();",
    `  finish(lane, row0 + strip * ${rows}u, column0, split${arguments_});`,
    "}",
  ];
  const text = shader.finish(indent([GROUP_INDEX, ...head, ...loop, ...finish]), threads);
  return { ...text, groups: tilesM * tilesN * batches * splits };
}

/** The same product as a loop kernel whose reduce axis is k. */
function asLoop(kernel: GemmKernel): LoopKernel {
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

/**
 * Prints a matrix product.
 *
 * @param kernel Product with at least one element.
 * @param plan How to compute it.
 */
export function printGemm(kernel: GemmKernel, plan: GemmPlan = planGemm(kernel)): Passes {
  if (plan === "loop") return printLoopKernel(asLoop(kernel));
  const { tile, splits } = plan;
  if (splits === 1) return { passes: [printTiles(kernel, tile, kernel.stores, 1, 0)], scratch: [] };
  const { name, buffers, batch, m, n } = kernel;
  const map = [...batch, m, n];
  const partials: Partials = { buffers, name, map, accumulators: [{ kind: "sum", dtype: "f32" }], splits };
  const { buffer, bytes } = partialBuffer(partials);
  const first = { ...kernel, buffers: [...buffers, buffer] };
  return {
    passes: [
      printTiles(first, tile, partialStores(partials), splits, volume(map)),
      combinePartials(partials, kernel.stores),
    ],
    scratch: [bytes],
  };
}
