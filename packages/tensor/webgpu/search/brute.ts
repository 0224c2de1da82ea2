/**
 * Brute-force search, for few points.
 * @module
 */
import { alongAxes, declarePowers, distanceText } from "./distance.ts";
import { declareCloudOf, declareResult, type Search, SLOT } from "./result.ts";
import { GROUP_INDEX, type Passes, Shader, WORKGROUP } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

/**
 * A thread per query. A workgroup loads the points of all clouds that its queries belong to tile by tile, and each
 * thread visits the part of a tile that belongs to its own cloud.
 *
 * @param kernel Kernel with at least one query.
 */
export function printBruteSearch(kernel: Search): Passes {
  const { dimension, norm, queries: count, clouds, buffers } = kernel;
  const shader = new Shader(buffers);
  const [points, starts, queries] = [
    shader.reads(SLOT.points),
    shader.reads(SLOT.starts),
    shader.reads(SLOT.queries),
  ];
  declarePowers(shader, kernel);
  declareCloudOf(shader, SLOT.queryStarts, clouds);
  const result = declareResult(shader, kernel);
  shader.declare(`var<workgroup> tile: array<f32, ${WORKGROUP * dimension}>;`);
  const last = `${shader.param("queries", count)} - 1u`;
  const query = alongAxes(dimension, (axis) => `query${axis}`);
  const point = alongAxes(dimension, (axis) => `tile[(i - low) * ${dimension}u + ${axis}u]`);
  const body = [
    GROUP_INDEX,
    `let first = group * ${WORKGROUP}u;`,
    `if (first > ${last}) { return; }`,
    `let query = min(first + lane, ${last});`,
    "let cloud = cloud_of(query);",
    `let begin = u32(${starts}[cloud]);`,
    `let end = u32(${starts}[cloud + 1u]);`,
    ...query.map((name, axis) => `let ${name} = ${queries}[query * ${dimension}u + ${axis}u];`),
    ...result.begin,
    `let all = u32(${starts}[cloud_of(min(first + ${WORKGROUP - 1}u, ${last})) + 1u]);`,
    `for (var low = u32(${starts}[cloud_of(first)]); low < all; low += ${WORKGROUP}u) {`,
    "  if (low + lane < all) {",
    ...alongAxes(
      dimension,
      (axis) =>
        `    tile[lane * ${dimension}u + ${axis}u] = ${points}[(low + lane) * ${dimension}u + ${axis}u];`,
    ),
    "  }",
    "  workgroupBarrier();",
    `  for (var i = max(begin, low); i < min(end, low + ${WORKGROUP}u); i++) {`,
    `    offer(order_of(${distanceText(norm, point, query)}), i);`,
    "  }",
    "  workgroupBarrier();",
    "}",
    `if (first + lane <= ${last}) {`,
    ...indent(result.store("query")),
    "}",
  ];
  return {
    passes: [{ ...shader.finish(indent(body)), groups: Math.ceil(count / WORKGROUP) }],
    scratch: [],
  };
}
