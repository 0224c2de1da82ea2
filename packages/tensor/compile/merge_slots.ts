/**
 * Merges slots of a kernel that are bound to the same buffer, after results were assigned the memory of inputs.
 * @module
 */
import type {
  GemmKernel,
  Kernel,
  KernelBuffer,
  LoopKernel,
  PatchGemmKernel,
  Scalar,
  Step,
} from "../ir/kernel.ts";
import { topological } from "../ir/rewrite.ts";

/**
 * Returns a step in which no written buffer is duplicated.
 *
 * @param kernel A kernel.
 * @param args Program buffer of each of its slots; buffers may be duplicated.
 */
export function mergeSlots(kernel: Kernel, args: readonly number[]): Step {
  const distinct = [...new Set(args)];
  if (distinct.length === args.length) return { kernel, args };
  const target = args.map((arg) => distinct.indexOf(arg));
  const buffers = distinct.map((_, slot): KernelBuffer => {
    const merged = kernel.buffers.filter((_, i) => target[i] === slot);
    const reads = merged.some(({ access }) => access !== "write");
    const writes = merged.some(({ access }) => access !== "read");
    return { dtype: merged[0]!.dtype, access: reads && writes ? "readwrite" : writes ? "write" : "read" };
  });
  if (kernel.kind !== "loop" && kernel.kind !== "gemm" && kernel.kind !== "patchGemm") {
    // A search may use the same points as queries
    if (buffers.every(({ access }) => access !== "readwrite")) return { kernel, args };
    throw new Error(`${kernel.kind} cannot overwrite its inputs`);
  }
  return { kernel: renumber(kernel, buffers, target), args: distinct };
}

function renumber<K extends LoopKernel | GemmKernel | PatchGemmKernel>(
  kernel: K,
  buffers: KernelBuffer[],
  target: readonly number[],
): K {
  const done = new Map<Scalar, Scalar>();
  const map = (root: Scalar): Scalar => {
    for (const scalar of topological([root], (known) => done.has(known))) {
      done.set(scalar, renumbered(scalar, target, done));
    }
    return done.get(root)!;
  };
  const stores = kernel.stores.map((store) => ({
    ...store,
    buffer: target[store.buffer]!,
    value: map(store.value),
  }));
  if (kernel.kind !== "loop") {
    const a = { ...kernel.a, buffer: target[kernel.a.buffer]! };
    const b = { ...kernel.b, buffer: target[kernel.b.buffer]! };
    return { ...kernel, buffers, stores, a, b };
  }
  const accumulators = kernel.accumulators.map((accumulator) => ({
    ...accumulator,
    value: map(accumulator.value),
  }));
  return { ...kernel, buffers, stores, accumulators };
}

function renumbered(scalar: Scalar, target: readonly number[], done: ReadonlyMap<Scalar, Scalar>): Scalar {
  if (scalar.op === "load") {
    const indirect = scalar.address.indirect.map(({ stride, index }) => ({
      stride,
      index: done.get(index)!,
    }));
    return { ...scalar, buffer: target[scalar.buffer]!, address: { ...scalar.address, indirect } };
  }
  return "args" in scalar ? { ...scalar, args: scalar.args.map((arg) => done.get(arg)!) } : scalar;
}
