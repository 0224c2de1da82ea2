import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import type { FileTree } from "../core/file_source.ts";
import { openDataset } from "../open_dataset.ts";
import { openZarrStore } from "./zarr_store.ts";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function treeOf(files: Readonly<Record<string, Uint8Array>>): FileTree {
  return {
    location: "store.zarr",
    list: () => Promise.resolve(Object.keys(files)),
    entries: () => Promise.resolve([]),
    read: (name) => Promise.resolve(files[name]!),
    readStart: (name, length) => Promise.resolve(files[name]!.subarray(0, length)),
  };
}

/** An axis or field: its dimensions, attributes, and values in chunks. */
interface Part {
  readonly dimensions: readonly string[];
  readonly shape: readonly number[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Chunks by key, such as `0.0.0`. */
  readonly chunks: Readonly<Record<string, Uint8Array>>;
  readonly chunk: readonly number[];
  readonly type: "float32" | "float64";
  readonly fill?: number | "NaN" | null;
}

/** Compresses by the codec `gzip` of both versions. */
async function gzipped(values: Float32Array | Float64Array): Promise<Uint8Array> {
  const bytes = new Uint8Array(values.buffer.slice(0) as ArrayBuffer);
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function storeOf(version: 2 | 3, parts: Readonly<Record<string, Part>>): FileTree {
  const files: Record<string, Uint8Array> = version === 2
    ? { ".zgroup": encode({ zarr_format: 2 }), ".zattrs": encode({}) }
    : { "zarr.json": encode({ zarr_format: 3, node_type: "group", attributes: {} }) };
  for (
    const [name, { dimensions, shape, attributes = {}, chunks, chunk, type, fill }] of Object.entries(parts)
  ) {
    if (version === 2) {
      files[`${name}/.zarray`] = encode({
        zarr_format: 2,
        shape,
        chunks: chunk,
        dtype: type === "float32" ? "<f4" : "<f8",
        compressor: { id: "gzip", level: 1 },
        fill_value: fill ?? null,
        order: "C",
        filters: null,
      });
      files[`${name}/.zattrs`] = encode({ ...attributes, _ARRAY_DIMENSIONS: dimensions });
      for (const [key, bytes] of Object.entries(chunks)) files[`${name}/${key}`] = bytes;
      continue;
    }
    files[`${name}/zarr.json`] = encode({
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
  return treeOf(files);
}

async function exampleOf(version: 2 | 3): Promise<FileTree> {
  const axis = async (name: string, values: number[], units: string): Promise<Part> => ({
    dimensions: [name],
    shape: [values.length],
    chunk: [values.length],
    attributes: { units },
    type: "float64",
    chunks: { "0": await gzipped(Float64Array.from(values)) },
  });
  // Chunks of two times; the last has one and is padded.
  const fields = (first: number) =>
    Float32Array.from({ length: 24 }, (_, i) => 10 * (first + Math.floor(i / 12)) + i % 12);
  return storeOf(version, {
    time: await axis("time", [0, 1, 2], "days since 2000-01-01"),
    latitude: await axis("latitude", [-90, 0, 90], "degrees_north"),
    longitude: await axis("longitude", [0, 90, 180, 270], "degrees_east"),
    t2m: {
      dimensions: ["time", "latitude", "longitude"],
      shape: [3, 3, 4],
      chunk: [2, 3, 4],
      attributes: { units: "K", long_name: "temperature" },
      type: "float32",
      fill: "NaN",
      chunks: { "0.0.0": await gzipped(fields(0)), "1.0.0": await gzipped(fields(2)) },
    },
  });
}

for (const version of [2, 3] as const) {
  Deno.test(`Zarr stores of version ${version} are read as fields`, async () => {
    const { dataset, kind } = await openDataset({ files: await exampleOf(version) });
    assertEquals([kind, dataset.items, dataset.pointCount, dataset.display.kind], [
      "climate",
      3,
      12,
      "sphere",
    ]);
    if (dataset.display.kind !== "sphere") return;
    const { low, high, units, quantity } = dataset.display.scale;
    assertEquals([low, high, units, quantity], [0, 31, "K", "temperature"]);
    for (const item of [2, 0, 1]) {
      const values = await dataset.batch([item]);
      // Rows from north to south, those of the store from south to north.
      values.forEach((feature, i) => {
        const expected = 10 * item + 4 * (2 - Math.floor(i / 4)) + i % 4;
        assertAlmostEquals(low + (feature + 1) / 2 * (high - low), expected, 1e-4);
      });
    }
  });
}

for (const version of [2, 3] as const) {
  Deno.test(`arrays in groups of Zarr stores of version ${version} have their paths as names`, async () => {
    const files = await exampleOf(version), parts = new Map<string, Uint8Array>();
    // A copy of the field in a group, and of its time beside it; latitude and longitude stay at the root.
    for (const name of await files.list()) {
      const bytes = await files.read(name);
      parts.set(name, bytes);
      if (/^(t2m|time)\//.test(name)) parts.set(`runs/a/${name}`, bytes);
    }
    const grouped = treeOf(Object.fromEntries(parts));
    const store = await openZarrStore(grouped);
    const dimensions = (name: string) =>
      store.variables.find((one) => one.name === name)!.dimensions.map((one) => one.name);
    assertEquals(dimensions("t2m"), ["time", "latitude", "longitude"]);
    assertEquals(dimensions("runs/a/t2m"), ["runs/a/time", "latitude", "longitude"]);
    const { dataset } = await openDataset({ files: grouped, read: { variable: ["runs/a/t2m"] } });
    assertEquals([dataset.items, dataset.pointCount, dataset.display.kind], [3, 12, "sphere"]);
  });
}

Deno.test("Zarr stores that are damaged or have no numbers are refused", async () => {
  const files = await exampleOf(2);
  const damaged: FileTree = {
    ...files,
    read: async (name) => name === "t2m/1.0.0" ? Uint8Array.of(1, 2, 3) : await files.read(name),
  };
  await assertRejects(() => openDataset({ files: damaged }), DataError, "store.zarr: t2m cannot be read");
  const noJson: FileTree = {
    ...files,
    read: (name) => name.endsWith(".zarray") ? Promise.resolve(encode(3)) : files.read(name),
  };
  await assertRejects(
    () => openDataset({ files: noJson }),
    DataError,
    "is no JSON object",
  );
  await assertRejects(
    () => openZarrStore(treeOf({ ".zgroup": encode({}) })),
    DataError,
    "without arrays of numbers",
  );
});
