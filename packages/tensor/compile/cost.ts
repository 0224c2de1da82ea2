/**
 * The minimum work of a step of a program, to compare its measured time with.
 * @module
 */
import { ELEMENT_BYTES } from "../ir/dtype.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Affine, Kernel, MatrixView, Program, Scalar, Step, Store } from "../ir/kernel.ts";
import { operands, topological } from "../ir/rewrite.ts";
import { flopOf } from "./flop.ts";

/**
 * The work of a step.
 *
 * @category Compiler
 */
export interface StepCost {
  /**
   * Floating-point operations, including element-wise ones, each counted once per set of indices that its operands
   * depend on; a multiply-add counts as two. Those of searches depend on the data and are not counted.
   */
  readonly flop: number;
  /** Bytes read, each region of a buffer once. */
  readonly readBytes: number;
  /** Bytes written, each region of a buffer once. */
  readonly writtenBytes: number;
}

/** Operations of the IR that are arithmetic on floats. */
const ARITHMETIC: ReadonlySet<string> = new Set(
  ["add", "sub", "mul", "div", "min", "max", "neg", "abs", "sqrt", "floor", "ceil", "round", "trunc"],
);

/**
 * Computes the minimum work of a step.
 *
 * @param program Program of the step.
 * @param step The step.
 * @category Compiler
 */
export function costOf({ buffers }: Pick<Program, "buffers">, { kernel, args }: Step): StepCost {
  const elements = args.map((arg) => (buffers[arg]?.bytes ?? 0) / ELEMENT_BYTES);
  const { flop, read, written } = tallyOf(kernel, elements);
  const bytesOf = (regions: ReadonlyMap<number, number>) =>
    [...regions].reduce(
      (sum, [slot, count]) => sum + ELEMENT_BYTES * Math.min(count, elements[slot] ?? 0),
      0,
    );
  return { flop, readBytes: bytesOf(read), writtenBytes: bytesOf(written) };
}

/** Operations, and accessed elements per slot, which may exceed the size of the slot. */
interface Tally {
  readonly flop: number;
  readonly read: ReadonlyMap<number, number>;
  readonly written: ReadonlyMap<number, number>;
}

function tallyOf(kernel: Kernel, elements: readonly number[]): Tally {
  switch (kernel.kind) {
    case "loop": {
      const sizes = [...kernel.map, ...kernel.reduce];
      const counter = new Counter(sizes, kernel.map.length, [...kernel.accumulators, ...kernel.stores]);
      counter.store(kernel.stores);
      return counter.tally(kernel.accumulators.length * sizeOf(sizes));
    }
    case "gemm": {
      const { batch, m, n, k } = kernel;
      const counter = new Counter([...batch, m, n], batch.length + 2, kernel.stores);
      counter.store(kernel.stores);
      counter.view(kernel.a, batch, m, k);
      counter.view(kernel.b, batch, k, n);
      return counter.tally(flopOf(kernel));
    }
    case "patchGemm": {
      const { batch, m, n } = kernel;
      const counter = new Counter([...batch, m, n], batch.length + 2, kernel.stores);
      counter.store(kernel.stores);
      const { flop, read, written } = counter.tally(flopOf(kernel));
      const whole = new Map([kernel.a.buffer, kernel.b.buffer].map((slot) => [slot, elements[slot] ?? 0]));
      return { flop, read: new Map([...read, ...whole]), written };
    }
    case "chain": {
      const read = new Map<number, number>(), written = new Map<number, number>();
      let flop = 0;
      for (const link of kernel.links) {
        const inner = tallyOf(link.kernel, []);
        flop += inner.flop;
        // Results of earlier links need not be read from memory
        for (const [slot, count] of inner.read) {
          if (!written.has(link.args[slot]!)) grow(read, link.args[slot]!, count);
        }
        for (const [slot, count] of inner.written) grow(written, link.args[slot]!, count);
      }
      return { flop, read, written };
    }
    case "concatenate": {
      const tallies = kernel.parts.map((part) => tallyOf(part, elements));
      const read = new Map<number, number>(), written = new Map<number, number>();
      for (const part of tallies) {
        for (const [slot, count] of part.read) grow(read, slot, count);
        for (const [slot, count] of part.written) grow(written, slot, count);
      }
      return { flop: tallies.reduce((sum, { flop }) => sum + flop, 0), read, written };
    }
    case "cumsum": {
      const { dtype, outer, length, inner } = kernel;
      return { ...wholeSlots(kernel, elements), flop: dtype === "f32" ? outer * length * inner : 0 };
    }
    case "segmentSum": {
      const entries = elements[2] ?? 0;
      return { ...wholeSlots(kernel, elements), flop: entries * kernel.width };
    }
    default:
      return { ...wholeSlots(kernel, elements), flop: flopOf(kernel) };
  }
}

/** Accesses of kernels that read and write all of their arrays. */
function wholeSlots({ buffers }: Kernel, elements: readonly number[]): Omit<Tally, "flop"> {
  const read = new Map<number, number>(), written = new Map<number, number>();
  buffers.forEach(({ access }, slot) => {
    if (access !== "write") read.set(slot, elements[slot] ?? 0);
    if (access !== "read") written.set(slot, elements[slot] ?? 0);
  });
  return { read, written };
}

function grow(regions: Map<number, number>, slot: number, count: number): void {
  regions.set(slot, (regions.get(slot) ?? 0) + count);
}

/** Counts work over the axes of a kernel. */
class Counter {
  readonly #sizes: readonly number[];
  readonly #read = new Map<number, number>();
  readonly #written = new Map<number, number>();
  #flop = 0;

  /** @param sizes Sizes of all axes. @param map Number of map axes. @param roots Computed values. */
  constructor(sizes: readonly number[], map: number, roots: readonly { readonly value: Scalar }[]) {
    this.#sizes = sizes;
    const mapAxes = Array.from({ length: map }, (_, axis) => axis);
    const axesOf = new Map<Scalar, ReadonlySet<number>>();
    const loads = new Set<string>();
    for (const node of topological(roots.map(({ value }) => value))) {
      const own = node.op === "load" ? axesIn(node.address) : node.op === "affine" ? axesIn(node.affine) : [];
      const below = operands(node).flatMap((operand) => [...axesOf.get(operand) ?? []]);
      const axes = new Set(node.op === "accumulator" ? mapAxes : [...own, ...below]);
      axesOf.set(node, axes);
      if (node.op === "load") {
        const { offset, strides, indirect } = node.address;
        const place = `${node.buffer}|${offset}|${strides.join()}`;
        if (indirect.length === 0 && loads.has(place)) continue;
        loads.add(place);
        grow(this.#read, node.buffer, this.#points(axes));
      } else if (node.dtype === "f32" && ARITHMETIC.has(node.op)) {
        this.#flop += this.#points(axes);
      }
    }
  }

  /** Counts stores. */
  store(stores: readonly Store[]): void {
    for (const { buffer, address } of stores) grow(this.#written, buffer, this.#points(axesIn(address)));
  }

  /** Counts an operand of a product. */
  view(
    { buffer, batch, row, column }: MatrixView,
    sizes: readonly number[],
    rows: number,
    columns: number,
  ): void {
    const strides = [...batch, row, column];
    const count = [...sizes, rows, columns].reduce((all, size, i) => strides[i] === 0 ? all : all * size, 1);
    grow(this.#read, buffer, count);
  }

  /** @param flop Operations outside of expressions. */
  tally(flop: number): Tally {
    return { flop: this.#flop + flop, read: this.#read, written: this.#written };
  }

  #points(axes: Iterable<number>): number {
    let points = 1;
    for (const axis of axes) points *= this.#sizes[axis] ?? 1;
    return points;
  }
}

function axesIn({ strides }: Affine): number[] {
  return strides.flatMap((stride, axis) => stride === 0 ? [] : [axis]);
}
