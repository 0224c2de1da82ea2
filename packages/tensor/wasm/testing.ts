/**
 * Test helpers of this folder: run a kernel on a device and on the oracle, and compare.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { KernelDevice } from "../device/device.ts";
import { type DType, type HostArray, hostArray, hostView } from "../ir/dtype.ts";
import { runProgram } from "../ir/evaluate.ts";
import type { Affine, Guard, Kernel, KernelBuffer, Load, Program, Scalar } from "../ir/kernel.ts";

/** A small pseudo-random number generator (xorshift), for reproducible data. */
export class Noise {
  #state: number;

  /**
   * Seeds the generator.
   *
   * @param seed Any integer.
   */
  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 12345) | 1;
  }

  /** Returns a number in [0, 1). */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / 0x1_0000_0000;
  }

  /** Returns an integer in [low, high]. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** Returns a random element. */
  pick<T>(things: readonly T[]): T {
    const thing = things[this.integer(0, things.length - 1)];
    if (thing === undefined) throw new RangeError("nothing to pick from");
    return thing;
  }

  /** Returns a random array: floats in [-1, 1), integers in [-9, 9] (i32) or [0, 9] (u32), booleans. */
  array(dtype: DType, size: number): HostArray {
    const array = hostArray(dtype, size);
    for (let i = 0; i < size; i++) {
      array[i] = dtype === "f32"
        ? this.next() * 2 - 1
        : dtype === "bool"
        ? this.integer(0, 1)
        : this.integer(dtype === "i32" ? -9 : 0, 9);
    }
    return array;
  }
}

/** Creates an affine address. */
export function affine(strides: readonly number[], offset: number = 0): Affine {
  return { offset, strides };
}

/** Creates a load, of f32 by default. */
export function load(
  buffer: number,
  strides: readonly number[],
  { offset = 0, dtype = "f32", guards = [], indirect = [] }: {
    readonly offset?: number;
    readonly dtype?: DType;
    readonly guards?: readonly Guard[];
    readonly indirect?: Load["address"]["indirect"];
  } = {},
): Load {
  return { op: "load", dtype, buffer, address: { offset, strides, indirect }, guards };
}

/** The final value of an accumulator. */
export function accumulator(index: number, dtype: DType = "f32"): Scalar {
  return { op: "accumulator", dtype, index };
}

/** Declares buffers: `r` read, `w` write, `rw` both. */
export function slots(
  ...declared: (readonly ["r" | "w" | "rw", DType] | "r" | "w" | "rw")[]
): KernelBuffer[] {
  const access = { r: "read", w: "write", rw: "readwrite" } as const;
  return declared.map((one) => {
    const [mode, dtype] = typeof one === "string" ? [one, "f32" as const] : one;
    return { dtype, access: access[mode] };
  });
}

/** A program of one kernel on external buffers. */
export function programOf(kernel: Kernel, sizes: readonly number[]): Program {
  return {
    buffers: sizes.map((size) => ({ bytes: 4 * size, role: "external" })),
    steps: [{ kernel, args: sizes.map((_, i) => i) }],
  };
}

/** Copies arrays to a device, runs a program on them once and reads all of them back. */
export async function runOn(
  device: KernelDevice,
  program: Program,
  data: readonly HostArray[],
): Promise<ArrayBuffer[]> {
  const executable = await device.prepare(program);
  const buffers = data.map((array) => {
    const buffer = device.allocate(array.byteLength);
    device.write(buffer, array);
    return buffer;
  });
  await executable.run(buffers);
  const results = await Promise.all(
    buffers.map((buffer, i) => device.read(buffer, data[i]?.byteLength ?? 0)),
  );
  buffers.forEach((buffer) => device.free(buffer));
  executable.release();
  return results;
}

/** Asserts that two arrays agree: integers exactly, floats within `tolerance` times max(1, |value|). */
export function assertClose(got: HostArray, want: HostArray, tolerance: number, what: string): void {
  assertEquals(got.length, want.length, what);
  for (let i = 0; i < want.length; i++) {
    const a = got[i] ?? NaN, b = want[i] ?? NaN;
    if (Object.is(a, b) || a === b) continue;
    const fits = want instanceof Float32Array && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
    assert(fits, `${what}: element ${i} is ${a}, wanted ${b}`);
  }
}

/**
 * Runs a kernel on a device and on the oracle, and asserts that all buffers agree afterwards.
 *
 * @param device Device under test.
 * @param kernel Kernel.
 * @param data Contents of its buffers; not changed.
 * @param tolerance Maximum error of a float, relative to max(1, |value|).
 */
export async function checkKernel(
  device: KernelDevice,
  kernel: Kernel,
  data: readonly HostArray[],
  tolerance: number = 1e-5,
): Promise<void> {
  const program = programOf(kernel, data.map(({ length }) => length));
  const want = data.map((array) => array.slice());
  runProgram(program, want);
  const got = await runOn(device, program, data);
  want.forEach((array, i) => {
    const dtype = kernel.buffers[i]?.dtype ?? "f32";
    assertClose(
      hostView(dtype, got[i] ?? new ArrayBuffer(0)),
      array,
      tolerance,
      `${kernel.name}, buffer ${i}`,
    );
  });
}

/** Opens a device for a test and closes it afterwards; fails if the test leaks buffers. */
export async function withDevice(
  open: () => Promise<KernelDevice>,
  body: (device: KernelDevice) => Promise<void>,
): Promise<void> {
  const device = await open();
  try {
    await body(device);
    assertEquals(device.liveBuffers, 0, "buffers left alive");
    assertEquals(device.liveBytes, 0, "bytes left alive");
  } finally {
    await device.close();
  }
}
