/**
 * Test helpers of this folder: a device per test, and comparison of programs with the oracle on the host.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { DeviceBuffer, KernelDevice } from "../../device/device.ts";
import type { DType, HostArray } from "../../ir/dtype.ts";
import { runProgram } from "../../ir/evaluate.ts";
import type { Access, Affine, Kernel, Load, Program, Scalar, ScalarOp, Store } from "../../ir/kernel.ts";
import { findAdapter } from "./adapter.ts";
import { openWebGPU } from "./device.ts";
import { Memory, UNLIMITED } from "./memory.ts";
import { Pipelines } from "./pipelines.ts";
import type { Passes } from "../shader/shader.ts";
import { skipReason } from "./skip_reason_test.ts";
import { subgroupSize } from "./subgroups.ts";
import { beginWait } from "./polling.ts";

const probed: { readonly missing: string } | { readonly hardware: boolean } = await openWebGPU().then(
  async (device) => {
    await device.close();
    return { hardware: device.info.hardware };
  },
  (error) => ({ missing: skipReason("webgpu", error) }),
);
/** The reason why there is no adapter; undefined if there is one. */
const missing = "missing" in probed ? probed.missing : undefined;
/** Whether the adapter is a GPU. */
export const isHardware: boolean = "hardware" in probed && probed.hardware;
if (missing) console.warn(`tests of webgpu are skipped: ${missing}`);

/** A test with its own device, which must not hold buffers at the end. Ignored if there is no adapter. */
export function deviceTest(
  name: string,
  body: (device: KernelDevice) => Promise<void>,
  { ignore = false }: { readonly ignore?: boolean } = {},
): void {
  Deno.test({
    name,
    ignore: ignore || missing !== undefined,
    async fn() {
      const device = await openWebGPU();
      try {
        await body(device);
        assertEquals(device.liveBuffers, 0, "live buffers at the end");
        assertEquals(device.liveBytes, 0, "live bytes at the end");
      } finally {
        await device.close();
      }
    },
  });
}

/** Reproducible pseudo-random numbers in [-1, 1). */
export function noise(size: number, seed = 1): Float32Array {
  let state = seed * 2654435761 >>> 0;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Reproducible pseudo-random integers in `0 .. below - 1`. */
export function indices(size: number, below: number, seed = 1): Int32Array {
  return Int32Array.from(noise(size, seed), (x) => Math.min(below - 1, Math.floor((x + 1) / 2 * below)));
}

/** Row-major strides with zeros appended. */
export function rowMajor(sizes: readonly number[], trailing = 0): number[] {
  const strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((product, size) => product * size, 1));
  return [...strides, ...new Array<number>(trailing).fill(0)];
}

/** Shorthands for IR nodes. */
export const ir = {
  load(buffer: number, strides: readonly number[], more: Partial<Load> & { offset?: number } = {}): Load {
    const { offset = 0, ...rest } = more;
    return {
      op: "load",
      dtype: "f32",
      buffer,
      address: { offset, strides, indirect: [] },
      guards: [],
      ...rest,
    };
  },
  op(op: ScalarOp, dtype: DType, ...args: Scalar[]): Scalar {
    return { op, dtype, args };
  },
  constant(value: number, dtype: DType = "f32"): Scalar {
    return { op: "const", dtype, value };
  },
  affine(offset: number, strides: readonly number[]): Affine {
    return { offset, strides };
  },
  accumulator(index = 0, dtype: DType = "f32"): Scalar {
    return { op: "accumulator", dtype, index };
  },
  store(buffer: number, strides: readonly number[], value: Scalar, offset = 0): Store {
    return { buffer, address: { offset, strides }, value };
  },
  buffers(declared: string): { dtype: DType; access: Access }[] {
    return declared.split(" ").filter(Boolean).map((word) => {
      const [dtype, access] = word.split(":") as [DType, string];
      return {
        dtype,
        access: ({ r: "read", w: "write", rw: "readwrite" } as const)[access as "r" | "w" | "rw"],
      };
    });
  },
};

/** A program of one kernel on external buffers. */
export function programOf(kernel: Kernel, data: readonly HostArray[]): Program {
  return {
    buffers: data.map(({ byteLength }) => ({ bytes: byteLength, role: "external" })),
    steps: [{ kernel, args: data.map((_, i) => i) }],
  };
}

/** Runs a program on a device with copies of the data and returns all buffers afterwards. */
export async function runOn<T extends HostArray>(
  device: KernelDevice,
  program: Program,
  data: readonly T[],
): Promise<T[]> {
  const executable = await device.prepare(program);
  const buffers: DeviceBuffer[] = data.map(({ byteLength }) => device.allocate(byteLength));
  data.forEach((array, i) => device.write(buffers[i]!, array));
  await executable.run(buffers);
  const results: T[] = [];
  for (const [i, array] of data.entries()) {
    const bytes = await device.read(buffers[i]!, array.byteLength);
    results.push(new (array.constructor as new (bytes: ArrayBuffer) => T)(bytes));
  }
  buffers.forEach((buffer) => device.free(buffer));
  executable.release();
  return results;
}

/** Maximum error, relative to the largest magnitude of the array, or to each element. */
export type Tolerance = number | { readonly each: number };

/** Asserts that arrays agree: integers exactly, floats within the tolerance. */
export function assertClose(got: HostArray, wanted: HostArray, tolerance: Tolerance, what: string): void {
  assertEquals(got.length, wanted.length, what);
  const exact = !(wanted instanceof Float32Array);
  const finite = Array.from(wanted as Float32Array).filter(Number.isFinite).map(Math.abs);
  const scale = finite.reduce((x, y) => Math.max(x, y), 1e-30);
  for (let i = 0; i < got.length; i++) {
    const x = got[i]!, y = wanted[i]!;
    if (Object.is(x, y) || x === y) continue;
    const allowed = exact
      ? 0
      : typeof tolerance === "number"
      ? tolerance * scale
      : tolerance.each * Math.abs(y);
    assert(Math.abs(x - y) <= allowed, `${what}: element ${i} is ${x}, should be ${y} up to ${allowed}`);
  }
}

/** Compares a program on the device with the oracle, in all its external buffers. */
export async function checkProgram(
  device: KernelDevice,
  program: Program,
  data: readonly HostArray[],
  what: string,
  tolerance: Tolerance = 2e-6,
): Promise<void> {
  const wanted = data.map((array) => array.slice());
  runProgram(program, wanted);
  const got = await runOn(device, program, data);
  got.forEach((array, i) => assertClose(array, wanted[i]!, tolerance, `${what}, buffer ${i}`));
}

/** Compares a kernel on the device with the oracle. */
export function checkKernel(
  device: KernelDevice,
  kernel: Kernel,
  data: readonly HostArray[],
  what: string = kernel.name,
  tolerance?: Tolerance,
): Promise<void> {
  return checkProgram(device, programOf(kernel, data), data, what, tolerance);
}

/** Runs generated passes on an adapter, without the device. */
export class PassRunner {
  /** Subgroup size for shuffles; 1 if not supported. */
  readonly subgroup: number;
  readonly #gpu: GPUDevice;
  readonly #pipelines: Pipelines;

  private constructor(gpu: GPUDevice, hardware: boolean, subgroup: number) {
    this.subgroup = subgroup;
    this.#gpu = gpu;
    this.#pipelines = new Pipelines(gpu, hardware);
  }

  /** Opens an adapter with all its features and limits. */
  static async open(): Promise<PassRunner> {
    const { adapter, hardware } = await findAdapter();
    const { maxComputeWorkgroupStorageSize } = adapter.limits;
    const gpu = await adapter.requestDevice({
      requiredLimits: { maxComputeWorkgroupStorageSize },
      requiredFeatures: adapter.features.has("subgroups") ? ["subgroups"] : [],
    });
    return new PassRunner(gpu, hardware, await subgroupSize(gpu, adapter.info.subgroupMinSize, hardware));
  }

  /** Runs passes on copies of the data; returns the data afterwards. */
  async run<T extends HostArray>({ passes, scratch }: Passes, data: readonly T[]): Promise<T[]> {
    const memory = new Memory(this.#gpu, UNLIMITED);
    const slots = [...data.map(({ byteLength }) => byteLength), ...scratch].map((bytes) =>
      memory.allocate(bytes).gpu
    );
    data.forEach((array, i) => memory.write(slots[i]!, array));
    for (const pass of passes) {
      const { pipeline, layout } = await this.#pipelines.get(pass, "pass");
      const params = new Uint32Array(Math.ceil(pass.params.length / 4) * 4);
      params.set(pass.params);
      const resources = [memory.uniforms(params), ...pass.bindings.map(({ slot }) => slots[slot]!)];
      const entries = resources.map((buffer, binding) => ({ binding, resource: { buffer } }));
      const encoder = this.#gpu.createCommandEncoder();
      const encoded = encoder.beginComputePass();
      encoded.setPipeline(pipeline);
      encoded.setBindGroup(0, this.#gpu.createBindGroup({ layout, entries }));
      encoded.dispatchWorkgroups(pass.groups);
      encoded.end();
      this.#gpu.queue.submit([encoder.finish()]);
    }
    const results: T[] = [];
    for (const [i, array] of data.entries()) {
      beginWait();
      const bytes = await memory.read(slots[i]!, array.byteLength);
      results.push(new (array.constructor as new (bytes: ArrayBuffer) => T)(bytes));
    }
    memory.clear();
    return results;
  }

  /** Releases the adapter. */
  async close(): Promise<void> {
    this.#gpu.destroy();
    await this.#gpu.lost;
  }
}
