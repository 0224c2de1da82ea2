/**
 * How an operand of a matrix product gets from memory into shared memory: in vectors of four along one dimension,
 * fetched into registers first and put down later.
 *
 * @module
 */
import type { GemmKernel, MatrixView } from "../ir/kernel.ts";
import type { NamedAxis } from "./block.ts";
import type { Tile } from "./gemm_tile.ts";
import type { Shader } from "./shader.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** One operand. Its tile lies in shared memory as `[position][vector]`, or `[vector row]`, padded by a vector. */
export interface Operand {
  readonly name: "a" | "b";
  readonly view: MatrixView;
  /** Stride between the elements of a vector, and between neighbouring positions. */
  readonly along: number;
  readonly across: number;
  /** Size of a tile: vectors along, positions across. */
  readonly vectors: number;
  readonly positions: number;
  /** Where its tile starts in shared memory, and how far apart positions are, in vectors. */
  readonly start: number;
  readonly pitch: number;
  /** Whether the matrix can be read in aligned vectors. */
  readonly wide: boolean;
}

/** Whether all of a matrix can be read as aligned vectors along a dimension whose stride is `along`. */
function readsVectors(view: MatrixView, along: number, across: number, extent: number): boolean {
  return along === 1 && [view.offset, across, extent, ...view.batch].every((stride) => stride % 4 === 0);
}

/** The operands of a product: vectors of A run along k and positions along m; vectors of B along n, positions along k. */
export function operandsOf({ a, b, k, n }: GemmKernel, tile: Tile): { left: Operand; right: Operand } {
  const { depth } = tile;
  const positions = tile.rows * tile.height, columns = tile.columns * tile.width;
  const left: Operand = {
    name: "a",
    view: a,
    along: a.column,
    across: a.row,
    vectors: depth / 4,
    positions,
    start: 0,
    pitch: depth / 4 + 1,
    wide: readsVectors(a, a.column, a.row, k),
  };
  const right: Operand = {
    name: "b",
    view: b,
    along: b.column,
    across: b.row,
    vectors: columns / 4,
    positions: depth,
    start: positions * left.pitch,
    pitch: columns / 4 + 1,
    wide: readsVectors(b, b.column, b.row, n),
  };
  return { left, right };
}

/** Vectors of shared memory that the tile of an operand takes. */
export function sharedVectors({ positions, pitch }: Operand): number {
  return positions * pitch;
}

/**
 * Declares `load_a(at, across, across_end, along, along_end)`: the elements `along` to `along + 3` at a position, 0
 * where they are past an end. `at` is the start of the matrix.
 */
export function declareLoad(shader: Shader, { name, view, along, across, wide }: Operand): void {
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
 * The share of one thread in bringing a tile in. Neighbouring threads read neighbouring elements.
 *
 * @param operand Operand, whose matrix starts at `at_a` or `at_b`.
 * @param threads Threads that share the work.
 * @param across First position of the tile and end of the matrix.
 * @param along First element along the vectors and end.
 */
export function copyTile(
  operand: Operand,
  threads: number,
  across: readonly [string, string],
  along: readonly [string, string],
): Copy {
  const { name, vectors, positions, start, pitch, wide } = operand;
  const rowwise = wide || (operand.along !== 0 && Math.abs(operand.along) <= Math.abs(operand.across));
  const total = vectors * positions;
  const shares = range(Math.ceil(total / threads)).map((i) => {
    const at = i === 0 ? "lane" : `(lane + ${i * threads}u)`;
    const [position, vector] = rowwise
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
      guarded(`tile[${start}u + (${position}) * ${pitch}u + ${vector}] = ${register};`)
    ),
  };
}
