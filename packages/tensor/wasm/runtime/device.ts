/**
 * The `wasm` device: runs programs on the CPU, in WebAssembly SIMD, on all cores.
 *
 * Work is divided into tasks by shapes alone, so results do not depend on the number of threads. Small programs run
 * immediately on the calling thread, larger ones on workers, so that the calling thread is never blocked for long.
 * Runs, writes and reads execute in call order.
 *
 * @module
 */
import { chainRows } from "../../compile/chain.ts";
import { isExchangeKernel } from "../../compile/exchange_order.ts";
import { runStages, type Stage, stagesOfRun } from "../../compile/exchange_stages.ts";
import { requireRanks } from "../../compile/require_ranks.ts";
import type { Communicator } from "../../device/communicator.ts";
import type {
  DeviceBuffer,
  DeviceInfo,
  Executable,
  KernelDevice,
  ProgramProfile,
} from "../../device/device.ts";
import type { ExchangeKernel, Program } from "../../ir/kernel.ts";
import { runExchange } from "./exchange.ts";
import { LoadedProgram, type Segment, type WasmBuffer } from "./executable.ts";
import { checkCompilation, type Features, probeFeatures } from "../module/features.ts";
import { availableThreads, workerRefusal } from "./host_worker.ts";
import { WasmMemory } from "./memory.ts";
import { type ThreadLog, WorkerPool } from "./pool.ts";
import { LOG } from "../program/run_loop.ts";
import { compileProgram, type ProgramCode } from "../program/program_code.ts";
import { Queue } from "./queue.ts";
import { StepLog } from "./step_log.ts";

/** Options of {@link openWasm}. */
export interface WasmOptions {
  /**
   * Number of threads; all hardware threads by default. If the runtime has no shared memory or cannot start workers,
   * there is one, and `info.note` gives the reason.
   */
  readonly threads?: number;
  /** Maximum memory, in bytes; at most, and by default, nearly 4 GiB. */
  readonly maxMemoryBytes?: number;
  /** `plain` disables relaxed SIMD even if the engine supports it. */
  readonly simd?: "auto" | "plain";
}

/** Programs with fewer scalar operations run on the calling thread. */
const INLINE_WORK = 2_000_000;

/** Returns the reason for using one thread although more were requested; undefined if there is none. */
async function oneThreadReason(): Promise<string | undefined> {
  if (typeof SharedArrayBuffer === "undefined") {
    return "this page has no shared memory; serve it with the headers Cross-Origin-Opener-Policy: same-origin and " +
      "Cross-Origin-Embedder-Policy: require-corp";
  }
  return await workerRefusal();
}

/**
 * Opens a `wasm` device.
 *
 * @param options Threads, memory, instruction set.
 * @throws {Error} If the runtime has no WebAssembly SIMD, or a Content-Security-Policy forbids WebAssembly.
 * @throws {RangeError} If an option is out of range.
 */
export async function openWasm(options: WasmOptions = {}): Promise<KernelDevice> {
  const { threads: wanted, maxMemoryBytes } = options;
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= 256)) {
    throw new RangeError(`threads must be an integer from 1 to 256, got ${wanted}`);
  }
  if (maxMemoryBytes !== undefined && !(maxMemoryBytes >= 1 << 20)) {
    throw new RangeError(
      `maxMemoryBytes must be at least 1 MiB (1048576 bytes), got ${maxMemoryBytes} bytes`,
    );
  }
  const features = probeFeatures(options.simd);
  await checkCompilation();
  const threads = wanted ?? await availableThreads();
  const note = threads > 1 ? await oneThreadReason() : undefined;
  const shared = threads > 1 && note === undefined;
  return new WasmDevice(features, new WasmMemory(shared, maxMemoryBytes), shared ? threads : 1, note);
}

class WasmDevice implements KernelDevice {
  readonly info: DeviceInfo;
  readonly #features: Features;
  readonly #memory: WasmMemory;
  readonly #pool: WorkerPool | undefined;
  readonly #queue = new Queue();
  readonly #buffers = new Set<DeviceBuffer>();
  #bufferBytes = 0;
  #programBytes = 0;
  #nextProgram = 0;
  #closed = false;

  constructor(features: Features, memory: WasmMemory, threads: number, note: string | undefined) {
    this.#features = features;
    this.#memory = memory;
    this.#pool = memory.shared ? new WorkerPool(memory.memory, threads) : undefined;
    this.info = {
      kind: "wasm",
      name: `WebAssembly ${features.relaxed ? "relaxed SIMD" : "SIMD"}, ${threads} thread${
        threads === 1 ? "" : "s"
      }`,
      hardware: true,
      maxBufferBytes: memory.limitBytes,
      maxMemoryBytes: memory.limitBytes,
      maxKernelBuffers: 64,
      threads,
      ...(note !== undefined && { note }),
    };
  }

  get liveBuffers(): number {
    return this.#buffers.size;
  }

  get liveBytes(): number {
    return this.#bufferBytes + this.#programBytes;
  }

  allocate(bytes: number): DeviceBuffer {
    this.#checkOpen();
    if (bytes % 4 !== 0) {
      throw new RangeError(`the size of a buffer must be a multiple of 4 bytes, got ${bytes}`);
    }
    const buffer: WasmBuffer = { bytes, address: this.#memory.allocate(bytes) };
    this.#buffers.add(buffer);
    this.#bufferBytes += bytes;
    return buffer;
  }

  free(buffer: DeviceBuffer): void {
    const { address } = this.#own(buffer);
    this.#buffers.delete(buffer);
    this.#bufferBytes -= buffer.bytes;
    this.#queue.now(() => this.#memory.release(address));
  }

  write(buffer: DeviceBuffer, data: ArrayBufferView): void {
    const { address } = this.#own(buffer);
    if (data.byteLength > buffer.bytes) {
      throw new RangeError(`cannot write ${data.byteLength} bytes to a buffer of ${buffer.bytes} bytes`);
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const source = this.#queue.idle ? bytes : bytes.slice();
    this.#queue.now(() => this.#memory.bytes(address, source.length).set(source));
  }

  read(buffer: DeviceBuffer, bytes: number): Promise<ArrayBuffer> {
    const { address } = this.#own(buffer);
    if (bytes > buffer.bytes) {
      throw new RangeError(`cannot read ${bytes} bytes from a buffer of ${buffer.bytes} bytes`);
    }
    return this.#queue.add(() => {
      const result = new Uint8Array(bytes);
      result.set(this.#memory.bytes(address, bytes));
      return result.buffer;
    });
  }

  async prepare(unchained: Program, _bytes?: number, ranks?: Communicator): Promise<Executable> {
    this.#checkOpen();
    const communicator = requireRanks(unchained, ranks);
    // Chains compute the same bits as their links, so they may depend on what a memory limit repeats
    const program = chainRows(unchained);
    const { shared, maximumPages } = this.#memory;
    const code = await compileProgram(program, this.#features, { shared, maximum: maximumPages });
    const module = await WebAssembly.compile(code.binary);
    const instance = await WebAssembly.instantiate(module, importsOf(this.#memory.memory));
    const stages = stagesOfRun(program.steps.map(({ kernel, args }) => ({
      isExchange: isExchangeKernel(kernel),
      buffers: args,
    })));
    const codeAt = (step: number) => code.steps.filter((one) => one.step < step).length;
    const begins = stages.flatMap((stage) => stage.kind === "run" ? [stage.begin] : []);
    const cuts = begins.slice(1).map(codeAt);
    const loaded = new LoadedProgram(program, code, this.#memory, this.info.threads, cuts);
    this.#programBytes += loaded.temporaryBytes;
    const { run, profile } = instance.exports;
    if (typeof run !== "function" || typeof profile !== "function") {
      throw new Error("the module of a program does not export its run functions");
    }
    return this.#executable({
      id: this.#nextProgram++,
      program,
      code,
      module,
      loaded,
      run: (at, log) => log ? profile(at, 0, 1, log.address) : run(at, 0, 1),
      stages: stages.some(({ kind }) => kind !== "run") ? stages : undefined,
      segmentOf: new Map(begins.map((begin, i) => [begin, loaded.segments[i]!])),
      communicator,
    });
  }

  #executable(prepared: Prepared): Executable {
    const { id, loaded } = prepared;
    let released = false;
    const checked = (external: readonly DeviceBuffer[]): WasmBuffer[] => {
      if (released) throw new Error("this program has been released");
      this.#checkOpen();
      const buffers = external.map((buffer) => this.#own(buffer));
      loaded.check(buffers);
      return buffers;
    };
    return {
      temporaryBytes: loaded.temporaryBytes,
      run: async (external) => {
        const buffers = checked(external);
        await this.#queue.add(() => this.#run(prepared, buffers));
      },
      profile: async (external) => {
        const buffers = checked(external);
        return await this.#queue.add(() => this.#profile(prepared, buffers));
      },
      release: () => {
        if (released) return;
        released = true;
        this.#programBytes -= loaded.temporaryBytes;
        this.#queue.now(() => {
          this.#pool?.forget(id);
          loaded.release();
        });
      },
    };
  }

  #run(prepared: Prepared, external: readonly WasmBuffer[], log?: StepLog): void | Promise<void> {
    const { program, loaded, stages, segmentOf, communicator } = prepared;
    loaded.bind(external);
    if (!stages) return this.#runSegment(prepared, loaded.segments[0]!, log);
    return runStages(stages, {
      run: (begin) => this.#runSegment(prepared, segmentOf.get(begin)!, log),
      start: (step) => {
        const { kernel, args } = program.steps[step]!;
        const addresses = args.slice(0, -1).map((buffer) => loaded.addressOf(buffer));
        return runExchange(this.#memory, { kernel: kernel as ExchangeKernel, addresses }, communicator);
      },
    });
  }

  #runSegment(prepared: Prepared, { address, begin }: Segment, log?: StepLog): void | Promise<void> {
    const { id, code, module, loaded, run } = prepared;
    const own = log && { address: log.address + begin * LOG.bytes, bytes: log.bytes };
    if (!this.#pool || code.work < INLINE_WORK) return run(address, own);
    return this.#pool.run(id, module, address, own).catch((error) => {
      loaded.reset();
      throw error;
    });
  }

  async #profile(prepared: Prepared, external: readonly WasmBuffer[]): Promise<ProgramProfile> {
    const { program, code } = prepared;
    const threads = this.#pool && code.work >= INLINE_WORK ? this.info.threads : 1;
    const log = new StepLog(this.#memory, code.steps, threads);
    try {
      await this.#run(prepared, external, log);
      return { program, spans: log.spans() };
    } finally {
      log.release();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue.drained();
    await this.#pool?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error("this wasm device has been closed");
  }

  /** Checks that a buffer belongs to this device. */
  #own(buffer: DeviceBuffer): WasmBuffer {
    if (!this.#buffers.has(buffer)) {
      throw new Error("this buffer has been freed, or belongs to another device");
    }
    return buffer as WasmBuffer;
  }
}

/** Imports of program modules. */
function importsOf(memory: WebAssembly.Memory): WebAssembly.Imports {
  return { env: { memory, pow: Math.pow, clock: () => performance.timeOrigin + performance.now() } };
}

/** A prepared program. */
interface Prepared {
  readonly id: number;
  /** The program with its chains formed. */
  readonly program: Program;
  readonly code: ProgramCode;
  readonly module: WebAssembly.Module;
  readonly loaded: LoadedProgram;
  readonly run: (address: number, log?: ThreadLog) => void;
  /** Its stages; absent if it exchanges nothing with other ranks. */
  readonly stages: readonly Stage[] | undefined;
  /** The segments of its stages, by their first step. */
  readonly segmentOf: ReadonlyMap<number, Segment>;
  readonly communicator: Communicator;
}
