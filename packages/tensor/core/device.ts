/**
 * What a compute device offers to the compiler: bytes, and programs of kernels. Devices know nothing of tensors.
 * @module
 */
import type { Program } from "../ir/kernel.ts";

/** Memory on a device. */
export interface DeviceBuffer {
  /** Size in bytes. */
  readonly bytes: number;
}

/** What a device says of itself. */
export interface DeviceInfo {
  /** Which kind of device. */
  readonly kind: "wasm" | "webgpu";
  /** Adapter or engine, for people. */
  readonly name: string;
  /** True for a hardware GPU, or for `wasm`; false for a software Vulkan adapter. */
  readonly hardware: boolean;
  /** Largest single buffer, in bytes. */
  readonly maxBufferBytes: number;
  /** All memory the device may use, in bytes, as far as it is known. */
  readonly maxMemoryBytes: number;
  /** Most buffers that one kernel may touch. */
  readonly maxKernelBuffers: number;
  /** Threads that share the work of a program (1 for a GPU). */
  readonly threads: number;
  /** Why the device does less than was asked for: one thread only, say. Absent where there is nothing to tell. */
  readonly note?: string;
}

/** When a thread of a device was busy with a step of a program. */
export interface StepSpan {
  /** Number of the step in the program of the profile. */
  readonly step: number;
  /** Number of the part, where a device runs a step in several parts one after the other; else 0. */
  readonly part: number;
  /** Number of the thread; 0 on a GPU. */
  readonly thread: number;
  /** Milliseconds since the first span began. */
  readonly begin: number;
  /** Milliseconds since the first span began. */
  readonly end: number;
}

/** How long the steps of a program took in one run. */
export interface ProgramProfile {
  /** The program that ran: the one that was prepared, or one of fewer steps that does the same. */
  readonly program: Program;
  /** When each thread ran each step; steps without work have none. */
  readonly spans: readonly StepSpan[];
}

/** A prepared program. */
export interface Executable {
  /** Bytes that the temporaries of the program take while it runs. */
  readonly temporaryBytes: number;
  /**
   * Runs the program once. Runs of one device happen in the order of the calls.
   *
   * @param external Buffers for the program's external buffers, in the order of their ids.
   * @returns Resolves when the results may be read or the next run be queued without piling up work.
   */
  run(external: readonly DeviceBuffer[]): Promise<void>;
  /**
   * Runs the program once, as {@link run} does, with a clock. Absent where the device has none.
   *
   * @param external As for {@link run}.
   * @returns How long each step took.
   */
  profile?(external: readonly DeviceBuffer[]): Promise<ProgramProfile>;
  /** Frees what the program holds. */
  release(): void;
}

/** A compute device. */
export interface KernelDevice extends AsyncDisposable {
  /** What it says of itself. */
  readonly info: DeviceInfo;
  /** Buffers allocated and not freed. */
  readonly liveBuffers: number;
  /** Bytes of all live buffers, temporaries of prepared programs included. */
  readonly liveBytes: number;
  /**
   * Takes memory; what it holds at first is not defined.
   *
   * @param bytes Size, a multiple of four; 0 is allowed.
   * @throws {RangeError} If it does not fit; the message says how much was asked, how much there is.
   */
  allocate(bytes: number): DeviceBuffer;
  /** Frees a buffer once runs that use it are done. */
  free(buffer: DeviceBuffer): void;
  /** Copies bytes to the start of the buffer, ordered after earlier runs and before later ones. */
  write(buffer: DeviceBuffer, data: ArrayBufferView): void;
  /** The first `bytes` bytes, after all earlier runs. */
  read(buffer: DeviceBuffer, bytes: number): Promise<ArrayBuffer>;
  /**
   * Compiles a program; equal kernels are compiled once.
   *
   * @internal
   */
  prepare(program: Program): Promise<Executable>;
  /**
   * Stops workers, releases the adapter. The device is not usable afterwards. `await using device = …` closes it at the end
   * of the block.
   */
  close(): Promise<void>;
}
