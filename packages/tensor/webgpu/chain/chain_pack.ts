/**
 * Packs the weights of a chain in the order in which its products read them: `[repeat, k, columns]`, rows padded with
 * zeros to whole vectors. One dispatch packs all products, which costs little compared with the rows.
 * @module
 */
import type { ChainKernel } from "../../ir/kernel.ts";
import type { ChainPlan, PlacedPart } from "./chain_plan.ts";
import { GROUP_INDEX, type Pass, Shader, WORKGROUP } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

/** Emits the copy of the weights of one product, for the threads that own its elements. */
function packOne(
  shader: Shader,
  { repeats, buffers }: ChainKernel,
  { part, weights }: PlacedPart,
): string[] {
  if (part.kind !== "product" || !weights) return [];
  const { kernel: { n, k, b }, args, repeatAxis } = part;
  const width = shader.param("width", 4 * weights.pitch), terms = shader.param("terms", k);
  const from = repeatAxis === undefined ? 0 : b.batch[repeatAxis] ?? 0;
  const count = 4 * k * weights.pitch * (weights.repeat === 0 ? 1 : repeats);
  const address = [
    shader.param("offset", b.offset),
    `at / ${width} / ${terms} * ${shader.param("repeat", from)}`,
    `at / ${width} % ${terms} * ${shader.param("row", b.row)}`,
    `at % ${width} * ${shader.param("column", b.column)}`,
  ];
  const source = shader.element(args[b.buffer]!, address.join(" + "));
  return [
    "{",
    // Elements of other products are far past the end, modulo 2^32
    `  let at = element - ${shader.param("start", 4 * weights.start)};`,
    `  if (at < ${shader.param("count", count)}) {`,
    "    var value = 0.0f;",
    `    if (at % ${width} < ${shader.param("columns", n)}) { value = ${source}; }`,
    `    ${shader.writes(buffers.length)}[element] = value;`,
    "  }",
    "}",
  ];
}

/**
 * Generates the dispatch that packs the weights of a chain into its workspace, the slot after those of the chain.
 *
 * @param chain A chain with at least one product in tiles.
 * @param plan Its plan.
 */
export function printPack(chain: ChainKernel, plan: ChainPlan): Pass {
  const shader = new Shader([...chain.buffers, { dtype: "f32", access: "readwrite" }]);
  const products = plan.parts.flatMap((placed) => packOne(shader, chain, placed));
  const body = [GROUP_INDEX, `let element = group * ${WORKGROUP}u + lane;`, ...products];
  return { ...shader.finish(indent(body)), groups: Math.ceil(4 * plan.packed / WORKGROUP) };
}
