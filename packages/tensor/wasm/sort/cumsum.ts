/**
 * Generates code for {@link CumsumKernel}. With trailing axes, SIMD lanes advance along the axis side by side; a single
 * row is summed four elements at a time.
 * @module
 */
import type { CumsumKernel } from "../../ir/kernel.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";

/** Columns per task. */
const COLUMNS = 64;
/** More tasks than threads, for load balancing. */
const MAX_TASKS = 512;

/**
 * Generates code for a cumulative sum.
 *
 * @param kernel Kernel.
 */
export function cumsumCode(kernel: CumsumKernel): KernelCode {
  const { outer, length, inner } = kernel;
  const isRows = inner === 1;
  const chunk = isRows ? Math.max(1, Math.ceil(outer / MAX_TASKS)) : 1;
  const blocks = isRows ? 1 : Math.ceil(inner / COLUMNS);
  return {
    tasks: length * inner === 0 ? 0 : Math.ceil(outer / chunk) * blocks,
    scratchBytes: 0,
    work: 2 * outer * length * inner,
    emit: ({ module }) =>
      module.function(TASK_PARAMETERS, (f) => {
        const { args, task } = taskParameters(f);
        const [source, out] = loadPointers(f, args, 2);
        if (isRows) printRows(f, kernel, task, chunk, source, out);
        else printColumns(f, kernel, task, blocks, source, out);
      }),
  };
}

/** Sets `pointer` to `start + 4 · element`, where the element is on the stack. */
function pointTo(f: FunctionBuilder, element: Local, start: Local, pointer: Local): void {
  f.get(element).scale(4).get(start).op("i32.add").set(pointer);
}

function printColumns(
  f: FunctionBuilder,
  { dtype, length, inner, reverse }: CumsumKernel,
  task: Local,
  blocks: number,
  source: Local,
  out: Local,
): void {
  const element = f.local("i32"), column = f.local("i32"), left = f.local("i32"), most = f.local("i32");
  const from = f.local("i32"), to = f.local("i32"), steps = f.local("i32");
  const add = dtype === "f32" ? "f32x4.add" : "i32x4.add", step = (reverse ? -4 : 4) * inner;
  f.get(task).i32(blocks).op("i32.rem_u").scale(COLUMNS).set(column);
  f.i32(inner).get(column).op("i32.sub").set(left).i32(COLUMNS).set(most);
  f.get(left).get(most).get(left).get(most).op("i32.lt_u").op("select").set(left);
  f.get(task).i32(blocks).op("i32.div_u").scale(length * inner).get(column).op("i32.add");
  f.i32(reverse ? (length - 1) * inner : 0).op("i32.add").set(element);
  const tile = (copies: number, lanes: 1 | 4) => () => {
    const sums = Array.from({ length: copies }, () => f.local("v128"));
    for (const sum of sums) f.splat(0).set(sum);
    pointTo(f, element, source, from);
    pointTo(f, element, out, to);
    f.i32(length).set(steps);
    f.countdown(steps, () => {
      sums.forEach((sum, i) => {
        f.get(from).memory(lanes === 4 ? "v128.load" : "v128.load32_zero", 16 * i).get(sum).op(add).set(sum);
      });
      sums.forEach((sum, i) => {
        f.get(to).get(sum);
        if (lanes === 4) f.memory("v128.store", 16 * i);
        else f.memoryLane("v128.store32_lane", 0);
      });
      f.increment(from, step).increment(to, step);
    });
    f.increment(element, lanes * copies);
  };
  f.takeSteps(left, 16, tile(4, 4));
  f.takeSteps(left, 4, tile(1, 4));
  f.takeSteps(left, 1, tile(1, 1));
}

function printRows(
  f: FunctionBuilder,
  { dtype, outer, length, reverse }: CumsumKernel,
  task: Local,
  chunk: number,
  source: Local,
  out: Local,
): void {
  const add = dtype === "f32" ? "f32x4.add" : "i32x4.add", direction = reverse ? -1 : 1;
  const element = f.local("i32"), row = f.local("i32"), end = f.local("i32"), behind = f.local("i32");
  const from = f.local("i32"), to = f.local("i32"), left = f.local("i32");
  const x = f.local("v128"), carry = f.local("v128"), zero = f.local("v128");
  f.splat(0).set(zero);
  f.get(task).scale(chunk).set(row).get(row).i32(chunk).op("i32.add").set(end).i32(outer).set(behind);
  f.get(end).get(behind).get(end).get(behind).op("i32.lt_u").op("select").set(end);
  /** Adds to each lane the one at `distance` before it. */
  const addBefore = (distance: 1 | 2) => {
    if (reverse) f.get(x).get(zero).shuffle(distance === 1 ? [1, 2, 3, 4] : [2, 3, 4, 4]);
    else f.get(zero).get(x).shuffle(distance === 1 ? [0, 4, 5, 6] : [0, 0, 4, 5]);
    f.get(x).op(add).set(x);
  };
  const lastLane = reverse ? 0 : 3;
  f.block((exit) =>
    f.loop((again) => {
      f.get(row).get(end).op("i32.ge_u").brIf(exit);
      f.get(row).scale(length).i32(reverse ? length - 4 : 0).op("i32.add").set(element);
      pointTo(f, element, source, from);
      pointTo(f, element, out, to);
      f.splat(0).set(carry).i32(length).set(left);
      f.takeSteps(left, 4, () => {
        f.get(from).memory("v128.load").set(x);
        addBefore(1);
        addBefore(2);
        f.get(to).get(x).get(carry).op(add).memory("v128.store");
        f.get(x).get(x).shuffle([lastLane, lastLane, lastLane, lastLane]).get(carry).op(add).set(carry);
        f.increment(from, 16 * direction).increment(to, 16 * direction);
      });
      // The pointers of a reversed row are at the first of the next four elements
      if (reverse) f.increment(from, 12).increment(to, 12);
      f.takeSteps(left, 1, () => {
        f.get(from).memory("v128.load32_zero").get(carry).op(add).set(carry);
        f.get(to).get(carry).memoryLane("v128.store32_lane", 0);
        f.increment(from, 4 * direction).increment(to, 4 * direction);
      });
      f.increment(row, 1).br(again);
    })
  );
}
