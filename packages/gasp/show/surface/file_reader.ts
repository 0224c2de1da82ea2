/**
 * A partial polyfill of `FileReader`, which three's GLB exporter needs, for Node.
 * @module
 */

/** Reads a blob as bytes. */
class BlobReader {
  /** The bytes read. */
  result: ArrayBuffer | null = null;
  /** Called when `result` is available. */
  onloadend: (() => void) | null = null;

  /** Starts reading. @param blob Blob to read. */
  readAsArrayBuffer(blob: Blob): void {
    blob.arrayBuffer().then((bytes) => {
      this.result = bytes;
      this.onloadend?.();
    });
  }
}

/** Defines a global `FileReader` if there is none. */
export function ensureFileReader(): void {
  if (!("FileReader" in globalThis)) Object.assign(globalThis, { FileReader: BlobReader });
}
