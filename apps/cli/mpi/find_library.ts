/**
 * Finds the MPI library of this machine: the one that belongs to what started the process, since ranks of another library
 * would not find each other.
 * @module
 */
import { messageOf, UserError } from "@gasp/gasp";
import { ABIS } from "./abi.ts";
import { type MpiLibrary, openLibrary } from "./functions.ts";
import { type Launch, type LibraryKind, readVariable } from "./launch.ts";

/** File names by operating system and kind, those of newer versions last. */
const NAMES: Readonly<Record<string, Readonly<Record<LibraryKind, readonly string[]>>>> = {
  linux: {
    MPICH: ["libmpi.so.12", "libmpich.so.12"],
    "Open MPI": ["libmpi.so.40"],
    standard: ["libmpi_abi.so.0", "libmpi_abi.so.1", "libmpi_abi.so"],
  },
  darwin: {
    MPICH: ["libmpi.12.dylib"],
    "Open MPI": ["libmpi.40.dylib"],
    standard: ["libmpi_abi.0.dylib", "libmpi_abi.1.dylib", "libmpi_abi.dylib"],
  },
};

/** Folders outside the loader's path: those of Fedora, whose modules select one, and of Homebrew. */
const FOLDERS: Readonly<Record<string, Readonly<Record<LibraryKind, readonly string[]>>>> = {
  linux: {
    MPICH: ["/usr/lib64/mpich/lib"],
    "Open MPI": ["/usr/lib64/openmpi/lib"],
    standard: ["/usr/lib64/mpich/lib"],
  },
  darwin: {
    MPICH: ["/opt/homebrew/lib", "/usr/local/lib"],
    "Open MPI": ["/opt/homebrew/lib", "/usr/local/lib"],
    standard: ["/opt/homebrew/lib", "/usr/local/lib"],
  },
};

/**
 * Lists the names under which a library is looked for.
 *
 * @param kind Kind of the library.
 * @param os Operating system.
 * @param conda Folder of the active conda environment, if there is one; its libraries come first.
 */
export function candidatesOf(
  kind: LibraryKind,
  os: string = Deno.build.os,
  conda: string | undefined = readVariable("CONDA_PREFIX"),
): string[] {
  const names = NAMES[os]?.[kind] ?? [], folders = FOLDERS[os]?.[kind] ?? [];
  const inFolder = (folder: string) => names.map((name) => `${folder}/${name}`);
  return [...(conda ? inFolder(`${conda}/lib`) : []), ...names, ...folders.flatMap(inFolder)];
}

/**
 * Opens the library that fits the launcher.
 *
 * @param launch What started the process; `undefined`: any library will do.
 * @param path Path of the library to use. Default: that of the system.
 * @throws {UserError} If there is none; the message says what was tried, and what to install.
 */
export function findLibrary(launch: Launch | undefined, path?: string): MpiLibrary {
  if (path !== undefined) return openNamed(path);
  const first = launch?.library;
  // A library with the ABI of a vendor is what the launchers of today belong to
  const kinds = (["MPICH", "Open MPI", "standard"] as const).toSorted((a, b) =>
    Number(b === first) - Number(a === first)
  );
  const failures: string[] = [];
  for (const kind of kinds) {
    for (const name of candidatesOf(kind)) {
      try {
        return openLibrary(name, ABIS[kind]);
      } catch (error) {
        if (error instanceof Deno.errors.NotCapable) throw error;
        failures.push(name);
      }
    }
  }
  throw noLibraryError(failures);
}

/**
 * Returns the error for a machine without a library.
 *
 * @param tried Names that were tried.
 * @param os Operating system.
 */
export function noLibraryError(tried: readonly string[], os: string = Deno.build.os): UserError {
  return new UserError(
    tried.length === 0
      ? `training on several ranks needs an MPI library, which is supported on Linux and macOS, not on ${os}`
      : `no MPI library was found (tried ${
        tried.join(", ")
      }): install one with "apt install mpich" on Debian and Ubuntu, ` +
        `"dnf install mpich" on Fedora, "conda install -c conda-forge mpich", or "brew install open-mpi" on macOS; ` +
        `on a cluster load its module, or name the library with --mpi-library FILE`,
  );
}

/** Opens a library of a kind that its symbols tell. */
function openNamed(path: string): MpiLibrary {
  const failures: string[] = [];
  // Every library has the functions; only Open MPI has its objects, and only the name tells the standard ABI
  const kinds = /mpi_abi/.test(path) ? ["standard"] as const : ["Open MPI", "MPICH"] as const;
  for (const kind of kinds) {
    try {
      return openLibrary(path, ABIS[kind]);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      failures.push(messageOf(error));
    }
  }
  throw new UserError(
    `${path} is not an MPI library that can be used: ${
      failures.at(-1)
    }. Omit --mpi-library to use that of the system, or name ` +
      `the file of MPICH (libmpi.so.12), Open MPI (libmpi.so.40) or the standard ABI (libmpi_abi.so)`,
  );
}
