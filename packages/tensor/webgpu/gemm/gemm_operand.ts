/**
 * How an operand of a matrix product moves from global memory to shared memory, and from there to registers.
 *
 * An operand is a matrix of `outer` (rows of A, columns of B) by `k`. It moves in vectors of four, first fetched into
 * registers, then stored to shared memory. The vectors run along the contiguous dimension of the matrix if they are
 * aligned there: one load is a vector. Otherwise they run along the other one, so that neighbouring threads read
 * neighbouring elements.
 *
 * @module
 */
import type { Digit, GemmKernel, MatrixView, PatchGemmKernel } from "../../ir/kernel.ts";
import type { NamedAxis } from "../shader/block.ts";
import type { Tile } from "./gemm_tile.ts";
import type { Shader } from "../shader/shader.ts";
import { unravel } from "../shader/unravel.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const COMPONENTS = ["x", "y", "z", "w"] as const;

/** One operand. */
export interface Operand {
  readonly name: "a" | "b";
  readonly view: Pick<MatrixView, "buffer" | "offset" | "batch">;
  /** The dimension that vectors run along. */
  readonly vectorsAlong: "outer" | "k";
  /** Strides between the elements of a vector, and between neighbouring indices of the other dimension. */
  readonly along: number;
  readonly across: number;
  /** Size of a tile: vectors along, indices across. */
  readonly vectors: number;
  readonly positions: number;
  /** Whether the matrix can be read in aligned vectors. */
  readonly wide: boolean;
  /** Threads along the outer dimension, and elements per thread, a multiple of 4. */
  readonly threads: number;
  readonly held: number;
  /** Start of its tile in shared memory, in vectors. */
  readonly start: number;
  /** Type of the elements in shared memory; products accumulate in f32 either way. */
  readonly type: OperandType;
  /** Digits of the outer dimension and of k, for operands addressed by digits instead of strides. */
  readonly digits?: { readonly outer: readonly Digit[]; readonly k: readonly Digit[] };
}

/** Element types for multiplication. */
export type OperandType = "f32" | "f16";

/** Returns whether all of a matrix can be read as aligned vectors along a dimension whose stride is `along`. */
function readsVectors(view: MatrixView, along: number, across: number, extent: number): boolean {
  return along === 1 && [view.offset, across, extent, ...view.batch].every((stride) => stride % 4 === 0);
}

interface Place {
  readonly name: "a" | "b";
  readonly view: MatrixView;
  readonly strides: { readonly outer: number; readonly k: number };
  readonly extents: { readonly outer: number; readonly k: number };
  readonly threads: number;
  readonly held: number;
  readonly start: number;
  readonly type: OperandType;
}

function operandOf(place: Place, depth: number): Operand {
  const { strides, extents, threads, held, view, ...rest } = place;
  const contiguous = Math.abs(strides.k) <= Math.abs(strides.outer) ? "k" : "outer";
  const other = contiguous === "k" ? "outer" : "k";
  const wide = readsVectors(view, strides[contiguous], strides[other], extents[contiguous]);
  const vectorsAlong = wide ? contiguous : other;
  const [vectors, positions] = vectorsAlong === "k"
    ? [depth / 4, threads * held]
    : [threads * held / 4, depth];
  const [along, across] = vectorsAlong === "k" ? [strides.k, strides.outer] : [strides.outer, strides.k];
  return { ...rest, view, vectorsAlong, along, across, vectors, positions, wide, threads, held };
}

/** Returns the operands of a product; their tiles are consecutive in shared memory. */
export function operandsOf(
  { a, b, m, n, k }: GemmKernel,
  tile: Tile,
  type: OperandType = "f32",
): { left: Operand; right: Operand } {
  const left = operandOf({
    name: "a",
    view: a,
    strides: { outer: a.row, k: a.column },
    extents: { outer: m, k },
    threads: tile.rows,
    held: tile.height,
    start: 0,
    type,
  }, tile.depth);
  const right = operandOf({
    name: "b",
    view: b,
    strides: { outer: b.column, k: b.row },
    extents: { outer: n, k },
    threads: tile.columns,
    held: tile.width,
    start: sharedVectors(left),
    type,
  }, tile.depth);
  return { left, right };
}

/** Returns the operands of a product over windows. */
export function patchOperandsOf(
  kernel: PatchGemmKernel,
  tile: Tile,
  type: OperandType = "f32",
): { left: Operand; right: Operand } {
  const { a, b } = kernel, inner = (digits: readonly Digit[]) => digits.at(-1)?.stride ?? 0;
  const plain: GemmKernel = {
    ...kernel,
    kind: "gemm",
    a: { ...a, row: inner(a.row), column: inner(a.column) },
    b: { ...b, row: inner(b.row), column: inner(b.column) },
  };
  const { left, right } = operandsOf(plain, tile, type);
  // Vectors run along the non-contiguous dimension, so that neighbouring threads read neighbouring elements
  const apart = (operand: Operand, digits: Operand["digits"] & object): Operand => {
    if (!operand.wide) return { ...operand, digits };
    const vectorsAlong = operand.vectorsAlong === "k" ? "outer" : "k";
    const size = operand.threads * operand.held;
    const [vectors, positions] = vectorsAlong === "k" ? [tile.depth / 4, size] : [size / 4, tile.depth];
    return { ...operand, wide: false, vectorsAlong, vectors, positions, digits };
  };
  const first = apart(left, { outer: a.row, k: a.column });
  const second = apart(right, { outer: b.column, k: b.row });
  return { left: first, right: { ...second, start: sharedVectors(first) } };
}

/** Vectors of shared memory per tile of an operand. */
export function sharedVectors({ positions, vectors, vectorsAlong }: Operand): number {
  return positions * (vectors + 1) + (vectorsAlong === "k" ? 3 * vectors : 0);
}

/**
 * The index of a vector of a tile. Rows are padded by one vector, so that threads reading down a column do not conflict
 * in one bank. A thread holds four neighbouring indices of the outer dimension, which are stored in four quarters of
 * the tile: what neighbouring threads read together is then in neighbouring rows.
 */
function sharedIndex(
  { positions, vectors, vectorsAlong }: Operand,
  position: string,
  vector: string,
): string {
  const pitch = vectors + 1;
  if (vectorsAlong === "outer") return `(${position}) * ${pitch}u + ${vector}`;
  const quarter = positions / 4 * pitch + vectors;
  return `((${position}) & 3u) * ${quarter}u + ((${position}) >> 2u) * ${pitch}u + ${vector}`;
}

/** Expressions of what a thread holds of an operand for four terms of the inner dimension. */
export interface Held {
  /** Statements that load it from shared memory. */
  readonly lines: readonly string[];
  /** Element `at` of the thread for term 0 to 3. */
  readonly element: (at: number, term: number) => string;
  /** Elements `4 · vector` to `4 · vector + 3` for a term. */
  readonly vector: (vector: number, term: number) => string;
}

/**
 * Loads what a thread holds of an operand: elements `4 · (thread + threads · v) + c`, for terms `4 q` to `4 q + 3`.
 *
 * @param operand Operand.
 * @param thread Expression of the thread index along the outer dimension.
 * @param base Start of the current step in shared memory.
 */
export function holdTile(operand: Operand, thread: string, base: string): Held {
  const { name, vectorsAlong, threads, held, start, positions, vectors, type } = operand;
  const exact = (value: string, of: string) => type === "f32" ? value : `${of}(${value})`;
  const from = `${base}${start}u`;
  if (vectorsAlong === "outer") {
    const of = (vector: number, term: number) => `${name}${term}_${vector}`;
    const lines = range(4).flatMap((term) =>
      range(held / 4).map((vector) =>
        `let ${of(vector, term)} = tile[${from} + (q * 4u + ${term}u) * ${vectors + 1}u + ${thread} + ${
          vector * threads
        }u];`
      )
    );
    return {
      lines,
      element: (at, term) => exact(`${of(at >> 2, term)}.${COMPONENTS[at & 3]}`, "f32"),
      vector: (vector, term) => exact(of(vector, term), "vec4<f32>"),
    };
  }
  const pitch = vectors + 1, quarter = positions / 4 * pitch + vectors;
  const of = (at: number) => `${name}${at}`;
  const lines = range(held).map((at) =>
    `let ${of(at)} = tile[${from} + ${(at & 3) * quarter}u + (${thread} + ${
      (at >> 2) * threads
    }u) * ${pitch}u + q];`
  );
  const element = (at: number, term: number) => exact(`${of(at)}.${COMPONENTS[term]}`, "f32");
  // On a GPU the components are separate registers, so this vector costs nothing.
  const vector = (vector: number, term: number) =>
    `vec4<f32>(${range(4).map((c) => element(4 * vector + c, term)).join(", ")})`;
  return { lines, element, vector };
}

/**
 * Declares `load_a(at, across, across_end, along, along_end)`, which returns elements `along` to `along + 3` at an
 * index across, and 0 past an end. `at` is the start of the matrix.
 */
export function declareLoad(shader: Shader, operand: Operand): void {
  const { name, view, wide } = operand;
  const buffer = shader.reads(view.buffer);
  const { along, across } = positionsOf(shader, operand);
  const element = (i: number) =>
    shader.element(view.buffer, `start + ${along(`min(along + ${i}u, along_end - 1u)`)}`);
  const body = wide
    ? [`if (along < along_end) { result = ${buffer}[(start + ${along("along")}) >> 2u]; }`]
    : [
      `let inside = vec4<u32>(along) + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(along_end);`,
      `result = select(result, vec4<f32>(${range(4).map(element).join(", ")}), inside);`,
    ];
  shader.declare([
    `fn load_${name}(at: u32, across: u32, across_end: u32, along: u32, along_end: u32) -> vec4<f32> {`,
    "  var result = vec4<f32>();",
    "  if (across < across_end) {",
    `    let start = at + ${across("across")};`,
    ...body.map((line) => `    ${line}`),
    "  }",
    "  return result;",
    "}",
  ].join("\n"));
}

/** Maps expressions of an index along the vectors and across them to expressions of its offset. */
function positionsOf(shader: Shader, { name, along, across, digits, vectorsAlong }: Operand) {
  if (digits) {
    const named = (what: "outer" | "k") => {
      declareDigits(shader, `${name}_${what}`, digits[what]);
      return (index: string) => `${name}_${what}(${index})`;
    };
    return vectorsAlong === "k"
      ? { along: named("k"), across: named("outer") }
      : { along: named("outer"), across: named("k") };
  }
  const strided = (stride: string) => (index: string) => `${index} * ${stride}`;
  return {
    along: strided(shader.param(`${name}_along`, along)),
    across: strided(shader.param(`${name}_across`, across)),
  };
}

/** Declares a function from a row or column index to its offset. */
function declareDigits(shader: Shader, name: string, digits: readonly Digit[]): void {
  const lines: string[] = [];
  const axes = unravel(lines, shader, digits.map(({ size }, from) => ({ size, from })), "index", "d");
  const terms = axes.map(({ name, from }) => `${name} * ${shader.param("stride", digits[from]!.stride)}`);
  shader.declare([
    `fn ${name}(index: u32) -> u32 {`,
    ...lines.map((line) => `  ${line}`),
    `  return ${terms.length === 0 ? "0u" : terms.join(" + ")};`,
    "}",
  ].join("\n"));
}

/** The start of the matrix of a batch point. Zero strides are included, so that most products share a shader. */
export function startOf({ view }: Operand, shader: Shader, axes: readonly NamedAxis[]): string {
  const terms = axes.map(({ name, from }) =>
    `${name} * ${shader.param("batch_stride", view.batch[from] ?? 0)}`
  );
  return [shader.param("offset", view.offset), ...terms].join(" + ");
}

/** Statements that move a thread's share of a tile. */
export interface Copy {
  readonly declare: readonly string[];
  readonly fetch: readonly string[];
  readonly put: readonly string[];
}

/**
 * The share of one thread in loading a tile. Neighbouring threads read neighbouring elements.
 *
 * @param operand Operand, whose matrix starts at `at_a` or `at_b`.
 * @param threads Threads of the workgroup.
 * @param outer First element of the tile along the outer dimension, and end of the matrix.
 * @param k First term, and end.
 * @param base Start in shared memory of the step to store.
 */
export function copyTile(
  operand: Operand,
  threads: number,
  outer: readonly [string, string],
  k: readonly [string, string],
  base: string,
): Copy {
  const { name, vectors, positions, start, wide, vectorsAlong, type } = operand;
  const [along, across] = vectorsAlong === "k" ? [k, outer] : [outer, k];
  const total = vectors * positions;
  const shares = range(Math.ceil(total / threads)).map((i) => {
    const at = i === 0 ? "lane" : `(lane + ${i * threads}u)`;
    const [position, vector] = wide
      ? [`${at} / ${vectors}u`, `${at} % ${vectors}u`]
      : [`${at} % ${positions}u`, `${at} / ${positions}u`];
    const all = (i + 1) * threads <= total;
    const guarded = (statement: string) => all ? statement : `if (${at} < ${total}u) { ${statement} }`;
    return { register: `${name}_${i}`, position, vector, guarded };
  });
  return {
    declare: shares.map(({ register }) => `var ${register} = vec4<f32>();`),
    fetch: shares.map(({ register, position, vector, guarded }) =>
      guarded(
        `${register} = load_${name}(at_${name}, ${across[0]} + ${position}, ${across[1]}, ` +
          `${along[0]} + (${vector}) * 4u, ${along[1]});`,
      )
    ),
    put: shares.map(({ register, position, vector, guarded }) =>
      guarded(
        `tile[${base}${start}u + ${sharedIndex(operand, position, vector)}] = vec4<${type}>(${register});`,
      )
    ),
  };
}
