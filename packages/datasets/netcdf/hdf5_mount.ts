/**
 * Shows files to the HDF5 library: bytes as a copy in its memory, files on disk in place, so that it reads only the parts
 * that it needs.
 *
 * @module
 */
import type { SyncFile } from "./sync_file.ts";

/** The part of Emscripten's file system that is used. */
export interface LibraryFiles {
  /** Creates a file of the library. */
  writeFile(path: string, bytes: Uint8Array): void;
  /** Removes a file of the library. */
  unlink(path: string): void;
}

/** A file of the library that is backed by a file on disk, with what Emscripten calls to read it. */
interface BackedNode {
  usedBytes: number;
  stream_ops: object;
}

interface NodeFactory {
  createFile(
    parent: string,
    name: string,
    properties: object,
    canRead: boolean,
    canWrite: boolean,
  ): BackedNode;
}

/**
 * Creates a file of the library.
 *
 * @param files The library's file system.
 * @param name Name in the root of the library's file system.
 * @param source Contents, or a file on disk, which stays open.
 */
export function mountFile(files: LibraryFiles, name: string, source: Uint8Array | SyncFile): void {
  if (source instanceof Uint8Array) return files.writeFile(`/${name}`, source);
  const node = (files as unknown as NodeFactory).createFile("/", name, {}, true, false);
  node.usedBytes = source.size;
  node.stream_ops = {
    ...node.stream_ops,
    read: (_stream: unknown, memory: Int8Array, offset: number, length: number, position: number) =>
      source.read(new Uint8Array(memory.buffer, memory.byteOffset + offset, length), position),
  };
}
