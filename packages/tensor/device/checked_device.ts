/**
 * A device that names the first operation that produced a NaN or an infinity: it runs the programs of another device
 * kernel by kernel, and reads what each one wrote. For debugging: it is slow, and shares no memory among temporaries.
 * @module
 */
import type { Kernel, KernelBuffer, LoopKernel, Program, Scalar, Step } from "../ir/kernel.ts";
import { topological } from "../ir/rewrite.ts";
import type { Communicator } from "./communicator.ts";
import type { DeviceBuffer, DeviceInfo, Executable, KernelDevice } from "./device.ts";
import { checkNumbersOf, NumberError, type NumberRange, rangeOf } from "./number_error.ts";

/** A step as a program of its own. */
interface CheckedStep {
  readonly step: Step;
  /** Distinct program buffers, the external buffers of the executable. */
  readonly buffers: readonly number[];
  readonly executable: Executable;
  /** Whether the kernel contains an infinite constant. */
  readonly mayBeInfinite: boolean;
}

/** Wraps a device; closing it closes the other. */
export class CheckedDevice implements KernelDevice {
  /** Programs for this device store the result of every operation. */
  readonly checkNumbers = true;
  readonly #inner: KernelDevice;
  /** The last run: runs share nothing, but read what they wrote. */
  #last: Promise<void> = Promise.resolve();

  /** @param inner Device that computes. */
  constructor(inner: KernelDevice) {
    this.#inner = inner;
  }

  get info(): DeviceInfo {
    return this.#inner.info;
  }

  get liveBuffers(): number {
    return this.#inner.liveBuffers;
  }

  get liveBytes(): number {
    return this.#inner.liveBytes;
  }

  allocate(bytes: number): DeviceBuffer {
    return this.#inner.allocate(bytes);
  }

  free(buffer: DeviceBuffer): void {
    this.#inner.free(buffer);
  }

  write(buffer: DeviceBuffer, data: ArrayBufferView): void {
    this.#inner.write(buffer, data);
  }

  read(buffer: DeviceBuffer, bytes: number): Promise<ArrayBuffer> {
    return this.#inner.read(buffer, bytes);
  }

  async prepare(program: Program, _bytes?: number, communicator?: Communicator): Promise<Executable> {
    const executables = new Map<Kernel, Executable>(), steps: CheckedStep[] = [];
    const release = () => executables.forEach((executable) => executable.release());
    try {
      for (const step of program.steps) {
        const buffers = [...new Set(step.args)], { kernel } = step;
        const executable = executables.get(kernel) ?? await this.#inner.prepare(
          {
            buffers: buffers.map((buffer) => ({ bytes: program.buffers[buffer]!.bytes, role: "external" })),
            steps: [{ ...step, args: step.args.map((buffer) => buffers.indexOf(buffer)) }],
          },
          undefined,
          communicator,
        );
        executables.set(kernel, executable);
        steps.push({ step, buffers, executable, mayBeInfinite: valuesOf(kernel).some(isInfinite) });
      }
    } catch (error) {
      release();
      throw error;
    }
    return {
      temporaryBytes: 0,
      run: (external) =>
        this.#last = this.#last.catch(() => {}).then(() => this.#run(program, steps, external)),
      release,
    };
  }

  async #run(
    program: Program,
    steps: readonly CheckedStep[],
    external: readonly DeviceBuffer[],
  ): Promise<void> {
    const bound = new Map<number, DeviceBuffer>(), temporaries: DeviceBuffer[] = [];
    let given = 0;
    program.buffers.forEach(({ role }, id) => role === "external" && bound.set(id, external[given++]!));
    const bufferOf = (id: number): DeviceBuffer => {
      let buffer = bound.get(id);
      if (!buffer) {
        bound.set(id, buffer = this.#inner.allocate(program.buffers[id]!.bytes));
        temporaries.push(buffer);
      }
      return buffer;
    };
    try {
      const ranges = new Map<number, NumberRange>();
      for (const [index, checked] of steps.entries()) {
        await this.#runStep(program, checked, index, { bufferOf, ranges });
      }
    } finally {
      for (const buffer of temporaries) this.#inner.free(buffer);
    }
  }

  async #runStep(
    program: Program,
    { step: { kernel, args, scopes = [] }, buffers, executable, mayBeInfinite }: CheckedStep,
    index: number,
    { bufferOf, ranges }: {
      readonly bufferOf: (id: number) => DeviceBuffer;
      readonly ranges: Map<number, NumberRange>;
    },
  ): Promise<void> {
    const numbersOf = async (id: number) =>
      new Float32Array(await this.#inner.read(bufferOf(id), program.buffers[id]!.bytes));
    const slots = (isUsed: (slot: KernelBuffer) => boolean) =>
      new Set(
        args.filter((_, slot) => kernel.buffers[slot]!.dtype === "f32" && isUsed(kernel.buffers[slot]!)),
      );
    const origin = { operation: kernel.name, scope: scopes.join(", "), kernel: index };
    const inputs: NumberRange[] = [];
    for (const id of slots(({ access }) => access !== "write")) {
      let range = ranges.get(id);
      if (!range) {
        ranges.set(id, range = rangeOf(await numbersOf(id)));
        if (range.firstNaN >= 0) {
          const argument = { ...origin, operation: `an argument of ${kernel.name}`, inputs: [range] };
          throw new NumberError(argument, range.firstNaN, NaN, range.size);
        }
      }
      inputs.push(range);
    }
    await executable.run(buffers.map(bufferOf));
    for (const id of slots(({ access }) => access !== "read")) {
      ranges.set(id, checkNumbersOf({ ...origin, inputs }, await numbersOf(id), mayBeInfinite));
    }
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const isInfinite = (node: Scalar) => node.op === "const" && Math.abs(node.value) === Infinity;

/** All nodes of the expressions of a kernel. */
function valuesOf(kernel: Kernel): Scalar[] {
  const loopRoots = ({ accumulators, stores }: LoopKernel) => [...accumulators, ...stores];
  switch (kernel.kind) {
    case "loop":
      return topological(loopRoots(kernel).map(({ value }) => value));
    case "concatenate":
      return topological(kernel.parts.flatMap(loopRoots).map(({ value }) => value));
    case "gemm":
    case "patchGemm":
      return topological(kernel.stores.map(({ value }) => value));
    default:
      return [];
  }
}
