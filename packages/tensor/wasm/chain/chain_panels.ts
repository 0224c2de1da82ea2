/**
 * Packs the weights of a chain into panels, the layout the inner kernels read, once before any rows are processed.
 * @module
 */
import type { ChainKernel, GemmKernel, LoopKernel } from "../../ir/kernel.ts";
import { normaliseLoop } from "../../ir/normalise.ts";
import { MAX_PANEL_DEPTH, panelWidth } from "../gemm/gemm_plan.ts";
import { panelBytes } from "../gemm/pack.ts";
import { isShort } from "../../ir/short_product.ts";
import type { Stages } from "../loop/split.ts";

/** Location in the workspace of the panels of a link. */
export interface LinkPanels {
  /** Index of the first element. */
  readonly offset: number;
  /** Elements between the panels of two repeats; 0 if all repeats share them. */
  readonly repeat: number;
}

/**
 * Locates the panels of each link; `undefined` for links without.
 *
 * @param chain A chain.
 */
export function panelsOf(chain: ChainKernel): (LinkPanels | undefined)[] {
  let used = 0;
  return chain.links.map(({ kernel, repeatAxis }) => {
    if (kernel.kind !== "gemm" || isShort(kernel) || kernel.k > MAX_PANEL_DEPTH) return undefined;
    const size = panelElements(kernel),
      own = repeatAxis !== undefined && (kernel.b.batch[repeatAxis] ?? 0) !== 0;
    const offset = used;
    used += (own ? chain.repeats : 1) * size;
    return { offset, repeat: own ? size : 0 };
  });
}

/** Number of elements of all panels of one matrix. */
function panelElements({ n, k }: GemmKernel): number {
  const width = panelWidth(n);
  return Math.ceil(n / width) * panelBytes(width, k) / 4;
}

/**
 * Replaces a chain by loops that pack the panels into a workspace, followed by the chain itself.
 *
 * @param chain A chain.
 */
export function chainStages(chain: ChainKernel): Stages {
  const packing: LoopKernel[] = [];
  let elements = 0;
  panelsOf(chain).forEach((panels, i) => {
    const link = chain.links[i];
    if (!panels || link?.kernel.kind !== "gemm") return;
    const { kernel, args, repeatAxis } = link;
    const repeat = repeatAxis === undefined ? 0 : kernel.b.batch[repeatAxis] ?? 0;
    packing.push(packLoop(chain, kernel, { slot: args[kernel.b.buffer] ?? -1, repeat, panels }));
    elements = panels.offset + (panels.repeat === 0 ? 1 : chain.repeats) * panelElements(kernel);
  });
  return { kernels: [...packing.map(normaliseLoop), chain], workspaceBytes: 4 * elements };
}

/**
 * Copies the matrices of a link: `panel[repeat, j, i, column] = B[repeat, i, j · width + column]`, 0 beyond the last.
 */
function packLoop(
  chain: ChainKernel,
  { n, k, b }: GemmKernel,
  { slot, repeat, panels }: { readonly slot: number; readonly repeat: number; readonly panels: LinkPanels },
): LoopKernel {
  const width = panelWidth(n);
  const guards = n % width === 0 ? [] : [{ offset: 0, strides: [0, width, 0, 1], size: n }];
  return {
    kind: "loop",
    name: "pack",
    buffers: [...chain.buffers, { dtype: "f32", access: "readwrite" }],
    map: [panels.repeat === 0 ? 1 : chain.repeats, Math.ceil(n / width), k, width],
    reduce: [],
    accumulators: [],
    stores: [{
      buffer: chain.buffers.length,
      address: { offset: panels.offset, strides: [panels.repeat, panelBytes(width, k) / 4, width, 1] },
      value: {
        op: "load",
        dtype: "f32",
        buffer: slot,
        address: { offset: b.offset, strides: [repeat, width * b.column, b.row, b.column], indirect: [] },
        guards,
      },
    }],
  };
}
