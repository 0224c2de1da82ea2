/**
 * A compiled program on a device: its external buffers are inputs, captured constants and outputs; results reuse the
 * memory of donated inputs. A failed run frees its allocations.
 * @module
 */
import type { DeviceBuffer, Executable, KernelDevice } from "../device/device.ts";
import { ELEMENT_BYTES, type HostArray, hostView } from "../ir/dtype.ts";
import { showShape } from "../graph/shape.ts";
import { fromStorage, type Tensor, type TensorStorage } from "../graph/tensor.ts";
import { retryAllocation } from "../device/allocation_retry.ts";

/**
 * The resources of a program, known before it runs.
 *
 * @category Compilation
 */
export interface PlanReport {
  /** Bytes of temporaries, after sharing by the memory plan. */
  readonly temporaryBytes: number;
  /** Bytes of inputs, constants and outputs; an output in a donated input's memory counts once. */
  readonly externalBytes: number;
  /** Number of kernels. */
  readonly kernels: number;
  /** Floating-point operations of the products; a multiply-add counts as two. */
  readonly flop: number;
}

/** A program prepared for a device. */
export interface CompiledProgram {
  /** Resources of the program. */
  readonly report: PlanReport;
  /** @param inputs Concrete tensors for the traced inputs, in order. @returns New concrete tensors. */
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  /** Frees the program and its constants. */
  release(): void;
}

/** The source of an external buffer at each run. */
export type External =
  | { readonly kind: "input"; readonly position: number; readonly output?: number }
  | { readonly kind: "constant"; readonly tensor: Tensor }
  | { readonly kind: "output"; readonly position: number };

const bytesOf = (tensor: Tensor) => tensor.size * ELEMENT_BYTES;

/** Arguments of running calls: referenced here, they are not garbage-collected with their memory. */
const running = new Set<readonly Tensor[]>();

/** Buffers of one run. */
interface BoundCall {
  /** Buffers freed after the run: its allocations and donated inputs, without the results. */
  readonly owned: Set<DeviceBuffer>;
  /** Buffer of each input. */
  readonly held: readonly DeviceBuffer[];
  /** External buffers of the program. */
  readonly external: readonly DeviceBuffer[];
  /** Buffer of each output. */
  readonly results: readonly DeviceBuffer[];
}

/** A prepared program on its device. */
export class DeviceProgram implements CompiledProgram {
  /** @inheritdoc */
  readonly report: PlanReport;
  readonly #device: KernelDevice;
  readonly #executable: Executable;
  readonly #externals: readonly External[];
  readonly #passed: ReadonlyMap<number, number>;
  readonly #outputs: readonly Tensor[];
  readonly #donated: readonly boolean[];
  /** Constants uploaded for this program. */
  readonly #uploaded = new Map<Tensor, DeviceBuffer>();

  /**
   * @param device Device.
   * @param executable The prepared program.
   * @param externals Its external buffers, in order.
   * @param passed For outputs that are donated inputs passed through: the index of the input.
   * @param outputs Traced outputs.
   * @param donated For each input, whether it is donated.
   * @param report Its resources.
   */
  constructor(
    device: KernelDevice,
    executable: Executable,
    externals: readonly External[],
    passed: ReadonlyMap<number, number>,
    outputs: readonly Tensor[],
    donated: readonly boolean[],
    report: PlanReport,
  ) {
    this.report = report;
    this.#device = device;
    this.#executable = executable;
    this.#externals = externals;
    this.#passed = passed;
    this.#outputs = outputs;
    this.#donated = donated;
  }

  /** Uploads captured tensors, ahead of the first run. */
  uploadConstants(): void {
    for (const external of this.#externals) {
      if (external.kind === "constant") this.#constant(external.tensor);
    }
  }

  /** @inheritdoc */
  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    let call: BoundCall;
    try {
      call = this.#acquire(inputs);
    } catch (error) {
      call = await retryAllocation(this.#device, error, () => this.#acquire(inputs));
    }
    const { owned, external, results } = call;
    running.add(inputs);
    try {
      await this.#executable.run(external);
      for (const buffer of results) owned.delete(buffer);
      return this.#outputs.map(({ shape, dtype }, position) =>
        fromStorage({ kind: "device", device: this.#device, buffer: results[position]! }, shape, dtype)
      );
    } finally {
      running.delete(inputs);
      this.#free(owned);
    }
  }

  /** Acquires all buffers of a run, including ownership of donated inputs; if that fails, nothing has changed. */
  #acquire(inputs: readonly Tensor[]): BoundCall {
    const owned = new Set<DeviceBuffer>();
    try {
      const call = this.#bind(inputs, owned);
      for (const [position, input] of inputs.entries()) {
        if (!this.#donated[position]) continue;
        input.donate();
        owned.add(call.held[position]!);
      }
      return call;
    } catch (error) {
      this.#free(owned);
      throw error;
    }
  }

  /** Looks up or allocates the buffers of a run; allocations are added to `owned`. */
  #bind(inputs: readonly Tensor[], owned: Set<DeviceBuffer>): BoundCall {
    const allocate = (bytes: number): DeviceBuffer => {
      const buffer = this.#device.allocate(bytes);
      owned.add(buffer);
      return buffer;
    };
    const held = inputs.map((input) => {
      const { storage } = input;
      if (storage.kind === "device") return this.#own(storage, input);
      const buffer = allocate(bytesOf(input));
      this.#write(buffer, storage.data, input);
      return buffer;
    });
    const results = new Array<DeviceBuffer>(this.#outputs.length);
    const external = this.#externals.map((external) => {
      if (external.kind === "constant") return this.#constant(external.tensor);
      if (external.kind === "output") {
        return results[external.position] = allocate(bytesOf(this.#outputs[external.position]!));
      }
      const buffer = held[external.position]!;
      if (external.output !== undefined) results[external.output] = buffer;
      return buffer;
    });
    for (const [output, input] of this.#passed) results[output] = held[input]!;
    // No kernel writes outputs without elements
    this.#outputs.forEach((output, position) => results[position] ??= allocate(bytesOf(output)));
    return { owned, held, external, results };
  }

  #free(buffers: Iterable<DeviceBuffer>): void {
    for (const buffer of buffers) this.#device.free(buffer);
  }

  /** Returns the buffer of a tensor on this device. */
  #own(storage: TensorStorage & { readonly kind: "device" }, { shape }: Tensor): DeviceBuffer {
    if (storage.device === this.#device) return storage.buffer;
    throw new Error(
      `a tensor of shape ${showShape(shape)} is on another device (${storage.device.info.name}): pass its ` +
        "values, read with data()",
    );
  }

  /** Returns the buffer of a captured tensor; tensors on the host are uploaded once for all runs. */
  #constant(tensor: Tensor): DeviceBuffer {
    const { storage } = tensor;
    if (storage.kind === "device") return this.#own(storage, tensor);
    let buffer = this.#uploaded.get(tensor);
    if (!buffer) {
      this.#uploaded.set(tensor, buffer = this.#device.allocate(bytesOf(tensor)));
      this.#write(buffer, storage.data, tensor);
    }
    return buffer;
  }

  #write(buffer: DeviceBuffer, data: HostArray | Float64Array, like: Tensor): void {
    this.#device.write(buffer, data instanceof Float64Array ? roundTo(data, like) : data);
  }

  /** @inheritdoc */
  release(): void {
    this.#executable.release();
    for (const buffer of this.#uploaded.values()) this.#device.free(buffer);
    this.#uploaded.clear();
  }
}

/** Converts doubles of the reference interpreter to elements of four bytes. */
function roundTo(data: Float64Array, like: Tensor): HostArray {
  const array = hostView(like.dtype, new ArrayBuffer(data.length * ELEMENT_BYTES));
  array.set(data);
  return array;
}
