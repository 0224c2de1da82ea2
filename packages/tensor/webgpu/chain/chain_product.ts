/**
 * Code generation for the products of a chain: each thread accumulates a tile of 4 columns by 8 rows in registers, term
 * by term, and stores the sums to workgroup memory once all threads have read their operands from it.
 *
 * Consecutive threads cover different rows first, then different columns, so that 32 threads read few vectors of
 * either.
 *
 * @module
 */
import { printElements } from "./chain_elements.ts";
import { panelOf, type ProductPart } from "./chain_parts.ts";
import { type PackedWeights, type PlacedPart, TILE, tilesOf } from "./chain_plan.ts";
import type { Printing } from "./chain_printing.ts";
import { indent } from "../shader/unravel.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const COMPONENTS = ["x", "y", "z", "w"] as const;
/** Vectors of rows per tile. */
const HALVES = range(TILE.rows / 4);
const COLUMNS = range(TILE.columns);
/** Terms per iteration of the loop over terms. */
const TERMS = 4;

/**
 * Generates a product with its epilogue.
 *
 * @param printing The shader under construction.
 * @param part The product.
 * @param placed Its locations in workgroup memory.
 */
export function printProduct(printing: Printing, part: ProductPart, placed: PlacedPart): string[] {
  const { shader, plan } = printing, quads = plan.rows / 4, across = plan.rows / TILE.rows;
  const tiles = tilesOf(part.kernel.n, plan.rows);
  const inTiles = tiles === plan.threads ? "" : `if (lane < ${shader.param("tiles", tiles)}) `;
  const onTile = (lines: readonly string[]) => [`${inTiles}{`, ...indent(lines), "}"];
  const all = HALVES.flatMap((half) =>
    COLUMNS.map((column) => ({ half, column, sum: `sum${column}_${half}` }))
  );
  return [
    `let tile_row = lane % ${across}u * ${HALVES.length}u;`,
    `let tile_column = lane / ${across}u;`,
    ...all.map(({ sum }) => `var ${sum} = vec4<f32>();`),
    ...termLoops(printing, part, placed, onTile),
    "workgroupBarrier();",
    ...onTile([
      `let at = ${shader.param("sums", placed.sums)} + tile_column * ${TILE.columns * quads}u + tile_row;`,
      ...all.map(({ half, column, sum }) => `block[at + ${column * quads + half}u] = ${sum};`),
    ]),
    "workgroupBarrier();",
    ...printElements(printing, part, { sums: placed.sums }),
  ];
}

/** The loops over the terms: all at once, or panel by panel. */
function termLoops(
  printing: Printing,
  { kernel: { a, k }, args, fill }: ProductPart,
  { panel, weights }: PlacedPart,
  onTile: (lines: readonly string[]) => string[],
): string[] {
  const { shader, plan, chain } = printing, quads = plan.rows / 4;
  if (!weights) throw new Error("a product of a chain has no packed weights");
  const terms = shader.param("terms", k);
  if (!fill) {
    const local = args[a.buffer]! - chain.buffers.length;
    const start = shader.param("operand", plan.locals[local]! + a.offset * quads);
    const step = shader.param("step", a.column * quads);
    return onTile(multiply(printing, weights, { first: "0u", start, step, count: terms, k }));
  }
  const width = shader.param("panel", panelOf({ k }));
  const start = shader.param("operand", panel);
  return [
    `for (var first = 0u; first < ${terms}; first += ${width}) {`,
    ...indent([
      "workgroupBarrier();",
      `let columns = min(${width}, ${terms} - first);`,
      ...printElements(printing, fill, { panel: { start: panel, first: "first", columns: "columns" } }),
      "workgroupBarrier();",
      ...onTile(
        multiply(printing, weights, { first: "first", start, step: `${quads}u`, count: "columns", k }),
      ),
    ]),
    "}",
  ];
}

/** A range of terms of a product: the first term, the start of its operand, the stride in vectors, and the count. */
interface Terms {
  readonly first: string;
  readonly start: string;
  readonly step: string;
  readonly count: string;
  /** Number of terms of the whole product. */
  readonly k: number;
}

/** Adds terms to the sums of a tile. */
function multiply(
  { shader, weights }: Printing,
  { start: firstWeight, pitch, repeat }: PackedWeights,
  { first, start, step, count, k }: Terms,
): string[] {
  const width = shader.param("pitch", pitch);
  const ofRepeat = repeat === 0 ? "" : ` + repeat * ${shader.param("repeat", repeat)}`;
  const term = (i: number) => [
    `let w${i} = ${weights()}[b];`,
    ...HALVES.flatMap((half) => [
      `let x${i}_${half} = block[a + ${half}u];`,
      ...COLUMNS.map((column) => `sum${column}_${half} += x${i}_${half} * w${i}.${COMPONENTS[column]};`),
    ]),
    `a += ${step};`,
    `b += ${width};`,
  ];
  const rest = k % TERMS === 0 ? [] : [
    `for (var term = 0u; term < ${count} % ${TERMS}u; term++) {`,
    ...indent(term(0)),
    "}",
  ];
  return [
    `var a = ${start} + tile_row;`,
    `var b = ${shader.param("weights", firstWeight)}${ofRepeat} + ${first} * ${width} + tile_column;`,
    `for (var turn = 0u; turn < ${count} / ${TERMS}u; turn++) {`,
    ...indent(range(TERMS).flatMap(term)),
    "}",
    ...rest,
  ];
}
