/**
 * Code generation for {@link SegmentSumKernel}: lanes run along the rows, a tile of sums stays in registers over a
 * list.
 * @module
 */
import type { SegmentSumKernel } from "../../ir/kernel.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import {
  chunkSize,
  type KernelCode,
  loadPointers,
  TASK_PARAMETERS,
  taskParameters,
} from "../module/kernel_code.ts";

const SEGMENTS_PER_TASK = 8;
const COLUMNS = 16;

/**
 * Generates code for a segment sum.
 *
 * @param kernel Kernel.
 */
export function segmentSumCode(kernel: SegmentSumKernel): KernelCode {
  const { segments, width, repeat } = kernel;
  const chunk = Math.max(1, Math.min(segments, Math.max(SEGMENTS_PER_TASK, Math.ceil(segments / 256))));
  return {
    tasks: width === 0 ? 0 : Math.ceil(segments / chunk),
    scratchBytes: 0,
    work: 4 * segments * width,
    emit: ({ module }) =>
      module.function(TASK_PARAMETERS, (f) => {
        const { args, task } = taskParameters(f);
        const [source, starts, entries, out] = loadPointers(f, args, 4);
        const segment = f.local("i32"), left = f.local("i32"), list = f.local("i32"), entry = f.local("i32");
        const end = f.local("i32"), row = f.local("i32"), to = f.local("i32");
        f.get(task).scale(chunk).set(segment);
        const count = chunkSize(f, chunk < segments ? segment : undefined, chunk, segments);
        f.push(count).set(left);
        f.get(out).get(segment).scale(4 * width).op("i32.add").set(to);
        const printTile = (offset: number, copies: number, lanes: 1 | 4) => {
          const sums = Array.from({ length: copies }, () => f.local("v128"));
          for (const sum of sums) f.splat(0).set(sum);
          f.get(list).set(entry);
          f.block((exit) => {
            f.get(entry).get(end).op("i32.eq").brIf(exit);
            f.loop((again) => {
              f.get(source).get(entry).memory("i32.load");
              if (repeat > 1) f.i32(repeat).op("i32.div_u");
              f.scale(4 * width).op("i32.add").set(row);
              sums.forEach((sum, i) => {
                f.get(sum).get(row).memory(lanes === 4 ? "v128.load" : "v128.load32_zero", offset + 16 * i);
                f.op("f32x4.add").set(sum);
              });
              f.increment(entry, 4).get(entry).get(end).op("i32.ne").brIf(again);
            });
          });
          sums.forEach((sum, i) => {
            f.get(to).get(sum);
            if (lanes === 4) f.memory("v128.store", offset + 16 * i);
            else f.memoryLane("v128.store32_lane", 0, offset);
          });
        };
        f.countdown(left, () => {
          loadListBounds(f, starts, entries, segment, list, end);
          forColumns(f, width, [source, to], printTile);
          f.increment(to, 4 * width).increment(segment, 1);
        });
      }),
  };
}

/** Sets pointers to the first entry of a list and past its last. */
export function loadListBounds(
  f: FunctionBuilder,
  starts: Local,
  entries: Local,
  index: Local,
  list: Local,
  end: Local,
): void {
  const at = f.local("i32");
  f.get(starts).get(index).scale(4).op("i32.add").set(at);
  f.get(entries).get(at).memory("i32.load").scale(4).op("i32.add").set(list);
  f.get(entries).get(at).memory("i32.load", 4).scale(4).op("i32.add").set(end);
}

/** Covers a row of columns with tiles: a loop over full tiles that advances the pointers, then the remainder. */
function forColumns(
  f: FunctionBuilder,
  width: number,
  pointers: readonly Local[],
  printTile: (offset: number, copies: number, lanes: 1 | 4) => void,
): void {
  const whole = Math.floor(width / COLUMNS);
  if (whole > 0) {
    const tiles = f.local("i32");
    f.i32(whole).set(tiles);
    f.countdown(tiles, () => {
      printTile(0, COLUMNS / 4, 4);
      for (const pointer of pointers) f.increment(pointer, 4 * COLUMNS);
    });
  }
  const rest = width % COLUMNS, vectors = Math.floor(rest / 4);
  if (vectors > 0) printTile(0, vectors, 4);
  for (let column = 4 * vectors; column < rest; column++) printTile(4 * column, 1, 1);
  for (const pointer of pointers) f.increment(pointer, -4 * COLUMNS * whole);
}
