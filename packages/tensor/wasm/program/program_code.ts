/**
 * Compiles a program to one WebAssembly module and a list of steps for its run loop.
 * @module
 */
import { isExchangeKernel } from "../../compile/exchange_order.ts";
import type { Program } from "../../ir/kernel.ts";
import { kernelKey } from "../../ir/rewrite.ts";
import { type FunctionImport, type MemoryImport, ModuleBuilder } from "../module/assembler.ts";
import { codeOf } from "./codes.ts";
import type { Features } from "../module/features.ts";
import type { KernelCode } from "../module/kernel_code.ts";
import { addRunLoop, CLOCK } from "./run_loop.ts";
import { SharedFunctions } from "../module/shared_functions.ts";
import { loadPointKernels, type PointKernels, stagesOf } from "./stages.ts";

/** Stands for the workspace, shared by all steps, in place of a program buffer. */
export const WORKSPACE: number = -1;

/** A step of the run loop. */
export interface CodeStep {
  /** Index in the function table. */
  readonly code: number;
  /** Number of tasks, at least 1. */
  readonly tasks: number;
  /** Program buffers, or {@link WORKSPACE}. */
  readonly args: readonly number[];
  /** Index of the program's step that it belongs to. */
  readonly step: number;
  /** Index among the parts of that step. */
  readonly part: number;
}

/** A compiled program. */
export interface ProgramCode {
  /** The binary module; exports `run` and `profile`. */
  readonly binary: Uint8Array<ArrayBuffer>;
  /** Steps in execution order; none for exchanges with other ranks. */
  readonly steps: readonly CodeStep[];
  /** Maximum scratch of a task. */
  readonly scratchBytes: number;
  /** Maximum workspace of a step. */
  readonly workspaceBytes: number;
  /** Estimated scalar operations. */
  readonly work: number;
}

/** JavaScript's `Math.pow`, for norms without a formula of their own. */
const POW: FunctionImport = { name: "pow", parameters: 2 };

function needsPow(program: Program, points: PointKernels | undefined): boolean {
  return program.steps.some(({ kernel }) => "norm" in kernel && points!.callsPow(kernel));
}

/**
 * Compiles a program.
 *
 * @param program Program.
 * @param features Features of the engine.
 * @param memory The memory that it will run on.
 */
export async function compileProgram(
  program: Program,
  features: Features,
  memory: MemoryImport,
): Promise<ProgramCode> {
  const points = await loadPointKernels(program.steps.map(({ kernel }) => kernel));
  const module = new ModuleBuilder(memory, needsPow(program, points) ? [CLOCK, POW] : [CLOCK]);
  const shared = new SharedFunctions(module);
  const table: number[] = [];
  const known = new Map<string, { readonly code: KernelCode; readonly index: number }>();
  const stagesByKey = new Map<
    string,
    { readonly stages: ReturnType<typeof stagesOf>; readonly keys: string[] }
  >();
  const steps: CodeStep[] = [];
  let scratchBytes = 0, workspaceBytes = 0, work = 0;
  for (const [step, { kernel, args }] of program.steps.entries()) {
    if (isExchangeKernel(kernel)) continue;
    const kernelText = kernelKey(kernel);
    let entry = stagesByKey.get(kernelText);
    if (!entry) {
      const stages = stagesOf(kernel, points);
      stagesByKey.set(kernelText, entry = { stages, keys: stages.kernels.map(kernelKey) });
    }
    const { stages, keys } = entry;
    workspaceBytes = Math.max(workspaceBytes, stages.workspaceBytes);
    stages.kernels.forEach((stage, part) => {
      const key = keys[part] ?? "";
      let compiled = known.get(key);
      if (!compiled) {
        const code = codeOf(stage, features, points);
        known.set(key, compiled = { code, index: table.push(code.emit(shared)) - 1 });
      }
      const { code, index } = compiled;
      scratchBytes = Math.max(scratchBytes, code.scratchBytes);
      work += code.work;
      if (code.tasks === 0) return;
      const workspace = stages.workspaceBytes > 0 ? [WORKSPACE] : [];
      steps.push({ code: index, tasks: code.tasks, args: [...args, ...workspace], step, part });
    });
  }
  module.table(table);
  addRunLoop(module, memory.shared);
  return { binary: module.finish(), steps, scratchBytes, workspaceBytes, work };
}
