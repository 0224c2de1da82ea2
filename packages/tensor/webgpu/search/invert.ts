/**
 * The inverse of a table of row indices, by a radix sort: it is stable, so that lists are ascending, its time does not
 * depend on the length of the longest list, and its result does not depend on thread timing.
 *
 * Pairs of row and position are sorted by four bits of the row at a time, lowest first. A thread owns a chunk of
 * consecutive entries: it counts their digits, computes their destinations, digit by digit and then chunk by chunk,
 * and moves them.
 *
 * @module
 */
import type { InvertKernel, KernelBuffer } from "../../ir/kernel.ts";
import { threadPass } from "./threads.ts";
import { declareScan, SCAN_TOTAL } from "./scan.ts";
import { type Pass, type Passes, Shader, WORKGROUP } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

/** Bits of a digit: a thread has a counter for each of its values. */
const BITS = 4;
const DIGITS = 2 ** BITS;
/** Entries per thread. */
const CHUNK = 64;

const SLOT = { index: 0, out: 1, pairs: 2, counts: 3 } as const;

/** Sizes that the passes share. */
interface Sizes {
  readonly entries: number;
  readonly rows: number;
  readonly chunks: number;
  readonly buffers: readonly KernelBuffer[];
}

const shaderOf = ({ buffers }: Sizes) =>
  new Shader([
    ...buffers,
    { dtype: "u32", access: "write" },
    { dtype: "u32", access: "write" },
  ]);

/** Pairs of (row, position); entries out of range go to a row after the last. */
function fillPass(sizes: Sizes): Pass {
  const shader = shaderOf(sizes), pairs = shader.writes(SLOT.pairs);
  return threadPass(shader, sizes.entries, [
    `${pairs}[2u * thread] = min(bitcast<u32>(${shader.reads(SLOT.index)}[thread]), ${
      shader.param("rows", sizes.rows)
    });`,
    `${pairs}[2u * thread + 1u] = thread;`,
  ]);
}

/** A pass of the sort over one digit: pairs alternate between two halves of one buffer. */
interface Turn {
  readonly shift: number;
  readonly from: number;
  readonly to: number;
}

/** Statements that iterate over the entries of a thread's chunk, in order, with the `digit` of each. */
function overChunk(shader: Shader, sizes: Sizes, turn: Turn, statements: readonly string[]): string[] {
  return [
    `let end = min((thread + 1u) * ${CHUNK}u, ${shader.param("entries", sizes.entries)});`,
    `for (var i = thread * ${CHUNK}u; i < end; i++) {`,
    `  let pair = ${shader.param("from", turn.from)} + 2u * i;`,
    `  let digit = (${shader.writes(SLOT.pairs)}[pair] >> ${shader.param("shift", turn.shift)}) & ${
      DIGITS - 1
    }u;`,
    ...indent(statements),
    "}",
  ];
}

/** Counts each digit in each chunk: `counts[digit, chunk]`. */
function countPass(sizes: Sizes, turn: Turn): Pass {
  const shader = shaderOf(sizes), chunks = shader.param("chunks", sizes.chunks);
  return threadPass(shader, sizes.chunks, [
    `var counts: array<u32, ${DIGITS}>;`,
    ...overChunk(shader, sizes, turn, ["counts[digit]++;"]),
    `for (var i = 0u; i < ${DIGITS}u; i++) {`,
    `  ${shader.writes(SLOT.counts)}[i * ${chunks} + thread] = counts[i];`,
    "}",
  ]);
}

/** Replaces the counts by their exclusive prefix sums: one workgroup, tile by tile. */
function scanPass(sizes: Sizes): Pass {
  const shader = shaderOf(sizes), counts = shader.writes(SLOT.counts);
  const size = shader.param("size", DIGITS * sizes.chunks);
  declareScan(shader);
  const body = [
    "var before = 0u;",
    `for (var tile = 0u; tile < ${size}; tile += ${WORKGROUP}u) {`,
    "  let at = tile + lane;",
    "  var count = 0u;",
    `  if (at < ${size}) { count = ${counts}[at]; }`,
    "  let sum = scan_tile(count, lane);",
    `  if (at < ${size}) { ${counts}[at] = before + sum - count; }`,
    `  before += ${SCAN_TOTAL};`,
    "}",
  ];
  return { ...shader.finish(indent(body)), groups: 1 };
}

/** Moves the entries of each chunk to their destinations, in order. */
function movePass(sizes: Sizes, turn: Turn): Pass {
  const shader = shaderOf(sizes), pairs = shader.writes(SLOT.pairs);
  const chunks = shader.param("chunks", sizes.chunks);
  return threadPass(shader, sizes.chunks, [
    `var places: array<u32, ${DIGITS}>;`,
    `for (var i = 0u; i < ${DIGITS}u; i++) {`,
    `  places[i] = ${shader.reads(SLOT.counts)}[i * ${chunks} + thread];`,
    "}",
    ...overChunk(shader, sizes, turn, [
      `let place = ${shader.param("to", turn.to)} + 2u * places[digit];`,
      `${pairs}[place] = ${pairs}[pair];`,
      `${pairs}[place + 1u] = ${pairs}[pair + 1u];`,
      "places[digit]++;",
    ]),
  ]);
}

/** Stores the starts of the lists, by bisection of the sorted rows, then the positions. */
function storePass(sizes: Sizes, from: number): Pass {
  const { entries, rows } = sizes, shader = shaderOf(sizes);
  const pairs = shader.reads(SLOT.pairs), out = shader.writes(SLOT.out);
  const first = shader.param("from", from), countRows = shader.param("rows", rows);
  return threadPass(shader, rows + 1 + entries, [
    `if (thread > ${countRows}) {`,
    `  let pair = ${first} + 2u * (thread - ${countRows} - 1u);`,
    `  ${out}[thread] = select(0, i32(${pairs}[pair + 1u]), ${pairs}[pair] < ${countRows});`,
    "  return;",
    "}",
    "var low = 0u;",
    `var high = ${shader.param("entries", entries)};`,
    "while (low < high) {",
    "  let middle = (low + high) / 2u;",
    `  if (${pairs}[${first} + 2u * middle] < thread) { low = middle + 1u; } else { high = middle; }`,
    "}",
    `${out}[thread] = i32(low);`,
  ]);
}

/**
 * Sorts the table and stores the start of each row.
 *
 * @param kernel Kernel of any sizes.
 */
export function printInvert({ entries, rows, buffers }: InvertKernel): Passes {
  const sizes: Sizes = { entries, rows, buffers, chunks: Math.ceil(entries / CHUNK) };
  const turns = entries === 0 ? 0 : Math.ceil(Math.log2(rows + 1) / BITS);
  const half = (turn: number) => turn % 2 * 2 * entries;
  const sorting = Array.from({ length: turns }, (_, i): Turn => ({
    shift: i * BITS,
    from: half(i),
    to: half(i + 1),
  }));
  return {
    passes: [
      ...(entries > 0 ? [fillPass(sizes)] : []),
      ...sorting.flatMap((turn) => [countPass(sizes, turn), scanPass(sizes), movePass(sizes, turn)]),
      storePass(sizes, half(turns)),
    ],
    scratch: [16 * entries, 4 * DIGITS * sizes.chunks],
  };
}
