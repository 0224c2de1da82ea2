/**
 * Cumulative sums, one thread per row along the axis.
 * @module
 */
import type { CumsumKernel } from "../../ir/kernel.ts";
import { threadPass } from "../search/threads.ts";
import { type Passes, Shader } from "../shader/shader.ts";

/**
 * `out[o, i, n] = Σ_{j <= i} source[o, j, n]`, or the sum over `j >= i`.
 *
 * @param kernel Kernel with at least one element.
 */
export function printCumsum({ dtype, outer, length, inner, reverse, buffers }: CumsumKernel): Passes {
  const shader = new Shader(buffers), source = shader.reads(0), out = shader.writes(1);
  const behind = shader.param("inner", inner), steps = shader.param("length", length);
  const first = shader.param("first", reverse ? (length - 1) * inner : 0);
  const pass = threadPass(shader, outer * inner, [
    `var position = thread / ${behind} * ${steps} * ${behind} + thread % ${behind} + ${first};`,
    `var sum = ${dtype}(0);`,
    `for (var i = 0u; i < ${steps}; i++) {`,
    `  sum += ${source}[position];`,
    `  ${out}[position] = sum;`,
    `  position += ${shader.param("step", reverse ? -inner : inner)};`,
    "}",
  ]);
  return { passes: [pass], scratch: [] };
}
