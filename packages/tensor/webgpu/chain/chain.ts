/**
 * Chains: a workgroup runs a block of rows through all links, such as points through Fourier features and the layers of
 * a network. Intermediates live in workgroup memory and registers; GPU memory is only read for the rows and the weights
 * and written for the results. With repeats (the networks of several functions), each repeat has its own workgroups,
 * which recompute what all repeats share.
 *
 * @module
 */
import type { ChainKernel } from "../../ir/kernel.ts";
import { printElements } from "./chain_elements.ts";
import { printPack } from "./chain_pack.ts";
import { type ChainLimits, type ChainPlan, MIN_LIMITS, planChain } from "./chain_plan.ts";
import type { Printing } from "./chain_printing.ts";
import { printProduct } from "./chain_product.ts";
import { GROUP_INDEX, type Pass, type Passes, Shader } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

function printRows(chain: ChainKernel, plan: ChainPlan): Pass {
  const { buffers, locals, rows, repeats } = chain;
  const workspace = buffers.length, slotOfLocal = (local: number) => workspace + 1 + local;
  const shader = new Shader([
    ...buffers,
    { dtype: "f32", access: "read" },
    ...locals.map(({ dtype }) => ({
      dtype,
      access: "readwrite" as const,
    })),
  ]);
  if (plan.packed > 0) shader.vector(workspace);
  if (plan.vectors > 0) shader.declare(`var<workgroup> block: array<vec4<f32>, ${plan.vectors}>;`);
  plan.locals.forEach((start, local) => {
    if (start >= 0) shader.inWorkgroup(slotOfLocal(local), "block", shader.param("local", 4 * start));
  });
  const printing: Printing = {
    shader,
    chain,
    plan,
    rows: shader.param("rows", rows),
    slotOfLocal,
    weights: () => shader.reads(workspace),
  };
  const blocks = shader.param("blocks", plan.blocks);
  const parts = plan.parts.flatMap((placed, i) => {
    const { part } = placed;
    const lines = part.kind === "product"
      ? printProduct(printing, part, placed)
      : printElements(printing, part, {});
    return [...(i > 0 ? ["workgroupBarrier();"] : []), "{", ...indent(lines), "}"];
  });
  const body = [
    GROUP_INDEX,
    `if (group >= ${shader.param("groups", plan.blocks * repeats)}) { return; }`,
    `let repeat = group / ${blocks};`,
    `let row0 = group % ${blocks} * ${plan.rows}u;`,
    ...parts,
  ];
  return { ...shader.finish(indent(body), plan.threads), groups: plan.blocks * repeats };
}

/**
 * Generates the shaders of a chain.
 *
 * @param chain A chain with at least one row.
 * @param limits Limits of the adapter.
 * @throws {Error} If it does not fit; see {@link planChain}.
 */
export function printChain(chain: ChainKernel, limits: ChainLimits = MIN_LIMITS): Passes {
  const plan = planChain(chain, limits);
  if (!plan) {
    throw new Error(`the chain ${chain.name} does not fit this adapter: run its links as separate steps`);
  }
  const rows = printRows(chain, plan);
  return plan.packed === 0
    ? { passes: [rows], scratch: [] }
    : { passes: [printPack(chain, plan), rows], scratch: [16 * plan.packed] };
}
