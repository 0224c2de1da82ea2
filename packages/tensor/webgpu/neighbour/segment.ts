/**
 * Segment sums of rows.
 * @module
 */
import type { SegmentSumKernel } from "../../ir/kernel.ts";
import { GROUP_INDEX, type Passes, Shader, WORKGROUP } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

/**
 * `out[s, column] = Σ_e source[⌊entries[e] / repeat⌋, column]`: a thread per element, columns fastest.
 *
 * @param kernel Kernel with at least one element of out.
 */
export function printSegmentSum({ segments, width, repeat, buffers }: SegmentSumKernel): Passes {
  const shader = new Shader(buffers);
  const [source, starts, entries, out] = [
    shader.reads(0),
    shader.reads(1),
    shader.reads(2),
    shader.writes(3),
  ];
  const threads = segments * width;
  const columns = shader.param("width", width);
  const divided = repeat === 1 ? "" : ` / ${shader.param("repeat", repeat)}`;
  const body = [
    GROUP_INDEX,
    `let thread = group * ${WORKGROUP}u + lane;`,
    `if (thread >= ${shader.param("threads", threads)}) { return; }`,
    `let segment = thread / ${columns};`,
    `let column = thread - segment * ${columns};`,
    `let end = u32(${starts}[segment + 1u]);`,
    "var sum = 0.0;",
    `for (var e = u32(${starts}[segment]); e < end; e++) {`,
    `  sum += ${source}[u32(${entries}[e])${divided} * ${columns} + column];`,
    "}",
    `${out}[thread] = sum;`,
  ];
  return {
    passes: [{ ...shader.finish(indent(body)), groups: Math.ceil(threads / WORKGROUP) }],
    scratch: [],
  };
}
