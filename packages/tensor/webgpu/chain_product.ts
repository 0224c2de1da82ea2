/**
 * Prints the products of a chain: each thread adds up tiles of 4 columns by 8 rows in registers, term after term, and puts
 * the sums into workgroup memory when all threads have read what they need of it.
 *
 * Neighbouring threads have different rows first, then different columns, so that 32 threads read few vectors of either.
 *
 * @module
 */
import { printElements } from "./chain_elements.ts";
import { panelOf, type ProductPart } from "./chain_parts.ts";
import { type PlacedPart, TILE, tilesOf } from "./chain_plan.ts";
import type { Printing } from "./chain_printing.ts";
import { indent } from "./unravel.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const COMPONENTS = ["x", "y", "z", "w"] as const;
/** Terms of a turn of the loop over terms. */
const TERMS = 4;

/** A tile of a thread. */
interface ThreadTile {
  readonly index: number;
  /** Whether the thread has it. */
  readonly guard: string | undefined;
}

const sumOf = (tile: number, column: number, half: number) => `sum${tile}_${column}_${half}`;

function guarded({ guard }: ThreadTile, lines: readonly string[]): string[] {
  return guard ? [`if (${guard}) {`, ...indent(lines), "}"] : ["{", ...indent(lines), "}"];
}

/**
 * Prints a product with its epilogue.
 *
 * @param printing The shader under construction.
 * @param part The product.
 * @param placed Its places.
 */
export function printProduct(printing: Printing, part: ProductPart, placed: PlacedPart): string[] {
  const { shader, plan } = printing, { kernel: { n, k } } = part;
  const count = tilesOf(n, plan.rows), rowTiles = plan.rows / TILE.rows;
  const tiles = range(Math.ceil(count / plan.threads)).map((index): ThreadTile => ({
    index,
    guard: (index + 1) * plan.threads <= count
      ? undefined
      : `lane + ${index * plan.threads}u < ${shader.param("tiles", count)}`,
  }));
  const declare = tiles.flatMap(({ index }) => [
    `let tile${index} = lane + ${index * plan.threads}u;`,
    ...range(TILE.columns).flatMap((column) =>
      range(TILE.rows / 4).map((half) => `var ${sumOf(index, column, half)} = vec4<f32>();`)
    ),
  ]);
  const quads = plan.rows / 4, halves = TILE.rows / 4;
  const put = ({ index }: ThreadTile) => [
    `let at = ${shader.param("sums", placed.sums)} + tile${index} / ${rowTiles}u * ${
      TILE.columns * quads
    }u + tile${index} % ${rowTiles}u * ${halves}u;`,
    ...range(TILE.columns).flatMap((column) =>
      range(halves).map((half) => `block[at + ${column * quads + half}u] = ${sumOf(index, column, half)};`)
    ),
  ];
  return [
    ...declare,
    ...termLoops(printing, part, placed, tiles, k),
    "workgroupBarrier();",
    ...tiles.flatMap((tile) => guarded(tile, put(tile))),
    "workgroupBarrier();",
    ...printElements(printing, part, { sums: placed.sums }),
  ];
}

/** The loops over the terms: all at once, or panel after panel. */
function termLoops(
  printing: Printing,
  part: ProductPart,
  placed: PlacedPart,
  tiles: readonly ThreadTile[],
  k: number,
): string[] {
  const { shader, plan, chain } = printing, { kernel: { a }, args, fill } = part, quads = plan.rows / 4;
  const terms = shader.param("terms", k);
  const multiply = (first: string, start: string, step: string, count: string) =>
    tiles.flatMap((tile) =>
      guarded(tile, multiplyTile(printing, placed, tile, { first, start, step, count, k }))
    );
  if (!fill) {
    const local = args[a.buffer]! - chain.buffers.length;
    const start = shader.param("operand", plan.locals[local]! + a.offset * quads);
    return multiply("0u", start, shader.param("step", a.column * quads), terms);
  }
  const width = shader.param("panel", panelOf(part));
  const panel = { start: placed.panel, first: "first", columns: "columns" };
  return [
    `for (var first = 0u; first < ${terms}; first += ${width}) {`,
    ...indent([
      "workgroupBarrier();",
      `let columns = min(${width}, ${terms} - first);`,
      ...printElements(printing, fill, { panel }),
      "workgroupBarrier();",
      ...multiply("first", shader.param("operand", placed.panel), `${quads}u`, "columns"),
    ]),
    "}",
  ];
}

/** Some terms of a product: where they begin, where the operand lies, vectors from term to term, and how many. */
interface Terms {
  readonly first: string;
  readonly start: string;
  readonly step: string;
  readonly count: string;
  /** Terms of the whole product. */
  readonly k: number;
}

function multiplyTile(
  { shader, plan, weights }: Printing,
  { weights: packed }: PlacedPart,
  { index }: ThreadTile,
  { first, start, step, count, k }: Terms,
): string[] {
  if (!packed) throw new Error("a product of a chain has no packed weights");
  const rowTiles = plan.rows / TILE.rows, halves = TILE.rows / 4;
  const pitch = shader.param("pitch", packed.pitch);
  const repeat = packed.repeat === 0 ? "" : ` + repeat * ${shader.param("repeat", packed.repeat)}`;
  const term = (i: number) => [
    `let w${i} = ${weights()}[b];`,
    ...range(halves).flatMap((half) => [
      `let x${i}_${half} = block[a + ${half}u];`,
      ...range(TILE.columns).map((column) =>
        `${sumOf(index, column, half)} += x${i}_${half} * w${i}.${COMPONENTS[column]};`
      ),
    ]),
    `a += ${step};`,
    `b += ${pitch};`,
  ];
  const rest = k % TERMS === 0 ? [] : [
    `for (var term = 0u; term < ${count} % ${TERMS}u; term++) {`,
    ...indent(term(0)),
    "}",
  ];
  return [
    `var a = ${start} + tile${index} % ${rowTiles}u * ${halves}u;`,
    `var b = ${
      shader.param("weights", packed.start)
    }${repeat} + ${first} * ${pitch} + tile${index} / ${rowTiles}u;`,
    `for (var turn = 0u; turn < ${count} / ${TERMS}u; turn++) {`,
    ...indent(range(TERMS).flatMap(term)),
    "}",
    ...rest,
  ];
}
