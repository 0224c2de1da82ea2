/**
 * A compiled program on a device: its external buffers are inputs, captured constants and outputs; donated inputs give
 * their memory to results.
 * @module
 */
import type { DeviceBuffer, Executable, KernelDevice } from "../core/device.ts";
import { ELEMENT_BYTES, type HostArray, hostView } from "../core/dtype.ts";
import { showShape } from "../graph/shape.ts";
import { fromStorage, type Tensor, type TensorStorage } from "../graph/tensor.ts";
import type { LoopKernel, Program, ProgramBuffer, Step } from "../ir/kernel.ts";
import { assignDonated } from "./donate.ts";
import { flopOf } from "./flop.ts";
import type { Lowered } from "./lower_routine.ts";
import { isSource } from "./materialise.ts";
import { mergeSlots } from "./merge_slots.ts";
import { orderForMemory } from "./order.ts";
import { planTemporaries } from "./plan.ts";
import { recomputeToFit } from "./recompute.ts";
import { retryWithRoom, withRoom } from "./room.ts";
import { schedule } from "./schedule.ts";

/** What a program needs, known before it runs. */
export interface PlanReport {
  /** Bytes of temporaries, shared by the memory plan. */
  readonly temporaryBytes: number;
  /** Bytes of inputs, constants and outputs; an output in a donated input's memory counts once. */
  readonly externalBytes: number;
  /** Number of kernels that run. */
  readonly kernels: number;
  /** Floating-point operations of the products; a multiply-add counts as two. */
  readonly flop: number;
}

/** A program that runs on one device. */
export interface CompiledProgram {
  /** What it needs. */
  readonly report: PlanReport;
  /** @param inputs Concrete tensors for the traced inputs, in order. @returns New concrete tensors. */
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  /** Frees the program and its constants. */
  release(): void;
}

/** Where a program buffer's memory comes from at each run. */
type External =
  | { readonly kind: "input"; readonly position: number; readonly output?: number }
  | { readonly kind: "constant"; readonly tensor: Tensor }
  | { readonly kind: "output"; readonly position: number };

interface Assembly {
  readonly program: Program;
  readonly externals: readonly External[];
  /** For outputs that are donated inputs passed through: the input's position. */
  readonly passed: ReadonlyMap<number, number>;
}

/** How often a program is prepared; the last time it is as small as it can be. */
const MOST_ATTEMPTS = 4;

const bytesOf = (tensor: Tensor) => tensor.size * ELEMENT_BYTES;

function assemble(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  donated: readonly boolean[],
  predecessors: ReadonlyMap<number, number>,
  maxBuffers: number,
): Assembly {
  const { kernels, outputs: bases } = schedule(outputs, maxBuffers);
  const passed = new Map<number, number>();
  const holders = bases.map((base, position) => holderOf(base, position, bases, inputs, donated, passed));
  const copies = holders.flatMap((holder, position) =>
    holder === "copy" && bases[position]!.size > 0 ? [copyKernel(bases[position]!, position)] : []
  );
  const all = [...kernels, ...copies.map(({ lowered }) => lowered)];
  const results = new Map<Tensor, number>();
  holders.forEach((holder, position) => holder instanceof Object && results.set(holder, position));
  for (const { target, position } of copies) results.set(target, position);
  const inPlace = assignDonated(all, results, inputs, donated, predecessors, passed);

  const buffers: ProgramBuffer[] = [];
  const externals: External[] = [];
  const ids = new Map<Tensor, number>();
  const add = (tensor: Tensor, external?: External) => {
    const alias = external?.kind === "output" ? inPlace.get(tensor) : undefined;
    if (alias) return ids.set(tensor, ids.get(alias)!);
    ids.set(tensor, buffers.length);
    buffers.push({ bytes: bytesOf(tensor), role: external ? "external" : "temporary" });
    if (external) externals.push(external);
  };
  const taken = new Map([...inPlace].map(([result, input]) => [input, results.get(result)!]));
  inputs.forEach((input, position) => {
    const output = taken.get(input);
    add(input, output === undefined ? { kind: "input", position } : { kind: "input", position, output });
  });
  const slots = all.flatMap(({ slots }) => slots);
  for (const tensor of new Set(slots)) {
    if (tensor.node.op === "data" && !results.has(tensor)) add(tensor, { kind: "constant", tensor });
  }
  for (const [tensor, position] of results) add(tensor, { kind: "output", position });
  for (const tensor of new Set(slots)) if (!ids.has(tensor)) add(tensor);
  const steps = all.map(({ kernel, slots, scopes = [] }): Step => ({
    ...mergeSlots(kernel, slots.map((slot) => ids.get(slot)!)),
    scopes,
  }));
  return { program: { buffers, steps }, externals, passed };
}

/** The tensor whose buffer is the output; "copy" where it needs one of its own; "passed" for a donated input. */
function holderOf(
  base: Tensor,
  position: number,
  bases: readonly Tensor[],
  inputs: readonly Tensor[],
  donated: readonly boolean[],
  passed: Map<number, number>,
): Tensor | "copy" | "passed" {
  if (!isSource(base)) return bases.indexOf(base) === position ? base : "copy";
  const input = inputs.indexOf(base);
  if (input < 0 || !donated[input] || [...passed.values()].includes(input)) return "copy";
  passed.set(position, input);
  return "passed";
}

function copyKernel(
  source: Tensor,
  position: number,
): { lowered: Lowered; target: Tensor; position: number } {
  const target = fromStorage({ kind: "host", data: new Float32Array() }, source.shape, source.dtype);
  const map = [source.size];
  const address = { offset: 0, strides: [1] };
  const { dtype } = source;
  const kernel: LoopKernel = {
    kind: "loop",
    name: "copy",
    buffers: [{ dtype, access: "read" }, { dtype, access: "write" }],
    map,
    reduce: [],
    accumulators: [],
    stores: [{
      buffer: 1,
      address,
      value: { op: "load", dtype, buffer: 0, address: { ...address, indirect: [] }, guards: [] },
    }],
  };
  return { lowered: { kernel, slots: [source, target] }, target, position };
}

/**
 * Schedules, lowers and prepares a graph.
 *
 * @param device Where it runs.
 * @param inputs Placeholders.
 * @param outputs What is wanted.
 * @param donated For each input, whether its memory may be taken.
 * @param memoryBytes Bytes that the program should fit into; what waits long is then computed twice.
 * @param predecessors For outputs that are the next value of an input, that input's position.
 * @returns The program, ready to run.
 */
export async function prepareProgram(
  device: KernelDevice,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  donated: readonly boolean[],
  memoryBytes: number = Infinity,
  predecessors: ReadonlyMap<number, number> = new Map(),
): Promise<CompiledProgram> {
  const assembly = assemble(inputs, outputs, donated, predecessors, device.info.maxKernelBuffers);
  const { externals, passed } = assembly;
  const externalBytes = assembly.program.buffers.reduce(
    (sum, { role, bytes }) => role === "external" ? sum + bytes : sum,
    0,
  );
  const ordered = orderForMemory(assembly.program);
  const { program, executable } = await fit(ordered, memoryBytes - externalBytes, device);
  const report: PlanReport = {
    temporaryBytes: executable.temporaryBytes,
    externalBytes,
    kernels: program.steps.length,
    flop: program.steps.reduce((sum, { kernel }) => sum + flopOf(kernel), 0),
  };
  const prepared = new DeviceProgram(device, executable, externals, passed, outputs, donated, report);
  try {
    await withRoom(device, () => prepared.uploadConstants());
    return prepared;
  } catch (error) {
    prepared.release();
    throw error;
  }
}

/** A device takes more than the temporaries, for operands that it packs, say; how much shows once a program is prepared. */
async function fit(
  ordered: Program,
  bytes: number,
  device: KernelDevice,
): Promise<{ readonly program: Program; readonly executable: Executable }> {
  let program = recomputeToFit(ordered, bytes),
    executable = await withRoom(device, () => device.prepare(program));
  for (let attempt = 1; attempt < MOST_ATTEMPTS && executable.temporaryBytes > bytes; attempt++) {
    const extra = executable.temporaryBytes - planTemporaries(program).bytes;
    const isLast = attempt === MOST_ATTEMPTS - 1;
    const smaller = recomputeToFit(ordered, isLast ? 0 : bytes - Math.max(0, extra));
    if (smaller.steps.length === program.steps.length) break;
    executable.release();
    program = smaller;
    executable = await withRoom(device, () => device.prepare(smaller));
  }
  return { program, executable };
}

/** Arguments of runs that have not ended: while they are here, the garbage collector does not free their memory. */
const running = new Set<readonly Tensor[]>();

/** Buffers of one run. */
interface BoundCall {
  /** Those that the run frees at its end: what it allocated and what was donated, without the results. */
  readonly owned: Set<DeviceBuffer>;
  /** Of each input. */
  readonly held: readonly DeviceBuffer[];
  /** In the order of the program's external buffers. */
  readonly external: readonly DeviceBuffer[];
  /** Of each output. */
  readonly results: readonly DeviceBuffer[];
}

class DeviceProgram implements CompiledProgram {
  readonly report: PlanReport;
  readonly #device: KernelDevice;
  readonly #executable: Executable;
  readonly #externals: readonly External[];
  readonly #passed: ReadonlyMap<number, number>;
  readonly #outputs: readonly Tensor[];
  readonly #donated: readonly boolean[];
  /** Constants uploaded for this program. */
  readonly #uploaded = new Map<Tensor, DeviceBuffer>();

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

  /** Uploads captured tensors, so that the first run need not. */
  uploadConstants(): void {
    for (const external of this.#externals) {
      if (external.kind === "constant") this.#constant(external.tensor);
    }
  }

  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    let call: BoundCall;
    try {
      call = this.#take(inputs);
    } catch (error) {
      call = await retryWithRoom(this.#device, error, () => this.#take(inputs));
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

  /** Takes all buffers of a run: donated inputs belong to it from then on. If that fails, nothing has changed. */
  #take(inputs: readonly Tensor[]): BoundCall {
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

  /** Finds or allocates the buffers of a run; what it allocates it adds to `owned`. */
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
    // Outputs without elements belong to no kernel
    this.#outputs.forEach((output, position) => results[position] ??= allocate(bytesOf(output)));
    return { owned, held, external, results };
  }

  #free(buffers: Iterable<DeviceBuffer>): void {
    for (const buffer of buffers) this.#device.free(buffer);
  }

  /** The buffer of a tensor on this device. */
  #own(storage: TensorStorage & { readonly kind: "device" }, { shape }: Tensor): DeviceBuffer {
    if (storage.device === this.#device) return storage.buffer;
    throw new Error(
      `a tensor of shape ${
        showShape(shape)
      } lies on another device (${storage.device.info.name}): read it with ` +
        "data() and pass the numbers",
    );
  }

  /** The buffer of a captured tensor; one from the host is uploaded once for all runs. */
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

  release(): void {
    this.#executable.release();
    for (const buffer of this.#uploaded.values()) this.#device.free(buffer);
    this.#uploaded.clear();
  }
}

/** Doubles of the reference interpreter as elements of four bytes. */
function roundTo(data: Float64Array, like: Tensor): HostArray {
  const array = hostView(like.dtype, new ArrayBuffer(data.length * ELEMENT_BYTES));
  array.set(data);
  return array;
}
