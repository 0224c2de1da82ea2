/**
 * The interface of a compute device to the compiler: memory, and programs of kernels. Devices know nothing about
 * tensors.
 * @module
 */
import type { Communicator } from "./communicator.ts";
import type { Program } from "../ir/kernel.ts";

/**
 * Memory on a device.
 *
 * @category Devices
 */
export interface DeviceBuffer {
  /** Size in bytes. */
  readonly bytes: number;
}

/**
 * Properties of a device.
 *
 * @category Devices
 */
export interface DeviceInfo {
  /** Kind of device. */
  readonly kind: "wasm" | "webgpu";
  /** Human-readable name of the adapter or engine. */
  readonly name: string;
  /** True for a hardware GPU, or for `wasm`; false for a software Vulkan adapter. */
  readonly hardware: boolean;
  /** Maximum size of a buffer, in bytes. */
  readonly maxBufferBytes: number;
  /** Maximum total memory of the device, in bytes, if known. */
  readonly maxMemoryBytes: number;
  /** Maximum number of buffers per kernel. */
  readonly maxKernelBuffers: number;
  /** Number of threads that run a program (1 for a GPU). */
  readonly threads: number;
  /** Why the device does less than was asked for: one thread only, say. Absent where there is nothing to tell. */
  readonly note?: string;
}

/**
 * The time a thread of a device spent on a step of a program.
 *
 * @category Devices
 */
export interface StepSpan {
  /** Index of the step in the program of the profile. */
  readonly step: number;
  /** Index of the part, if the device runs the step in several parts; else 0. */
  readonly part: number;
  /** Index of the thread; 0 on a GPU. */
  readonly thread: number;
  /** Milliseconds since the first span began. */
  readonly begin: number;
  /** Milliseconds since the first span began. */
  readonly end: number;
}

/**
 * Step times of one run of a program.
 *
 * @category Devices
 */
export interface ProgramProfile {
  /** The program that ran: the prepared one, or an equivalent one with fewer steps. */
  readonly program: Program;
  /** Times of each thread and step; steps without work have none. */
  readonly spans: readonly StepSpan[];
}

/**
 * A prepared program.
 *
 * @category Devices
 */
export interface Executable {
  /** Bytes of the program's temporaries. */
  readonly temporaryBytes: number;
  /**
   * Runs the program once. Runs of one device execute in call order.
   *
   * @param external Buffers for the program's external buffers, in the order of their ids.
   * @returns Resolves when results can be read, or the next run queued without accumulating work.
   */
  run(external: readonly DeviceBuffer[]): Promise<void>;
  /**
   * Runs the program once, like {@link run}, and measures it. Undefined if the device cannot measure.
   *
   * @param external As for {@link run}.
   * @returns Times of the steps.
   */
  profile?(external: readonly DeviceBuffer[]): Promise<ProgramProfile>;
  /** Frees the program. */
  release(): void;
}

/**
 * A compute device.
 *
 * @category Devices
 */
export interface KernelDevice extends AsyncDisposable {
  /** Properties of the device. */
  readonly info: DeviceInfo;
  /** Whether the device names the first operation that produced a NaN or an infinity. Default: false. */
  readonly checkNumbers?: boolean;
  /** Number of buffers allocated and not freed. */
  readonly liveBuffers: number;
  /** Bytes of all live buffers, including temporaries of prepared programs. */
  readonly liveBytes: number;
  /**
   * Allocates uninitialised memory.
   *
   * @param bytes Size, a multiple of four; may be 0.
   * @throws {RangeError} If it does not fit; the message includes the requested and the available size.
   */
  allocate(bytes: number): DeviceBuffer;
  /** Frees a buffer, after pending runs that use it. */
  free(buffer: DeviceBuffer): void;
  /** Copies bytes to the start of the buffer, ordered after earlier runs and before later ones. */
  write(buffer: DeviceBuffer, data: ArrayBufferView): void;
  /** Reads the first `bytes` bytes, after all earlier runs. */
  read(buffer: DeviceBuffer, bytes: number): Promise<ArrayBuffer>;
  /**
   * Joins steps that this device runs as one kernel, where that kernel may round differently from the steps by
   * themselves. It is called before the memory of a program is limited, so that a limit changes no result. A device
   * whose joined kernels compute the same bits joins them in {@link prepare} instead, and recomputes less.
   *
   * @internal
   * @param program Steps in order.
   * @returns An equivalent program with as many steps or fewer.
   */
  joinSteps?(program: Program): Program;
  /**
   * Compiles a program; equal kernels are compiled once.
   *
   * @internal
   * @param program Program.
   * @param temporaryBytes Memory budget of its temporaries. Within it, a device may take somewhat more than the least
   *   memory if the program then runs faster; a program that needs more is prepared nevertheless. Default: no limit.
   * @param communicator The ranks that run the program. Default: one; then it may exchange nothing.
   */
  prepare(program: Program, temporaryBytes?: number, communicator?: Communicator): Promise<Executable>;
  /**
   * Stops workers and releases the adapter. The device cannot be used afterwards. `await using device = …` closes it at
   * the end of the block.
   */
  close(): Promise<void>;
}
