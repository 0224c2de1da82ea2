/**
 * The functions of an MPI library that are called, with their parameters in each ABI.
 * @module
 */
import type { Abi, Handle, HandleName } from "./abi.ts";

/** Memory that a call reads or writes. */
type Memory = BufferSource;

/** Functions of an opened library. All but `MPI_Get_library_version` return an error code, 0 if they succeeded. */
export interface MpiFunctions {
  MPI_Get_library_version(text: Memory, length: Memory): number;
  MPI_Init_thread(argc: null, argv: null, required: number, provided: Memory): number;
  MPI_Comm_set_errhandler(comm: Handle, handler: Handle): number;
  MPI_Comm_rank(comm: Handle, rank: Memory): number;
  MPI_Comm_size(comm: Handle, size: Memory): number;
  MPI_Get_processor_name(name: Memory, length: Memory): number;
  MPI_Error_string(code: number, text: Memory, length: Memory): number;
  /** `MPI_IN_PLACE`, values, count, element type, operation, communicator, request. */
  MPI_Iallreduce(
    send: Deno.PointerValue,
    receive: Memory,
    count: number,
    type: Handle,
    operation: Handle,
    comm: Handle,
    request: Memory,
  ): number;
  MPI_Ibcast(data: Memory, count: number, type: Handle, root: number, comm: Handle, request: Memory): number;
  /** `MPI_IN_PLACE`, 0, a type that is ignored, what is completed. */
  MPI_Iallgather(
    send: Deno.PointerValue,
    sendCount: number,
    sendType: Handle,
    receive: Memory,
    receiveCount: number,
    receiveType: Handle,
    comm: Handle,
    request: Memory,
  ): number;
  /** The same, with as many elements of each rank as it has. */
  MPI_Iallgatherv(
    send: Deno.PointerValue,
    sendCount: number,
    sendType: Handle,
    receive: Memory,
    receiveCounts: Memory,
    places: Memory,
    receiveType: Handle,
    comm: Handle,
    request: Memory,
  ): number;
  MPI_Ibarrier(comm: Handle, request: Memory): number;
  MPI_Isend(
    data: Memory,
    count: number,
    type: Handle,
    to: number,
    tag: number,
    comm: Handle,
    request: Memory,
  ): number;
  MPI_Recv(
    data: Memory,
    count: number,
    type: Handle,
    from: number,
    tag: number,
    comm: Handle,
    status: Deno.PointerValue,
  ): number;
  MPI_Iprobe(from: number, tag: number, comm: Handle, flag: Memory, status: Deno.PointerValue): number;
  MPI_Test(request: Memory, flag: Memory, status: Deno.PointerValue): number;
  MPI_Abort(comm: Handle, code: number): number;
  MPI_Finalize(): number;
}

/** An opened library. */
export interface MpiLibrary {
  /** Name or path that was opened. */
  readonly path: string;
  /** Its ABI. */
  readonly abi: Abi;
  /** Its name and version, the first line of what it says about itself. */
  readonly version: string;
  readonly functions: MpiFunctions;
  readonly handles: Readonly<Record<HandleName, Handle>>;
}

/** Kinds of parameters: a handle is an integer or an address, depending on the ABI. */
type Parameter = "handle" | "pointer" | "buffer" | "i32";

const PARAMETERS: Readonly<Record<keyof MpiFunctions, readonly Parameter[]>> = {
  MPI_Get_library_version: ["buffer", "buffer"],
  MPI_Init_thread: ["pointer", "pointer", "i32", "buffer"],
  MPI_Comm_set_errhandler: ["handle", "handle"],
  MPI_Comm_rank: ["handle", "buffer"],
  MPI_Comm_size: ["handle", "buffer"],
  MPI_Get_processor_name: ["buffer", "buffer"],
  MPI_Error_string: ["i32", "buffer", "buffer"],
  MPI_Iallreduce: ["pointer", "buffer", "i32", "handle", "handle", "handle", "buffer"],
  MPI_Ibcast: ["buffer", "i32", "handle", "i32", "handle", "buffer"],
  MPI_Iallgather: ["pointer", "i32", "handle", "buffer", "i32", "handle", "handle", "buffer"],
  MPI_Iallgatherv: [
    "pointer",
    "i32",
    "handle",
    "buffer",
    "buffer",
    "buffer",
    "handle",
    "handle",
    "buffer",
  ],
  MPI_Ibarrier: ["handle", "buffer"],
  MPI_Isend: ["buffer", "i32", "handle", "i32", "i32", "handle", "buffer"],
  MPI_Recv: ["buffer", "i32", "handle", "i32", "i32", "handle", "pointer"],
  MPI_Iprobe: ["i32", "i32", "handle", "buffer", "pointer"],
  MPI_Test: ["buffer", "buffer", "pointer"],
  MPI_Abort: ["handle", "i32"],
  MPI_Finalize: [],
};

/** Longest text that a library writes (`MPI_MAX_LIBRARY_VERSION_STRING` of MPICH and of the standard ABI). */
const MAX_TEXT = 8192;

/**
 * Opens a library.
 *
 * @param path Name for the loader of the system, or a path.
 * @param abi Its ABI.
 * @throws {Error} If there is no such library, or it lacks a symbol.
 */
export function openLibrary(path: string, abi: Abi): MpiLibrary {
  const functions = Object.entries(PARAMETERS).map(([name, parameters]) =>
    [
      name,
      { parameters: parameters.map((kind) => kind === "handle" ? abi.handle : kind), result: "i32" },
    ] as const
  );
  const objects = Object.values(abi.handles).filter((handle) => typeof handle === "string");
  const { symbols } = Deno.dlopen(
    path,
    {
      ...Object.fromEntries(functions),
      ...Object.fromEntries(objects.map((name) => [name, { type: "pointer" }])),
    } as Deno.ForeignLibraryInterface,
  ) as unknown as { symbols: MpiFunctions & Readonly<Record<string, Deno.PointerValue>> };
  const handles = Object.entries(abi.handles).map(([name, handle]) => {
    if (typeof handle === "string") return [name, symbols[handle]];
    return [name, abi.handle === "pointer" ? Deno.UnsafePointer.create(BigInt(handle)) : handle];
  });
  const version = readText((text, length) => symbols.MPI_Get_library_version(text, length));
  return {
    path,
    abi,
    // MPICH writes "MPICH Version:      4.0.2" and then how it was built
    version: version.split("\n")[0]!.replace(/,.*/, "").replace(/\s*\bVersion:?\s+/i, " ").trim(),
    functions: symbols,
    handles: Object.fromEntries(handles),
  };
}

/**
 * Reads a text that a function writes.
 *
 * @param write Calls the function with memory for the text and for its length.
 */
export function readText(write: (text: Memory, length: Memory) => unknown): string {
  const text = new Uint8Array(MAX_TEXT), length = new Int32Array(1);
  write(text, length);
  // Some libraries count the terminating zero
  return new TextDecoder().decode(text.subarray(0, length[0])).replaceAll("\0", "");
}
