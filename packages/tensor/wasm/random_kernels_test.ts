/** @module */
import type { Affine, Guard, KernelBuffer, LoopKernel, Scalar, Store } from "../ir/kernel.ts";
import type { HostArray } from "../ir/dtype.ts";
import { openWasm } from "./runtime/device.ts";
import { accumulator, affine, checkKernel, load, Noise, withDevice } from "./testing.ts";

/** Maximum points of a kernel, so that the oracle is quick. */
const MAX_POINTS = 3000;

/** A random loop kernel with the contents of its buffers: views, guards, gathers, indices, several reductions. */
class RandomKernel {
  readonly #noise: Noise;
  readonly #map: number[];
  readonly #reduce: number[];
  readonly #buffers: KernelBuffer[] = [];
  readonly data: HostArray[] = [];
  readonly #values: Scalar[] = [];

  constructor(noise: Noise) {
    this.#noise = noise;
    const size = () => noise.pick([1, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33]);
    let points = 1;
    const sizes = (rank: number) =>
      Array.from({ length: rank }, size).filter((one) => {
        const small = points * one <= MAX_POINTS;
        if (small) points *= one;
        return small;
      });
    this.#map = sizes(noise.integer(0, 3));
    this.#reduce = sizes(noise.pick([0, 0, 1, 2]));
  }

  get #sizes(): number[] {
    return [...this.#map, ...this.#reduce];
  }

  #addBuffer(declared: KernelBuffer, array: HostArray): number {
    this.data.push(array);
    return this.#buffers.push(declared) - 1;
  }

  /** Returns random strides, and the size of a buffer that contains them. */
  #view(sizes: readonly number[], axes: readonly number[]): Affine & { readonly span: number } {
    const strides = sizes.map(() => 0);
    let span = 1, offset = 0;
    const order = [...axes].sort(() => this.#noise.next() - 0.5);
    for (const axis of order) {
      const stride = span * this.#noise.pick([1, 1, 1, 2]), size = sizes[axis] ?? 1;
      const flipped = this.#noise.next() < 0.15;
      strides[axis] = flipped ? -stride : stride;
      if (flipped) offset += stride * (size - 1);
      span += stride * (size - 1);
    }
    return { offset, strides, span };
  }

  #randomAxes(): number[] {
    return this.#sizes.flatMap((_, axis) => this.#noise.next() < 0.7 ? [axis] : []);
  }

  /** A load of f32 from a new buffer, sometimes shifted so that guards are needed. */
  #load(): Scalar {
    const noise = this.#noise, sizes = this.#sizes;
    const { offset, strides, span } = this.#view(sizes, this.#randomAxes());
    const guards: Guard[] = [];
    let shift = 0, extra = 0;
    const axis = sizes.findIndex((size, i) => size > 2 && strides[i] !== 0);
    if (axis >= 0 && noise.next() < 0.3) {
      // The axis is seen through a window that excludes its first and last elements.
      const first = noise.integer(0, 2), size = noise.integer(1, (sizes[axis] ?? 1) - first);
      guards.push({ ...affine(sizes.map((_, i) => i === axis ? 1 : 0), -first), size });
      shift = (strides[axis] ?? 0) > 0 ? -first * (strides[axis] ?? 0) : 0;
    }
    const indirect: { stride: number; index: Scalar }[] = [];
    if (noise.next() < 0.25) {
      const rows = noise.integer(1, 6), at = this.#view(sizes, this.#randomAxes());
      const table = this.#addBuffer(
        { dtype: "i32", access: "read" },
        new Int32Array(at.span).map(() => noise.integer(0, rows - 1)),
      );
      indirect.push({ stride: span, index: load(table, at.strides, { offset: at.offset, dtype: "i32" }) });
      extra = span * (rows - 1);
    }
    const buffer = this.#addBuffer({ dtype: "f32", access: "read" }, noise.array("f32", span + extra));
    return load(buffer, strides, { offset: offset + shift, guards, indirect });
  }

  #expression(depth: number): Scalar {
    const noise = this.#noise;
    if (this.#values.length > 0 && noise.next() < 0.25) return noise.pick(this.#values);
    if (depth === 0 || noise.next() < 0.2) {
      const choice = noise.next();
      if (choice < 0.7) return this.#load();
      if (choice < 0.85) return { op: "const", dtype: "f32", value: noise.integer(-4, 4) / 2 };
      const strides = this.#sizes.map(() => noise.integer(-1, 2));
      const position: Scalar = { op: "affine", dtype: "i32", affine: affine(strides, noise.integer(-3, 3)) };
      return { op: "convert", dtype: "f32", args: [position] };
    }
    const value = this.#operation(depth - 1);
    this.#values.push(value);
    return value;
  }

  #operation(depth: number): Scalar {
    const noise = this.#noise, a = this.#expression(depth), b = this.#expression(depth);
    if (noise.next() < 0.2) {
      const condition: Scalar = { op: noise.pick(["lt", "le"]), dtype: "bool", args: [a, b] };
      return { op: "select", dtype: "f32", args: [condition, this.#expression(depth), a] };
    }
    return { op: noise.pick(["add", "sub", "mul", "min", "max"]), dtype: "f32", args: [a, b] };
  }

  build(): LoopKernel {
    const noise = this.#noise, reducing = this.#reduce.length > 0;
    const accumulators = Array.from({ length: reducing ? noise.integer(1, 3) : 0 }, () => ({
      kind: noise.pick(["sum", "sum", "max"] as const),
      dtype: "f32" as const,
      value: this.#expression(2),
    }));
    // The stores must not depend on reduce axes.
    const reduce = this.#reduce.length;
    this.#values.length = 0;
    const stores: Store[] = Array.from({ length: noise.integer(1, 2) }, (_, i) => {
      const value: Scalar = reducing
        ? {
          op: "add",
          dtype: "f32",
          args: [accumulator(i % accumulators.length), { op: "const", dtype: "f32", value: 1 }],
        }
        : this.#expression(3);
      const axes = this.#map.map((_, axis) => axis);
      const { offset, strides, span } = this.#view(this.#sizes, axes);
      const buffer = this.#addBuffer({ dtype: "f32", access: "write" }, noise.array("f32", span));
      return {
        buffer,
        address: { offset, strides: strides.map((s, i) => i < strides.length - reduce ? s : 0) },
        value,
      };
    });
    return {
      kind: "loop",
      name: `random kernel over ${this.#map.join("×")} and ${this.#reduce.join("×")}`,
      buffers: this.#buffers,
      map: this.#map,
      reduce: this.#reduce,
      accumulators,
      stores,
    };
  }
}

for (const simd of ["auto", "plain"] as const) {
  Deno.test(`random loop kernels (${simd}) agree with the oracle`, () =>
    withDevice(() => openWasm({ threads: 1, simd }), async (device) => {
      const noise = new Noise(simd === "auto" ? 91 : 92);
      for (let round = 0; round < 200; round++) {
        const random = new RandomKernel(noise);
        const kernel = random.build();
        await checkKernel(device, { ...kernel, name: `${round}: ${kernel.name}` }, random.data, 1e-3);
      }
    }));
}
