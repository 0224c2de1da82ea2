/**
 * Lowers programs of kernels to lists of dispatches.
 * @module
 */
import { isExchangeKernel } from "../../compile/exchange_order.ts";
import type { ExchangeKernel, GemmKernel, Kernel, Program, ProgramBuffer } from "../../ir/kernel.ts";
import { printChain } from "../chain/chain.ts";
import { type ChainLimits, MIN_LIMITS } from "../chain/chain_plan.ts";
import { printGemm, printPatchGemm } from "../gemm/gemm.ts";
import type { OperandType } from "../gemm/gemm_operand.ts";
import { type GemmPlan, planGemm } from "../gemm/gemm_tile.ts";
import { printLongLoop } from "../shader/long_reduction.ts";
import { printNeighbourFeatures, printNeighbourSum, printNeighbourWeights } from "../neighbour/neighbour.ts";
import type { Work } from "./pace.ts";
import { printSearch } from "../search/search.ts";
import { printFarthest } from "../search/farthest.ts";
import { printInvert } from "../search/invert.ts";
import { printArgsort } from "../sort/argsort.ts";
import { printCumsum } from "../sort/cumsum.ts";
import { printSegmentSum } from "../neighbour/segment.ts";
import type { Pass, Passes } from "../shader/shader.ts";
import { volume } from "../shader/unravel.ts";
import { operationsOf } from "./work.ts";

/** One dispatch of a program. */
export interface Dispatch {
  readonly name: string;
  readonly pass: Pass;
  /** Program buffer of each binding of the pass. */
  readonly buffers: readonly number[];
  /** Estimated work. */
  readonly work: Work;
  /** Index of the program's step that it belongs to. */
  readonly step: number;
  /** Index among the passes of that step. */
  readonly part: number;
  /** The exchange with other ranks that it stands for, which the GPU does not run. */
  readonly exchange?: ExchangeKernel;
}

/** Adapter properties that code generation depends on. */
export interface Traits {
  /** Plans a product. */
  readonly plan: (kernel: GemmKernel) => GemmPlan;
  /** Subgroup size for shuffles; 1 if not supported. */
  readonly subgroup: number;
  /** Type that operands of products are rounded to. */
  readonly operands: OperandType;
  /** Limits of chains. */
  readonly chain: ChainLimits;
}

/** Properties of an unknown adapter. */
const UNKNOWN: Traits = { plan: planGemm, subgroup: 1, operands: "f32", chain: MIN_LIMITS };

/** A lowered program: buffers after those of the program are scratch of single kernels. */
export interface Lowered {
  readonly buffers: readonly ProgramBuffer[];
  readonly dispatches: readonly Dispatch[];
}

const NOTHING: Passes = { passes: [], scratch: [] };

/** Number of elements that a kernel writes, up to a factor; 0 if it has nothing to do. */
function extent(kernel: Kernel): number {
  switch (kernel.kind) {
    case "loop":
      return volume(kernel.map);
    case "chain":
      return kernel.rows * kernel.repeats;
    case "gemm":
    case "patchGemm":
      return volume([...kernel.batch, kernel.m, kernel.n]);
    case "concatenate":
      return kernel.parts.reduce((sum, { map }) => sum + volume(map), 0);
    case "cumsum":
      return kernel.outer * kernel.length * kernel.inner;
    case "allReduce":
    case "allGather":
      return kernel.size;
    case "argsort":
      return kernel.rows * kernel.count;
    case "segmentSum":
      return kernel.segments * kernel.width;
    case "knn":
      return kernel.queries * kernel.k * (kernel.distances ? 2 : 1);
    case "countWithinRadius":
      return kernel.queries;
    case "farthestPointSample":
      return kernel.clouds * kernel.count;
    case "invertIndex":
      return kernel.rows + 1 + kernel.entries;
    case "neighbourSum":
      return kernel.outputs * kernel.batch * kernel.channels * kernel.mid;
    case "neighbourWeights":
      return kernel.outputs * kernel.neighbours * kernel.mid;
    case "neighbourFeatures":
      return kernel.points * kernel.batch * kernel.channels;
  }
}

/** An exchange with other ranks is no shader, but dispatches are ordered around it as around one. */
function exchangePass({ buffers }: ExchangeKernel): Pass {
  const bindings = buffers.map(({ access }, slot) => ({ slot, written: access !== "read" }));
  return { code: "", params: new Uint32Array(), bindings, groups: 0 };
}

/**
 * Generates the passes of a kernel.
 *
 * @param kernel Any kernel; none for a kernel without output elements.
 * @param traits Properties of the adapter.
 */
export function printKernel(kernel: Kernel, traits: Traits = UNKNOWN): Passes {
  if (extent(kernel) === 0) return NOTHING;
  switch (kernel.kind) {
    case "allReduce":
    case "allGather":
      return { passes: [exchangePass(kernel)], scratch: [] };
    case "loop":
      return printLongLoop(kernel, traits.subgroup);
    case "chain":
      return printChain(kernel, traits.chain);
    case "gemm":
      return printGemm(kernel, traits.plan(kernel), traits.subgroup, traits.operands);
    case "patchGemm":
      return printPatchGemm(kernel, traits.operands);
    case "concatenate":
      return { passes: kernel.parts.flatMap((part) => printKernel(part, traits).passes), scratch: [] };
    case "cumsum":
      return printCumsum(kernel);
    case "argsort":
      return printArgsort(kernel);
    case "segmentSum":
      return printSegmentSum(kernel);
    case "knn":
    case "countWithinRadius":
      return printSearch(kernel);
    case "farthestPointSample":
      return printFarthest(kernel);
    case "invertIndex":
      return printInvert(kernel);
    case "neighbourSum":
      return printNeighbourSum(kernel);
    case "neighbourWeights":
      return printNeighbourWeights(kernel);
    case "neighbourFeatures":
      return printNeighbourFeatures(kernel);
  }
}

/**
 * Lowers a program.
 *
 * @param program Program; a kernel object that occurs in several steps is generated once.
 * @param traits Properties of the adapter.
 */
export function lower(program: Program, traits: Traits = UNKNOWN): Lowered {
  const buffers = [...program.buffers];
  const printed = new Map<Kernel, Passes>();
  const dispatches = program.steps.flatMap(({ kernel, args }, step) => {
    const passes = printed.get(kernel) ?? printKernel(kernel, traits);
    printed.set(kernel, passes);
    const scratch = passes.scratch.map((bytes) => buffers.push({ bytes, role: "temporary" }) - 1);
    const slots = [...args, ...scratch];
    return passes.passes.map((pass, part): Dispatch => ({
      name: kernel.name,
      pass,
      buffers: pass.bindings.map(({ slot }) => slots[slot]!),
      work: {
        operations: operationsOf(kernel) / passes.passes.length,
        bytes: pass.bindings.reduce((sum, { slot }) => sum + buffers[slots[slot]!]!.bytes, 0),
      },
      step,
      part,
      ...(isExchangeKernel(kernel) && { exchange: kernel }),
    }));
  });
  return { buffers, dispatches };
}
