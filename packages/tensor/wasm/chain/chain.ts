/**
 * Code generation for chains. A task runs a block of rows through all links; intermediates live in the thread's scratch
 * and so stay in its cache. Weights are packed into panels beforehand.
 *
 * Each link has its own task function, generated as if the block were the whole problem; it receives the block's
 * addresses.
 *
 * @module
 */
import { planTemporaries } from "../../compile/plan.ts";
import type { ChainKernel, ChainLink, GemmKernel, LoopKernel } from "../../ir/kernel.ts";
import { normaliseLoop } from "../../ir/normalise.ts";
import { rowAccesses } from "../../ir/row_access.ts";
import { type LinkPanels, panelsOf } from "./chain_panels.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { gemmCode, panelledGemmCode } from "../gemm/gemm.ts";
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import { required } from "../module/required.ts";
import { loopCode } from "../loop/loop.ts";
import { TILE_ROWS } from "../gemm/micro.ts";
import { gemmAsLoop, isShort } from "../../ir/short_product.ts";

/** Maximum bytes of the locals of a block: with the weights they should fit the L2 cache. */
const BLOCK_BYTES = 96 * 1024;
const MAX_BLOCK_ROWS = 192;
/** Minimum number of tasks of a chain, for as many threads; if there are fewer row blocks, repeats are split too. */
const TARGET_TASKS = 64;
const LINE = 64;

/** How a chain is divided into tasks. */
interface ChainPlan {
  /** Rows per block. */
  readonly block: number;
  /** Number of row blocks. */
  readonly blocks: number;
  /** Tasks per row block. */
  readonly groups: number;
  /** Repeats per task. */
  readonly share: number;
  /** Byte offset of each local of a block. */
  readonly locals: readonly number[];
  /** Bytes of all locals of a block. */
  readonly localBytes: number;
}

function planChain(chain: ChainKernel): ChainPlan {
  const { rows, repeats } = chain;
  const rowBytes = placeLocals(chain, LINE).bytes / LINE;
  const most = Math.min(MAX_BLOCK_ROWS, Math.floor(BLOCK_BYTES / rowBytes / TILE_ROWS) * TILE_ROWS);
  const block = Math.min(rows, Math.max(TILE_ROWS, most)), blocks = Math.ceil(rows / block);
  const share = Math.ceil(repeats / Math.min(repeats, Math.ceil(TARGET_TASKS / blocks)));
  const { offsets: locals, bytes: localBytes } = placeLocals(chain, block);
  return { block, blocks, groups: Math.ceil(repeats / share), share, locals, localBytes };
}

/** Allocates the locals of a block of rows; locals that are never live together share memory. */
function placeLocals(
  { buffers, links, locals, repeats }: ChainKernel,
  rows: number,
): ReturnType<typeof planTemporaries> {
  const own = (args: readonly number[]) =>
    args.flatMap((arg) => arg < buffers.length ? [] : [arg - buffers.length]);
  const steps = links.map(({ kernel, args }) => ({ kernel, args: own(args) }));
  const last = steps.at(-1);
  // Locals shared by all repeats are live until the last repeat
  const live = locals.flatMap(({ repeated }, i) => repeated || repeats === 1 ? [] : [i]);
  return planTemporaries({
    buffers: locals.map(({ width }) => ({ bytes: 4 * width * rows, role: "temporary" })),
    steps: last ? [...steps, { kernel: last.kernel, args: live }] : steps,
  });
}

/** A link specialised to the rows of a block and one repeat. */
interface BlockLink {
  readonly link: ChainLink;
  readonly code: KernelCode;
  readonly panels: LinkPanels | undefined;
  /** Byte strides of a row and of a repeat, for each slot. */
  readonly steps: readonly { readonly row: number; readonly repeat: number }[];
  /** Byte offset in the scratch of its argument list. */
  readonly list: number;
}

/** Specialises the links of a chain to a block of rows. */
function linksOf(chain: ChainKernel, rows: number, features: Features): BlockLink[] {
  let list = 0;
  const panels = panelsOf(chain);
  return chain.links.map((link, i): BlockLink => {
    const at = list;
    list += 4 * (link.args.length + 1);
    const accesses = rowAccesses(link.kernel, link);
    if (!accesses) throw new Error(`${chain.name}: ${link.kernel.name} cannot run row by row`);
    return {
      link,
      panels: panels[i],
      code: codeOf(blockOf(link, rows), panels[i] !== undefined, features),
      steps: accesses.map(({ row, repeat }) => ({ row: 4 * row, repeat: 4 * repeat })),
      list: at,
    };
  });
}

/** Restricts the kernel of a link to some rows of one repeat. */
function blockOf({ kernel, rowAxis, repeatAxis }: ChainLink, rows: number): LoopKernel | GemmKernel {
  if (kernel.kind === "gemm") return { ...kernel, m: rows, batch: kernel.batch.map(() => 1) };
  const map = kernel.map.map((size, axis) => axis === rowAxis ? rows : axis === repeatAxis ? 1 : size);
  return { ...kernel, map };
}

function codeOf(kernel: LoopKernel | GemmKernel, panelled: boolean, features: Features): KernelCode {
  if (kernel.kind === "loop") return loopCode(normaliseLoop(kernel), features);
  if (isShort(kernel)) return loopCode(normaliseLoop(gemmAsLoop(kernel)), features);
  if (!panelled) return gemmCode(kernel, features);
  // The panels are an additional buffer, after the others
  const { buffers, b } = kernel;
  return panelledGemmCode({
    ...kernel,
    buffers: [...buffers, { dtype: "f32", access: "read" }],
    b: { ...b, buffer: buffers.length, offset: 0 },
  }, features);
}

/**
 * Generates code for a chain.
 *
 * @param chain A chain as returned by `chainStages`; its last buffer is the workspace if there are panels.
 * @param features Features of the engine.
 */
export function chainCode(chain: ChainKernel, features: Features): KernelCode {
  const plan = planChain(chain), rest = chain.rows % plan.block;
  const forms = [plan.block, ...(rest > 0 ? [rest] : [])].map((rows) => linksOf(chain, rows, features));
  const all = forms.flat(), most = (bytes: (link: BlockLink) => number) => Math.max(...all.map(bytes));
  const localsAt = align(most(({ list, link }) => list + 4 * (link.args.length + 1)));
  const innerAt = localsAt + align(plan.localBytes);
  return {
    tasks: plan.blocks * plan.groups,
    scratchBytes: innerAt + most(({ code }) => code.scratchBytes),
    work: plan.blocks *
      (forms[0] ?? []).reduce(
        (sum, { code, link }) => sum + code.work * (link.repeatAxis === undefined ? 1 : chain.repeats),
        0,
      ),
    emit: (shared) => {
      const functions = new Map(all.map((link) => [link, link.code.emit(shared)]));
      return shared.module.function(TASK_PARAMETERS, (f) => {
        const printer = new ChainPrinter(f, chain, plan, functions, { locals: localsAt, inner: innerAt });
        printer.print(forms);
      });
    },
  };
}

function align(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}

class ChainPrinter {
  readonly #f: FunctionBuilder;
  readonly #chain: ChainKernel;
  readonly #plan: ChainPlan;
  readonly #functions: ReadonlyMap<BlockLink, number>;
  readonly #scratch: Local;
  readonly #at: { readonly locals: number; readonly inner: number };
  readonly #task: Local;
  readonly #pointers: readonly Local[];
  readonly #inner: Local;
  readonly #repeat: Local;
  readonly #row: Local;

  constructor(
    f: FunctionBuilder,
    chain: ChainKernel,
    plan: ChainPlan,
    functions: ReadonlyMap<BlockLink, number>,
    at: { readonly locals: number; readonly inner: number },
  ) {
    const { args, task, scratch } = taskParameters(f);
    this.#f = f;
    this.#chain = chain;
    this.#plan = plan;
    this.#functions = functions;
    this.#scratch = scratch;
    this.#at = at;
    this.#task = task;
    const panelled = [...functions.keys()].some(({ panels }) => panels !== undefined);
    this.#pointers = loadPointers(f, args, chain.buffers.length + (panelled ? 1 : 0));
    this.#inner = f.local("i32");
    this.#repeat = f.local("i32");
    this.#row = f.local("i32");
  }

  /** Emits the task: one variant of the links for full blocks and, if needed, one for the last block. */
  print([whole = [], last]: readonly (readonly BlockLink[])[]): void {
    const f = this.#f, { block, blocks, groups, share } = this.#plan;
    f.get(this.#scratch).i32(this.#at.inner).op("i32.add").set(this.#inner);
    f.get(this.#task).i32(groups).op("i32.div_u").scale(block).set(this.#row);
    f.get(this.#task).i32(groups).op("i32.rem_u").scale(share).set(this.#repeat);
    if (!last) return this.#printBlock(whole);
    f.get(this.#row).i32((blocks - 1) * block).op("i32.eq").if(
      () => this.#printBlock(last),
      () => this.#printBlock(whole),
    );
  }

  #printBlock(links: readonly BlockLink[]): void {
    const f = this.#f, { repeats } = this.#chain, { share } = this.#plan;
    const once = links.filter(({ link }) => link.repeatAxis === undefined);
    const again = links.filter(({ link }) => link.repeatAxis !== undefined);
    for (const link of once) this.#printLink(link);
    if (again.length === 0) return;
    const left = f.local("i32");
    f.i32(repeats).get(this.#repeat).op("i32.sub").tee(left).i32(share);
    f.get(left).i32(share).op("i32.lt_u").op("select").set(left);
    f.countdown(left, () => {
      for (const link of again) this.#printLink(link);
      f.increment(this.#repeat, 1);
    });
  }

  /** Stores the addresses of a link's buffers to its argument list, then runs its tasks. */
  #printLink(block: BlockLink): void {
    const f = this.#f, { link, code, list, panels, steps } = block;
    const { buffers } = this.#chain;
    link.args.forEach((arg, slot) => {
      f.get(this.#scratch);
      const pointer = this.#pointers[arg], step = steps[slot];
      if (arg >= buffers.length || !pointer) {
        f.get(this.#scratch).i32(this.#at.locals + (this.#plan.locals[arg - buffers.length] ?? 0)).op(
          "i32.add",
        );
      } else {
        f.get(pointer);
        for (const [index, by] of [[this.#row, step?.row], [this.#repeat, step?.repeat]] as const) {
          if (by) f.get(index).scale(by).op("i32.add");
        }
      }
      f.memory("i32.store", list + 4 * slot);
    });
    const workspace = this.#pointers[buffers.length];
    if (panels && workspace) {
      f.get(this.#scratch).get(workspace).i32(4 * panels.offset).op("i32.add");
      if (panels.repeat > 0) f.get(this.#repeat).scale(4 * panels.repeat).op("i32.add");
      f.memory("i32.store", list + 4 * link.args.length);
    }
    this.#printTasks(block, code.tasks);
  }

  #printTasks(block: BlockLink, tasks: number): void {
    if (tasks === 0) return;
    const f = this.#f;
    const index = required(this.#functions.get(block), `task function of ${block.link.kernel.name}`);
    const task = f.local("i32"), left = f.local("i32");
    f.i32(0).set(task).i32(tasks).set(left);
    f.countdown(left, () => {
      f.get(this.#scratch).i32(block.list).op("i32.add").get(task).get(this.#inner).call(index);
      f.increment(task, 1);
    });
  }
}
