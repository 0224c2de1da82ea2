/**
 * The first directory of a TIFF file, reduced to what an image needs (TIFF 6.0, section 2). The decoder trusts counts of values
 * and samples, and follows links to other directories, which may lead back: a damaged file makes it loop and fill the memory.
 *
 * @module
 */

/** Bytes of a value by the number of its type; 0 for types that do not exist. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4] as const;
const SHORT = 3, LONG = 4;

/** Bytes of an entry. */
const ENTRY = 12;

/** Tags of the image itself; cameras add directories of their own, notes and colour profiles. */
const TAGS = {
  bits: 258,
  compression: 259,
  strips: 273,
  samples: 277,
  stripBytes: 279,
  tileWidth: 322,
  tileLength: 323,
  tiles: 324,
  tileBytes: 325,
} as const;

/** These, and size, colours, strips, tiles, predictor, palette, orientation, tables of JPEG, and positions of chroma. */
const KEPT: ReadonlySet<number> = new Set([
  ...[254, 256, 257, 262, 266, 274, 278, 284, 292, 293, 317, 320, 338, 339, 347],
  ...[512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532],
  ...Object.values(TAGS),
]);

/** None, fax, LZW, JPEG, deflate, PackBits. */
const COMPRESSIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946]);

/** CMYK with transparency and some more; and doubles. */
const MAX_SAMPLES = 8, MAX_BITS = 64;

/** Maximum bytes of a tile, which may be larger than the image. */
const MAX_TILE_BYTES = 2 ** 28;

/**
 * Returns a copy of a TIFF file with one directory, which has the tags of the image only.
 *
 * @param bytes File contents, which begin with the signature.
 * @throws {Error} If the directory is damaged, or the image is coded in an unsupported way; the message is a clause.
 */
export function withOneDirectory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes), view = new DataView(copy.buffer), little = bytes[0] === 0x49;
  const start = view.getUint32(4, little);
  const count = start + 2 <= copy.length ? view.getUint16(start, little) : 0;
  const first = start + 2;
  if (count === 0 || first + count * ENTRY > copy.length) throw new Error("its directory is cut off");
  const values = new Map<number, readonly number[]>();
  let kept = 0;
  for (let at = first; at < first + count * ENTRY; at += ENTRY) {
    const tag = view.getUint16(at, little), type = view.getUint16(at + 2, little);
    if (!KEPT.has(tag)) continue;
    const size = TYPE_BYTES[type] ?? 0, length = view.getUint32(at + 4, little);
    const isInline = size * length <= 4, offset = isInline ? at + 8 : view.getUint32(at + 8, little);
    if (size === 0 || length === 0 || offset + size * length > copy.length) {
      throw new Error(`its tag ${tag} has ${length} values of type ${type}, which it does not hold`);
    }
    if (type === SHORT || type === LONG) {
      const read = (at: number) => type === SHORT ? view.getUint16(at, little) : view.getUint32(at, little);
      values.set(tag, Array.from({ length }, (_, i) => read(offset + size * i)));
    }
    copy.copyWithin(first + kept++ * ENTRY, at, at + ENTRY);
  }
  view.setUint16(start, kept, little);
  // The link to the next directory; the one place that it needs follows the entries, which are as many or fewer.
  if (first + kept * ENTRY + 4 > copy.length) throw new Error("its directory is cut off");
  view.setUint32(first + kept * ENTRY, 0, little);
  requireSupported(values);
  requireParts(values, copy.length);
  return copy;
}

/** Values of the tags that hold whole numbers. */
type Tags = ReadonlyMap<number, readonly number[]>;

function numberOf(values: Tags, tag: number): number | undefined {
  return values.get(tag)?.[0];
}

/** Requires that strips and tiles lie within the file: what follows its end, the decoder takes for zeros. */
function requireParts(values: Tags, fileBytes: number): void {
  for (const [offsets, lengths] of [[TAGS.strips, TAGS.stripBytes], [TAGS.tiles, TAGS.tileBytes]] as const) {
    values.get(offsets)?.forEach((offset, i) => {
      if (offset + (values.get(lengths)?.[i] ?? 0) > fileBytes) throw new Error("its pixels are cut off");
    });
  }
}

function requireSupported(values: Tags): void {
  const compression = numberOf(values, TAGS.compression) ?? 1, bits = numberOf(values, TAGS.bits) ?? 1;
  const samples = numberOf(values, TAGS.samples) ?? 1;
  if (!COMPRESSIONS.has(compression)) throw new Error(`its compression ${compression} is not supported`);
  if (samples < 1 || samples > MAX_SAMPLES || bits < 1 || bits > MAX_BITS) {
    throw new Error(`${samples} samples of ${bits} bits a pixel are not supported`);
  }
  const width = numberOf(values, TAGS.tileWidth), height = numberOf(values, TAGS.tileLength);
  if (width === undefined && height === undefined) return;
  const tile = (width ?? 0) * (height ?? 0) * samples * bits / 8;
  if (tile === 0 || tile > MAX_TILE_BYTES) {
    throw new Error(`tiles of ${width}×${height} pixels are not supported`);
  }
}
