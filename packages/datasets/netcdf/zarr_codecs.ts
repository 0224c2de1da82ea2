/**
 * Limits what the chunks of a Zarr store unpack to: the codecs of `zarrita` allocate what a damaged or hostile chunk declares.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";

/** Bytes beyond the numbers of a chunk that a codec may leave to the next: checksums, indices. */
const SLACK = 1 << 12;

/** What `zarrita` says of the chunks of an array. */
interface ChunkMetadata {
  readonly dataType: string;
  readonly shape: readonly number[];
}

interface Codec {
  decode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

interface CodecClass {
  fromConfig(configuration: unknown, metadata: ChunkMetadata): Codec;
}

/** The codecs that `zarrita` knows, by name. */
export type CodecRegistry = Map<string, () => unknown>;

/** Returns the number of bytes of the numbers of a chunk. */
function chunkBytes({ dataType, shape }: ChunkMetadata): number {
  const bits = Number(/\d+$/.exec(dataType)?.[0] ?? 64);
  return shape.reduce((all, length) => all * length, bits / 8);
}

function require(isAllowed: boolean, most: number): void {
  if (!isAllowed) throw new DataError(`a chunk unpacks to more than the ${most} bytes of its numbers`);
}

const wordAt = (bytes: Uint8Array, at: number) =>
  at + 4 <= bytes.length
    ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true)
    : 0;

/** Largest number of bytes of a block of Zstandard. */
const ZSTD_BLOCK = 1 << 17;

/**
 * Returns a number of bytes that a frame of Zstandard does not exceed: what its blocks can hold, as not every frame says how long it
 * is (RFC 8878, sections 3.1.1.1 and 3.1.1.2).
 */
function zstdBound(bytes: Uint8Array): number {
  const flags = bytes[4] ?? 0, isSingle = flags >> 5 & 1;
  const size = [isSingle, 2, 4, 8][flags >> 6]!, dictionary = [0, 1, 2, 4][flags & 3]!;
  let bound = 0;
  for (let at = 5 + 1 - isSingle + dictionary + size; at + 3 <= bytes.length;) {
    const header = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16, type = header >> 1 & 3;
    const length = header >> 3;
    bound += type === 2 ? ZSTD_BLOCK : length;
    if (header & 1) break;
    at += 3 + (type === 1 ? 1 : length);
  }
  return bound;
}

/** Decompresses, but not past a number of bytes. */
async function inflateAtMost(
  bytes: Uint8Array,
  format: "gzip" | "deflate",
  most: number,
): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let count = 0;
  for await (const part of new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream(format))) {
    count += part.length;
    require(count <= most, most);
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Unpacks with a codec, within a limit. */
type Limited = (bytes: Uint8Array, most: number, codec: Codec) => Uint8Array | Promise<Uint8Array>;

const declared = (at: number): Limited => (bytes, most, codec) => {
  require(wordAt(bytes, at) <= most, most);
  return codec.decode(bytes);
};

const LIMITED: Readonly<Record<string, Limited>> = {
  gzip: (bytes, most) => inflateAtMost(bytes, "gzip", most),
  zlib: (bytes, most) => inflateAtMost(bytes, "deflate", most),
  lz4: declared(0),
  blosc: declared(4),
  zstd: (bytes, most, codec) => {
    require(zstdBound(bytes) <= most + ZSTD_BLOCK, most);
    return codec.decode(bytes);
  },
};

const limited = new WeakSet<CodecRegistry>();

/**
 * Makes codecs refuse chunks that unpack to more than their numbers, once.
 *
 * @param registry Codecs of `zarrita`.
 */
export function limitCodecs(registry: CodecRegistry): void {
  if (limited.has(registry)) return;
  limited.add(registry);
  for (const [name, limit] of Object.entries(LIMITED)) {
    for (const key of [name, `numcodecs.${name}`]) {
      const load = registry.get(key);
      if (load === undefined) continue;
      registry.set(key, async (): Promise<CodecClass> => {
        const original = await load() as CodecClass;
        return {
          fromConfig(configuration, metadata) {
            const codec = original.fromConfig(configuration, metadata), most = chunkBytes(metadata) + SLACK;
            return Object.assign(Object.create(codec), {
              decode: (bytes: Uint8Array) => limit(bytes, most, codec),
            });
          },
        };
      });
    }
  }
}
