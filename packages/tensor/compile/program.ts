/**
 * Compiles a graph to a program on a device: kernels, buffers, and the memory of results.
 * @module
 */
import type { Executable, KernelDevice } from "../device/device.ts";
import { type Communicator, soloCommunicator } from "../device/communicator.ts";
import { ELEMENT_BYTES } from "../ir/dtype.ts";
import { fromStorage, type Tensor } from "../graph/tensor.ts";
import { checkAxes } from "../ir/limits.ts";
import type { LoopKernel, Program, ProgramBuffer, Step } from "../ir/kernel.ts";
import { type CompiledProgram, DeviceProgram, type External, type PlanReport } from "./device_program.ts";
import { assignDonated } from "./donate.ts";
import { placeExchanges } from "./exchange_order.ts";
import { overlapExchanges } from "./exchange_overlap.ts";
import { flopOf } from "./flop.ts";
import type { Lowered } from "./lowering/lower_opaque.ts";
import { isSource } from "./lowering/node_kinds.ts";
import { mergeSlots } from "./merge_slots.ts";
import { orderForMemory } from "./order.ts";
import { planTemporaries } from "./plan.ts";
import { recomputeToFit } from "./recompute.ts";
import { withRetries } from "../device/allocation_retry.ts";
import { schedule } from "./schedule.ts";

interface Assembly {
  readonly program: Program;
  readonly externals: readonly External[];
  /** For outputs that are donated inputs passed through: the index of the input. */
  readonly passed: ReadonlyMap<number, number>;
}

/** Maximum number of times a program is prepared; the last attempt minimises memory. */
const MAX_ATTEMPTS = 4;

const bytesOf = (tensor: Tensor) => tensor.size * ELEMENT_BYTES;

function assemble(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  donated: readonly boolean[],
  predecessors: ReadonlyMap<number, number>,
  device: KernelDevice,
): Assembly {
  const isFused = !device.checkNumbers;
  const { kernels, outputs: bases } = schedule(outputs, device.info.maxKernelBuffers, isFused);
  for (const { kernel } of kernels) checkAxes(kernel);
  const { holders, passed } = holdersOf(bases, inputs, donated);
  const copies = holders.flatMap((holder, position) =>
    holder === "copy" && bases[position]!.size > 0 ? [copyKernel(bases[position]!, position)] : []
  );
  const all = placeExchanges([...kernels, ...copies.map(({ lowered }) => lowered)], new Set(bases));
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
  const reused = new Map([...inPlace].map(([result, input]) => [input, results.get(result)!]));
  inputs.forEach((input, position) => {
    const output = reused.get(input);
    add(input, output === undefined ? { kind: "input", position } : { kind: "input", position, output });
  });
  const slots = all.flatMap(({ slots }) => slots);
  const used = new Set(slots);
  for (const tensor of used) {
    if (tensor.node.op === "data" && !results.has(tensor)) add(tensor, { kind: "constant", tensor });
  }
  for (const [tensor, position] of results) add(tensor, { kind: "output", position });
  for (const tensor of used) if (!ids.has(tensor)) add(tensor);
  const steps = all.map(({ kernel, slots, scopes = [] }): Step => ({
    ...mergeSlots(kernel, slots.map((slot) => ids.get(slot)!)),
    scopes,
  }));
  return { program: { buffers, steps }, externals, passed };
}

/** Where each output lies. */
interface Holders {
  /** The tensor whose buffer is the output; "copy" if it needs its own; "passed" for a donated input. */
  readonly holders: readonly (Tensor | "copy" | "passed")[];
  /** For outputs that are donated inputs passed through: the index of the input. */
  readonly passed: ReadonlyMap<number, number>;
}

function holdersOf(
  bases: readonly Tensor[],
  inputs: readonly Tensor[],
  donated: readonly boolean[],
): Holders {
  const passed = new Map<number, number>();
  const held = new Set<Tensor>();
  const donatedInputs = new Map(inputs.flatMap((input, i) => donated[i] ? [[input, i] as const] : []));
  const holders = bases.map((base, position) => {
    const input = donatedInputs.get(base);
    if (held.has(base) || isSource(base) && input === undefined) return "copy";
    held.add(base);
    if (input === undefined) return base;
    passed.set(position, input);
    return "passed";
  });
  return { holders, passed };
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

/** Options of {@link prepareProgram}. */
export interface ProgramOptions {
  /** For each input, whether it is donated. */
  readonly donated: readonly boolean[];
  /** Memory budget; above it, values are recomputed instead of stored. Default: no limit. */
  readonly memoryBytes?: number | undefined;
  /** For outputs that are the next value of an input, the index of that input. Default: none. */
  readonly predecessors?: ReadonlyMap<number, number>;
  /** The ranks that run the program. Default: one. */
  readonly communicator?: Communicator;
}

/**
 * Schedules, lowers and prepares a graph.
 *
 * @param device Device to run on.
 * @param inputs Placeholders.
 * @param outputs Tensors to compute.
 * @param options Donated inputs, memory, ranks.
 * @returns The prepared program.
 */
export async function prepareProgram(
  device: KernelDevice,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  options: ProgramOptions,
): Promise<CompiledProgram> {
  const { donated, memoryBytes = Infinity, predecessors = new Map(), communicator = soloCommunicator } =
    options;
  const assembly = assemble(inputs, outputs, donated, predecessors, device);
  const { externals, passed } = assembly;
  const externalBytes = assembly.program.buffers.reduce(
    (sum, { role, bytes }) => role === "external" ? sum + bytes : sum,
    0,
  );
  const bytes = memoryBytes - externalBytes;
  const ordered = overlapExchanges(orderForMemory(assembly.program), bytes);
  // Kernels are final before memory is limited, so that a limit repeats kernels and changes no result
  const joined = device.joinSteps?.(ordered) ?? ordered;
  const { program, executable } = await fit(
    joined,
    bytes,
    (program) => withRetries(device, () => device.prepare(program, bytes, communicator)),
  );
  const report: PlanReport = {
    temporaryBytes: executable.temporaryBytes,
    externalBytes,
    kernels: program.steps.length,
    flop: program.steps.reduce((sum, { kernel }) => sum + flopOf(kernel), 0),
  };
  const prepared = new DeviceProgram(device, executable, externals, passed, outputs, donated, report);
  try {
    await withRetries(device, () => prepared.uploadConstants());
    return prepared;
  } catch (error) {
    prepared.release();
    throw error;
  }
}

/**
 * A device may need more than the temporaries, e.g. for packed operands; the amount is known once a program is
 * prepared.
 */
async function fit(
  joined: Program,
  bytes: number,
  prepare: (program: Program) => Promise<Executable>,
): Promise<{ readonly program: Program; readonly executable: Executable }> {
  let program = recomputeToFit(joined, bytes),
    executable = await prepare(program);
  for (let attempt = 1; attempt < MAX_ATTEMPTS && executable.temporaryBytes > bytes; attempt++) {
    const extra = executable.temporaryBytes - planTemporaries(program).bytes;
    const isLast = attempt === MAX_ATTEMPTS - 1;
    const smaller = recomputeToFit(joined, isLast ? 0 : bytes - Math.max(0, extra));
    if (smaller.steps.length === program.steps.length) break;
    executable.release();
    program = smaller;
    executable = await prepare(smaller);
  }
  return { program, executable };
}
