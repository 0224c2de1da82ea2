/**
 * Kernels driven by index tables, written from their definitions: part of the oracle in `evaluate.ts`.
 *
 * @module
 */
import type { HostArray } from "./dtype.ts";
import { wrap } from "./arithmetic.ts";
import type { ArgsortKernel, CumsumKernel, NeighbourKernel, SegmentSumKernel } from "./kernel.ts";

/** A bounds-checked read: an index out of bounds is an error of the program under test. */
function at(array: HostArray | undefined, index: number, what: string): number {
  const value = array?.[index];
  if (value === undefined) {
    throw new RangeError(`${what}: element ${index} of ${array?.length ?? "no"} elements`);
  }
  return value;
}

function put(array: HostArray | undefined, index: number, value: number, what: string): void {
  at(array, index, what);
  if (array) array[index] = value;
}

/** `H[m, b, c, j] = Σ_k F[table[m,k], b, c] · W[m, k, j]`. */
function neighbourSum(kernel: NeighbourKernel, [f, w, table, h]: readonly HostArray[]): void {
  const { outputs, neighbours, batch, channels, mid } = kernel;
  for (let m = 0; m < outputs; m++) {
    for (let bc = 0; bc < batch * channels; bc++) {
      for (let j = 0; j < mid; j++) {
        let sum = 0;
        for (let k = 0; k < neighbours; k++) {
          const point = at(table, m * neighbours + k, "table");
          sum += at(f, point * batch * channels + bc, "features") *
            at(w, (m * neighbours + k) * mid + j, "weights");
        }
        put(h, (m * batch * channels + bc) * mid + j, sum, "sums");
      }
    }
  }
}

/** `W[m, k, j] = Σ_{b,c} F[table[m,k], b, c] · H[m, b, c, j]`. */
function neighbourWeights(kernel: NeighbourKernel, [f, h, table, w]: readonly HostArray[]): void {
  const { outputs, neighbours, batch, channels, mid } = kernel;
  for (let m = 0; m < outputs; m++) {
    for (let k = 0; k < neighbours; k++) {
      const point = at(table, m * neighbours + k, "table");
      for (let j = 0; j < mid; j++) {
        let sum = 0;
        for (let bc = 0; bc < batch * channels; bc++) {
          sum += at(f, point * batch * channels + bc, "features") *
            at(h, (m * batch * channels + bc) * mid + j, "sums");
        }
        put(w, (m * neighbours + k) * mid + j, sum, "weights");
      }
    }
  }
}

/** `F[p, b, c] = Σ_{(m,k) with table[m,k] = p} Σ_j W[m, k, j] · H[m, b, c, j]`. */
function neighbourFeatures(kernel: NeighbourKernel, [w, h, starts, entries, f]: readonly HostArray[]): void {
  const { points, neighbours, batch, channels, mid } = kernel;
  for (let p = 0; p < points; p++) {
    for (let bc = 0; bc < batch * channels; bc++) {
      let sum = 0;
      for (let e = at(starts, p, "starts"); e < at(starts, p + 1, "starts"); e++) {
        const entry = at(entries, e, "entries");
        const m = Math.floor(entry / neighbours);
        for (let j = 0; j < mid; j++) {
          sum += at(w, entry * mid + j, "weights") * at(h, (m * batch * channels + bc) * mid + j, "sums");
        }
      }
      put(f, p * batch * channels + bc, sum, "features");
    }
  }
}

/**
 * Runs a kernel of the trilinear neighbour form; sums accumulate in double precision and are rounded once.
 *
 * @param kernel Kernel.
 * @param data Contents of its buffers, in the order its kind prescribes; the last is the output.
 * @throws {RangeError} If a table refers outside an array.
 */
export function runNeighbour(kernel: NeighbourKernel, data: readonly HostArray[]): void {
  switch (kernel.kind) {
    case "neighbourSum":
      return neighbourSum(kernel, data);
    case "neighbourWeights":
      return neighbourWeights(kernel, data);
    case "neighbourFeatures":
      return neighbourFeatures(kernel, data);
  }
}

/**
 * `out[s, :] = Σ_{e = starts[s]}^{starts[s+1]-1} source[entries[e], :]`; sums accumulate in double precision
 * and are rounded once.
 *
 * @param kernel Kernel.
 * @param data Source, starts, entries, out.
 * @throws {RangeError} If an entry refers outside an array.
 */
export function runSegmentSum(kernel: SegmentSumKernel, data: readonly HostArray[]): void {
  const [source, starts, entries, out] = data;
  const { segments, width, repeat } = kernel;
  for (let s = 0; s < segments; s++) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let e = at(starts, s, "starts"); e < at(starts, s + 1, "starts"); e++) {
        sum += at(source, Math.floor(at(entries, e, "entries") / repeat) * width + column, "source");
      }
      put(out, s * width + column, sum, "out");
    }
  }
}

/** Running sums; those of f32 stay in double precision along the axis. */
export function runCumsum(kernel: CumsumKernel, [source, out]: readonly HostArray[]): void {
  const { dtype, outer, length, inner, reverse } = kernel;
  for (let row = 0; row < outer * inner; row++) {
    const first = Math.floor(row / inner) * length * inner + row % inner;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const position = first + (reverse ? length - 1 - i : i) * inner;
      sum += at(source, position, "source");
      if (dtype !== "f32") sum = wrap(dtype, sum);
      put(out, position, sum, "sums");
    }
  }
}

/** Numbers of keys in their order. */
export function runArgsort({ rows, length, count }: ArgsortKernel, [keys, out]: readonly HostArray[]): void {
  for (let row = 0; row < rows; row++) {
    const key = (i: number) => at(keys, row * length + i, "keys");
    const order = Array.from({ length }, (_, i) => i).sort((a, b) => key(a) - key(b) || a - b);
    for (let i = 0; i < count; i++) put(out, row * count + i, order[i]!, "numbers");
  }
}
