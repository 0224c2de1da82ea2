/**
 * Edits the metadata of a safetensors file, whose tensors stay as they are.
 * @module
 */
import { joined } from "./mutate.ts";

/**
 * Returns a file with other metadata.
 *
 * @param file File.
 * @param edit Receives the metadata, of which each value is a text, and returns others.
 */
export function withMetadata(
  file: Uint8Array,
  edit: (metadata: Record<string, string>) => Record<string, string>,
): Uint8Array {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  header.__metadata__ = edit(header.__metadata__);
  const text = new TextEncoder().encode(JSON.stringify(header)), pad = -text.length & 7;
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(text.length + pad), true);
  return joined(size, text, new Uint8Array(pad).fill(32), file.subarray(8 + length));
}
