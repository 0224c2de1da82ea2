/**
 * Generates code for {@link ArgsortKernel}. Short rows, and the first few entries of long ones, are sorted by insertion
 * into a list; other rows by a stable byte-wise radix sort. Each row belongs to one thread.
 * @module
 */
import type { ArgsortKernel } from "../../ir/kernel.ts";
import type { Local } from "../module/function_builder.ts";
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";
import { Writer } from "../search/writer.ts";

/** Keys per call of an inner function. */
const CHUNK = 4096;
/** Longest list sorted by insertion. */
const MAX_LIST = 48;
/** More tasks than threads, for load balancing. */
const MAX_TASKS = 512;

/** Radix sort: digits of eight bits; a table of counts per digit, then two arrays of (key, index). */
const DIGITS = [0, 1, 2, 3] as const;
const TABLE_BYTES = 4 * 256;
const ARRAYS = DIGITS.length * TABLE_BYTES;

/** Sorts one row: `sort(keys, out, scratch)`. */
type RowSort = (w: Writer, keys: Local, out: Local, scratch: Local) => void;

/**
 * Generates code for a sort.
 *
 * @param kernel Kernel.
 */
export function argsortCode(kernel: ArgsortKernel): KernelCode {
  const { rows, length, count } = kernel;
  const inserts = count <= MAX_LIST;
  const chunk = Math.max(1, Math.ceil(rows / MAX_TASKS));
  return {
    tasks: length === 0 || count === 0 ? 0 : Math.ceil(rows / chunk),
    scratchBytes: inserts ? 8 * (count + 1) : ARRAYS + 16 * length,
    work: rows * (inserts ? length + count ** 2 : 24 * length),
    emit: (shared) => {
      const sort = inserts ? insertion(shared, kernel) : radix(shared, kernel);
      return shared.module.function(TASK_PARAMETERS, (f) => {
        const { args, task, scratch } = taskParameters(f), w = new Writer(f);
        const [keys, out] = loadPointers(f, args, 2);
        const first = w.let("i32", w.times(task, chunk));
        const behind = w.let("i32", w.sum(first, chunk));
        const end = w.let("i32", w.min(behind, rows));
        const row = w.let("i32", first), from = f.local("i32"), to = f.local("i32");
        w.until(row, end, 1, () => {
          w.set(from, w.sum(keys, w.times(row, 4 * length)));
          w.set(to, w.sum(out, w.times(row, 4 * count)));
          sort(w, from, to, scratch);
        });
      });
    },
  };
}

/** The list in scratch memory: its length, four bytes of padding, then sorted pairs (key, index). */
function insertion(shared: SharedFunctions, { length, count }: ArgsortKernel): RowSort {
  const insert = addInsert(shared, count), offer = addOffer(shared, count, insert);
  return (w, keys, out, scratch) => {
    const { f } = w, filled = Math.min(count, length), at = w.let("i32", keys), place = w.let("i32", 0);
    w.store("i32.store", scratch, 0);
    w.until(place, filled, 1, () => {
      w.call(insert, scratch, w.load("i32.load", at), place);
      f.increment(at, 4);
    });
    w.chunks(filled, w.let("i32", length), CHUNK, (from, to) => w.call(offer, keys, scratch, from, to));
    copyIndices(w, w.let("i32", w.sum(scratch, 8)), out, count);
  };
}

/** `insert(list, key, index)`: inserts a pair in order; a full list drops its last pair. */
function addInsert({ module }: SharedFunctions, count: number): number {
  return module.function(["i32", "i32", "i32"], (f) => {
    const [list, key, number] = f.parameters, w = new Writer(f);
    const held = w.let("i32", w.load("i32.load", list)), before = f.local("i32");
    // The slot after the last pair, or the last pair if full; `before` is the address of the preceding pair
    w.if(w.op("i32.ge_s", held, count), () => w.set(before, w.sum(list, 8 * (count - 1))), () => {
      w.set(before, w.sum(list, w.times(held, 8)));
      w.store("i32.store", list, w.sum(held, 1));
    });
    const larger = w.op("i32.gt_s", w.load("i32.load", before), key);
    w.while(w.op("i32.and", w.op("i32.gt_u", before, list), larger), () => {
      w.store("i32.store", before, w.load("i32.load", before), 8);
      w.store("i32.store", before, w.load("i32.load", before, 4), 12);
      f.increment(before, -8);
    });
    w.store("i32.store", before, key, 8);
    w.store("i32.store", before, number, 12);
  });
}

/** `offer(keys, list, first, end)`: offers keys to a full list; most are rejected, four at a time. */
function addOffer({ module }: SharedFunctions, count: number, insert: number): number {
  return module.function(["i32", "i32", "i32", "i32"], (f) => {
    const [keys, list, first, end] = f.parameters, w = new Writer(f);
    const at = w.let("i32", w.sum(keys, w.times(first, 4))),
      number = w.let("i32", first),
      key = f.local("i32");
    const left = w.let("i32", w.op("i32.sub", end, first)), worst = f.local("i32"), limit = f.local("v128");
    const readWorst = () => {
      w.set(worst, w.load("i32.load", list, 8 * count));
      f.get(worst).op("i32x4.splat").set(limit);
    };
    const offerOne = (lane: number) => {
      w.set(key, w.load("i32.load", at, 4 * lane));
      w.if(w.op("i32.lt_s", key, worst), () => {
        w.call(insert, list, key, w.sum(number, lane));
        readWorst();
      });
    };
    readWorst();
    f.takeSteps(left, 4, () => {
      f.get(at).memory("v128.load").get(limit).op("i32x4.lt_s").op("v128.any_true");
      f.if(() => [0, 1, 2, 3].forEach(offerOne));
      f.increment(at, 16).increment(number, 4);
    });
    f.takeSteps(left, 1, () => {
      offerOne(0);
      f.increment(at, 4).increment(number, 1);
    });
  });
}

/** Writes the indices of pairs. */
function copyIndices(w: Writer, pairs: Local, out: Local, count: number): void {
  const to = w.let("i32", out), end = w.let("i32", w.sum(out, 4 * count));
  w.until(to, end, 4, () => {
    w.store("i32.store", to, w.load("i32.load", pairs, 4));
    w.f.increment(pairs, 8);
  });
}

/** Address of the count of a key's digit. */
function counterOf(w: Writer, scratch: Local, key: Local, digit: number): () => void {
  const shifted = digit === 0 ? key : w.op("i32.shr_u", key, 8 * digit);
  return w.sum(scratch, w.times(w.op("i32.and", shifted, 255), 4), TABLE_BYTES * digit);
}

function radix(shared: SharedFunctions, { length, count }: ArgsortKernel): RowSort {
  const fill = addFill(shared), moves = DIGITS.map((digit) => addMove(shared, digit));
  return (w, keys, out, scratch) => {
    const { f } = w, end = w.let("i32", length);
    const at = w.let("i32", scratch), tablesEnd = w.let("i32", w.sum(scratch, ARRAYS));
    w.until(at, tablesEnd, 4, () => w.store("i32.store", at, 0));
    w.chunks(0, end, CHUNK, (from, to) => w.call(fill, keys, scratch, from, to));
    const from = w.let("i32", w.sum(scratch, ARRAYS)), to = w.let("i32", w.sum(scratch, ARRAYS + 8 * length));
    const key = f.local("i32"), swap = f.local("i32"), running = f.local("i32"), here = f.local("i32");
    for (const digit of DIGITS) {
      w.set(key, w.load("i32.load", from));
      // Skips a digit that is equal in all keys
      w.if(w.op("i32.ne", w.load("i32.load", counterOf(w, scratch, key, digit)), length), () => {
        w.set(running, 0);
        w.set(at, w.sum(scratch, TABLE_BYTES * digit));
        const tableEnd = w.let("i32", w.sum(at, TABLE_BYTES));
        w.until(at, tableEnd, 4, () => {
          w.set(here, w.load("i32.load", at));
          w.store("i32.store", at, running);
          w.set(running, w.sum(running, here));
        });
        w.chunks(0, end, CHUNK, (first, last) => w.call(moves[digit]!, scratch, from, to, first, last));
        w.set(swap, from);
        w.set(from, to);
        w.set(to, swap);
      });
    }
    copyIndices(w, from, out, count);
  };
}

/** `fill(keys, scratch, first, end)`: writes pairs (unsigned key, index) and counts each digit. */
function addFill({ module }: SharedFunctions): number {
  return module.function(["i32", "i32", "i32", "i32"], (f) => {
    const [keys, scratch, first, end] = f.parameters, w = new Writer(f);
    const key = f.local("i32"), at = f.local("i32"), counter = f.local("i32"), position = w.let("i32", first);
    w.until(position, end, 1, () => {
      w.set(key, w.sum(w.load("i32.load", w.sum(keys, w.times(position, 4))), -0x80000000));
      w.set(at, w.sum(scratch, w.times(position, 8)));
      w.store("i32.store", at, key, ARRAYS);
      w.store("i32.store", at, position, ARRAYS + 4);
      for (const digit of DIGITS) {
        w.set(counter, counterOf(w, scratch, key, digit));
        w.store("i32.store", counter, w.sum(w.load("i32.load", counter), 1));
      }
    });
  });
}

/** `move(scratch, from, to, first, end)`: scatters pairs to the offsets of a digit, in order. */
function addMove({ module }: SharedFunctions, digit: number): number {
  return module.function(["i32", "i32", "i32", "i32", "i32"], (f) => {
    const [scratch, from, to, first, end] = f.parameters;
    const w = new Writer(f), key = f.local("i32"), counter = f.local("i32"), place = f.local("i32");
    const at = w.let("i32", w.sum(from, w.times(first, 8))),
      stop = w.let("i32", w.sum(from, w.times(end, 8)));
    w.until(at, stop, 8, () => {
      w.set(key, w.load("i32.load", at));
      w.set(counter, counterOf(w, scratch, key, digit));
      w.set(place, w.load("i32.load", counter));
      w.store("i32.store", counter, w.sum(place, 1));
      w.set(place, w.sum(to, w.times(place, 8)));
      w.store("i32.store", place, key);
      w.store("i32.store", place, w.load("i32.load", at, 4), 4);
    });
  });
}
