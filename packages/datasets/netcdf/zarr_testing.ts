/**
 * Writes Zarr stores of versions 2 and 3 for tests.
 *
 * @module
 */

/** An axis or field: its dimensions, attributes, and values in chunks. */
export interface ZarrPart {
  /** Names of the axes. */
  readonly dimensions: readonly string[];
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** Attributes. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Chunks by key, such as `0.0.0`, compressed. */
  readonly chunks: Readonly<Record<string, Uint8Array>>;
  /** Lengths of a chunk. */
  readonly chunk: readonly number[];
  /** Type of the numbers. */
  readonly type: "float32" | "float64";
  /** Value of missing chunks. */
  readonly fill?: number | "NaN" | null;
  /** Compressor of version 2, `null` for none; default: gzip. */
  readonly compressor?: Readonly<Record<string, unknown>> | null;
}

/** Encodes JSON. @param value Value. */
export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Compresses by the codec `gzip` of both versions. @param values Numbers of a chunk. */
export async function gzipped(values: Float32Array | Float64Array): Promise<Uint8Array> {
  const bytes = new Uint8Array(values.buffer.slice(0) as ArrayBuffer);
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Returns the files of a store.
 *
 * @param version Version of the format.
 * @param parts Arrays by name.
 */
export function zarrFiles(
  version: 2 | 3,
  parts: Readonly<Record<string, ZarrPart>>,
): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = version === 2
    ? { ".zgroup": encodeJson({ zarr_format: 2 }), ".zattrs": encodeJson({}) }
    : { "zarr.json": encodeJson({ zarr_format: 3, node_type: "group", attributes: {} }) };
  for (const [name, part] of Object.entries(parts)) {
    const { dimensions, shape, attributes = {}, chunks, chunk, type, fill } = part;
    const { compressor = { id: "gzip", level: 1 } } = part;
    if (version === 2) {
      files[`${name}/.zarray`] = encodeJson({
        zarr_format: 2,
        shape,
        chunks: chunk,
        dtype: type === "float32" ? "<f4" : "<f8",
        compressor,
        fill_value: fill ?? null,
        order: "C",
        filters: null,
      });
      files[`${name}/.zattrs`] = encodeJson({ ...attributes, _ARRAY_DIMENSIONS: dimensions });
      for (const [key, bytes] of Object.entries(chunks)) files[`${name}/${key}`] = bytes;
      continue;
    }
    files[`${name}/zarr.json`] = encodeJson({
      zarr_format: 3,
      node_type: "array",
      shape,
      data_type: type,
      chunk_grid: { name: "regular", configuration: { chunk_shape: chunk } },
      chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
      fill_value: fill ?? 0,
      codecs: [{ name: "bytes", configuration: { endian: "little" } }, {
        name: "gzip",
        configuration: { level: 1 },
      }],
      attributes,
      dimension_names: dimensions,
    });
    for (const [key, bytes] of Object.entries(chunks)) files[`${name}/c/${key.replaceAll(".", "/")}`] = bytes;
  }
  return files;
}
