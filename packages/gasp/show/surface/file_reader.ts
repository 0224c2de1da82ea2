/**
 * The part of the browsers' `FileReader` that three's exporter of GLB files reads its own blobs with, for Node, which has
 * none.
 * @module
 */

/** Reads a blob as bytes and tells when it has. */
class BlobReader {
  /** What was read. */
  result: ArrayBuffer | null = null;
  /** Called when `result` is there. */
  onloadend: (() => void) | null = null;

  /** Begins to read. @param blob What to read. */
  readAsArrayBuffer(blob: Blob): void {
    blob.arrayBuffer().then((bytes) => {
      this.result = bytes;
      this.onloadend?.();
    });
  }
}

/** Makes sure that there is a global `FileReader`. */
export function ensureFileReader(): void {
  if (!("FileReader" in globalThis)) Object.assign(globalThis, { FileReader: BlobReader });
}
