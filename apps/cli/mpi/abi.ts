/**
 * The three binary interfaces (ABIs) of MPI libraries. MPI standardised the source of a program, and only in version 5 also
 * its binary: before, every library chose what a handle is (a communicator, an element type, an operation).
 *
 * - MPICH, and what shares its ABI (Intel MPI, Cray MPICH, MVAPICH): handles are integers.
 * - Open MPI 4 and 5: handles are addresses of objects that the library exports.
 * - The standard ABI of MPI 5 (`libmpi_abi`): handles are small numbers in the place of addresses.
 *
 * @module
 */
import type { LibraryKind } from "./launch.ts";

/** A handle or an address, as calls take it. */
export type Handle = number | Deno.PointerValue;

/** The handles that are used. */
export type HandleName = "world" | "float" | "byte" | "sum" | "errorsReturn";

/** A binary interface. */
export interface Abi {
  /** Kind of the libraries that have it. */
  readonly kind: LibraryKind;
  /** How a handle is passed. */
  readonly handle: "i32" | "pointer";
  /** The handles: numbers, or names of the exported objects whose addresses they are. */
  readonly handles: Readonly<Record<HandleName, number | string>>;
  /** Address that means "the values are where the result goes" (`MPI_IN_PLACE`). */
  readonly inPlace: bigint;
  /** Address that means "no status is wanted" (`MPI_STATUS_IGNORE`). */
  readonly noStatus: bigint;
  /** Level of thread support in which only the main thread calls the library (`MPI_THREAD_FUNNELED`). */
  readonly funneled: number;
}

/** All ABIs. The numbers are those of the libraries' `mpi.h`, and of chapter 20 of the MPI 5.0 standard. */
export const ABIS: Readonly<Record<LibraryKind, Abi>> = {
  MPICH: {
    kind: "MPICH",
    handle: "i32",
    handles: {
      world: 0x4400_0000,
      float: 0x4c00_040a,
      byte: 0x4c00_010d,
      sum: 0x5800_0003,
      errorsReturn: 0x5400_0001,
    },
    inPlace: 0xffff_ffff_ffff_ffffn,
    noStatus: 1n,
    funneled: 1,
  },
  "Open MPI": {
    kind: "Open MPI",
    handle: "pointer",
    handles: {
      world: "ompi_mpi_comm_world",
      float: "ompi_mpi_float",
      byte: "ompi_mpi_byte",
      sum: "ompi_mpi_op_sum",
      errorsReturn: "ompi_mpi_errors_return",
    },
    inPlace: 1n,
    noStatus: 0n,
    funneled: 1,
  },
  standard: {
    kind: "standard",
    handle: "pointer",
    handles: { world: 0x101, float: 0x210, byte: 0x247, sum: 0x21, errorsReturn: 0x142 },
    inPlace: 1n,
    noStatus: 0n,
    funneled: 1024,
  },
};
