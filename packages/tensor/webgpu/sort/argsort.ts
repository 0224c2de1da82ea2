/**
 * Argsort as a bitonic sort of pairs (key, index): no two pairs are equal, so the sort is stable and the result does
 * not depend on thread order. Blocks of pairs are sorted and merged in workgroup memory; exchanges over larger
 * distances go through GPU memory.
 *
 * A row is padded to a power of two by pairs that compare greater than all others.
 *
 * @module
 */
import type { ArgsortKernel } from "../../ir/kernel.ts";
import { threadPass } from "../search/threads.ts";
import { GROUP_INDEX, type Pass, type Passes, Shader, WORKGROUP } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

/** Pairs per workgroup. */
const BLOCK = 1024;
/** The largest key; padding has larger indices than any key. */
const PADDING = 0x7fffffff;

const SLOT = { keys: 0, out: 1, pairs: 2 } as const;

/** Sizes common to all passes. */
interface Sizes extends ArgsortKernel {
  /** Pairs per row, a power of two. */
  readonly padded: number;
}

const shaderOf = ({ buffers }: Sizes) => new Shader([...buffers, { dtype: "i32", access: "readwrite" }]);

/** Bitonic stages with sizes `from` to `to`, each down to distance 1 within a block. */
interface Stage {
  readonly from: number;
  readonly to: number;
}

/**
 * Sorts or merges blocks in workgroup memory.
 *
 * @param sizes Sizes.
 * @param stage Sizes of the sorted runs produced.
 * @param first Whether the input is the keys rather than the pairs of an earlier pass.
 * @param last Whether to write indices to the result.
 */
function blockPass(sizes: Sizes, stage: Stage, first: boolean, last: boolean): Pass {
  const { rows, length, count, padded } = sizes, shader = shaderOf(sizes);
  const all = rows * padded;
  shader.declare(`var<workgroup> keys: array<i32, ${BLOCK}>;`);
  shader.declare(`var<workgroup> numbers: array<i32, ${BLOCK}>;`);
  const total = shader.param("all", all), row = shader.param("padded", padded);
  const read = first
    ? [
      `let place = at % ${row};`,
      `let inside = at < ${total} && place < ${shader.param("length", length)};`,
      `keys[i] = ${PADDING};`,
      "numbers[i] = i32(place);",
      `if (inside) { keys[i] = ${shader.reads(SLOT.keys)}[at / ${row} * ${
        shader.param("length", length)
      } + place]; }`,
    ]
    : [
      `keys[i] = ${shader.writes(SLOT.pairs)}[2u * at];`,
      `numbers[i] = ${shader.writes(SLOT.pairs)}[2u * at + 1u];`,
    ];
  const write = last
    ? [
      `let place = at % ${row};`,
      `if (at < ${total} && place < ${shader.param("count", count)}) {`,
      `  ${shader.writes(SLOT.out)}[at / ${row} * ${shader.param("count", count)} + place] = numbers[i];`,
      "}",
    ]
    : [
      `${shader.writes(SLOT.pairs)}[2u * at] = keys[i];`,
      `${shader.writes(SLOT.pairs)}[2u * at + 1u] = numbers[i];`,
    ];
  const overBlock = (statements: readonly string[]) => [
    `for (var i = lane; i < ${BLOCK}u; i += ${WORKGROUP}u) {`,
    `  let at = group * ${BLOCK}u + i;`,
    ...indent(statements),
    "}",
  ];
  const groups = Math.ceil(all / BLOCK);
  const body = [
    GROUP_INDEX,
    `if (group >= ${shader.param("groups", groups)}) { return; }`,
    ...overBlock(read),
    `for (var size = ${shader.param("from", stage.from)}; size <= ${
      shader.param("to", stage.to)
    }; size *= 2u) {`,
    `  for (var apart = min(size, ${BLOCK}u) / 2u; apart > 0u; apart /= 2u) {`,
    "    workgroupBarrier();",
    `    for (var t = lane; t < ${BLOCK / 2}u; t += ${WORKGROUP}u) {`,
    "      let i = 2u * t - (t & (apart - 1u));",
    "      let j = i + apart;",
    `      let rises = ((group * ${BLOCK}u + i) & (${row} - 1u) & size) == 0u;`,
    "      let larger = keys[i] > keys[j] || (keys[i] == keys[j] && numbers[i] > numbers[j]);",
    "      if (larger == rises) {",
    "        let key = keys[i];",
    "        keys[i] = keys[j];",
    "        keys[j] = key;",
    "        let number = numbers[i];",
    "        numbers[i] = numbers[j];",
    "        numbers[j] = number;",
    "      }",
    "    }",
    "  }",
    "}",
    "workgroupBarrier();",
    ...overBlock(write),
  ];
  return { ...shader.finish(indent(body)), groups };
}

/** Exchanges pairs in different blocks. */
function exchangePass(sizes: Sizes, size: number, apart: number): Pass {
  const shader = shaderOf(sizes), pairs = shader.writes(SLOT.pairs);
  const distance = shader.param("apart", apart), row = shader.param("padded", sizes.padded);
  return threadPass(shader, sizes.rows * sizes.padded / 2, [
    `let i = 2u * thread - (thread & (${distance} - 1u));`,
    `let j = i + ${distance};`,
    `let rises = (i & (${row} - 1u) & ${shader.param("size", size)}) == 0u;`,
    `let a = vec2(${pairs}[2u * i], ${pairs}[2u * i + 1u]);`,
    `let b = vec2(${pairs}[2u * j], ${pairs}[2u * j + 1u]);`,
    "let larger = a.x > b.x || (a.x == b.x && a.y > b.y);",
    "if (larger == rises) {",
    `  ${pairs}[2u * i] = b.x;`,
    `  ${pairs}[2u * i + 1u] = b.y;`,
    `  ${pairs}[2u * j] = a.x;`,
    `  ${pairs}[2u * j + 1u] = a.y;`,
    "}",
  ]);
}

/**
 * Generates shaders that sort the rows of keys.
 *
 * @param kernel Kernel that writes at least one index.
 */
export function printArgsort(kernel: ArgsortKernel): Passes {
  const padded = 2 ** Math.ceil(Math.log2(kernel.length)), sizes: Sizes = { ...kernel, padded };
  if (padded <= BLOCK) {
    return { passes: [blockPass(sizes, { from: 2, to: padded }, true, true)], scratch: [] };
  }
  const passes = [blockPass(sizes, { from: 2, to: BLOCK }, true, false)];
  for (let size = 2 * BLOCK; size <= padded; size *= 2) {
    for (let apart = size / 2; apart >= BLOCK; apart /= 2) passes.push(exchangePass(sizes, size, apart));
    passes.push(blockPass(sizes, { from: size, to: size }, false, size === padded));
  }
  return { passes, scratch: [8 * kernel.rows * padded] };
}
