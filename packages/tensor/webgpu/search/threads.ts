/**
 * Passes with one thread per element.
 * @module
 */
import { GROUP_INDEX, type Pass, type Shader, WORKGROUP } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

/** A pass with one thread per element of `count`, with the index `thread`. */
export function threadPass(shader: Shader, count: number, statements: readonly string[]): Pass {
  const body = [
    GROUP_INDEX,
    `let thread = group * ${WORKGROUP}u + lane;`,
    `if (thread >= ${shader.param("threads", count)}) { return; }`,
    ...statements,
  ];
  return { ...shader.finish(indent(body)), groups: Math.ceil(count / WORKGROUP) };
}
