/**
 * Code generation for {@link InvertKernel}: a counting sort of the positions of a table by row.
 * @module
 */
import type { InvertKernel } from "../../ir/kernel.ts";
import type { Local } from "../module/function_builder.ts";
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import { Writer } from "./writer.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

const CHUNK = 4096;

/**
 * Generates code for the inversion of a table.
 *
 * @param kernel Kernel.
 */
export function invertCode(kernel: InvertKernel): KernelCode {
  const { entries, rows } = kernel;
  return {
    tasks: 1,
    scratchBytes: 0,
    work: 8 * entries + 4 * rows,
    emit: (shared) => {
      const count = addPass(shared, kernel, "count"), place = addPass(shared, kernel, "place");
      return shared.module.function(TASK_PARAMETERS, (f) => {
        const { args } = taskParameters(f), w = new Writer(f), [index, out] = loadPointers(f, args, 2);
        const at = f.local("i32"), end = w.let("i32", entries), running = w.let("i32", 0);
        const fill = (from: number, count: number) => {
          w.set(at, w.sum(out, 4 * from));
          w.until(at, w.sum(out, 4 * (from + count)), 4, () => w.store("i32.store", at, 0));
        };
        fill(0, rows + 1 + entries);
        w.chunks(0, end, CHUNK, (from, to) => w.call(count, index, out, from, to));
        // Counts become start offsets. Placing a row's positions advances its start to that of the next row.
        const here = f.local("i32");
        w.set(at, w.sum(out, 4));
        w.until(at, w.sum(out, 4 * (rows + 1)), 4, () => {
          w.set(here, w.load("i32.load", at));
          w.store("i32.store", at, running);
          w.set(running, w.sum(running, here));
        });
        w.chunks(0, end, CHUNK, (from, to) => w.call(place, index, out, from, to));
      });
    },
  };
}

/** `pass(index, out, first, end)`: counts the positions of each row, one element after its start, or places them. */
function addPass({ module }: SharedFunctions, { rows }: InvertKernel, kind: "count" | "place"): number {
  return module.function(["i32", "i32", "i32", "i32"], (f) => {
    const [index, out, first, end] = f.parameters, w = new Writer(f), row = f.local("i32");
    const position: Local = w.let("i32", first);
    w.until(position, end, 1, () => {
      w.set(row, w.load("i32.load", w.sum(index, w.times(position, 4))));
      w.if(w.op("i32.lt_u", row, rows), () => {
        const start = w.let("i32", w.sum(out, w.times(row, 4), 4));
        const value = w.let("i32", w.load("i32.load", start));
        w.store("i32.store", start, w.sum(value, 1));
        if (kind === "place") {
          w.store("i32.store", w.sum(out, w.times(value, 4)), position, 4 * (rows + 1));
        }
      });
    });
  });
}
