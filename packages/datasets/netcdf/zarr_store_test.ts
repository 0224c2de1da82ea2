import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import type { FileTree } from "../core/file_source.ts";
import { memoryTree } from "../images/picture_testing.ts";
import { openDataset } from "../open_dataset.ts";
import { openZarrStore } from "./zarr_store.ts";
import { encodeJson as encode, gzipped, zarrFiles, type ZarrPart as Part } from "./zarr_testing.ts";

const treeOf = (files: Record<string, Uint8Array>): FileTree => memoryTree(files, "store.zarr");

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
  return treeOf(zarrFiles(version, {
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
  }));
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

Deno.test("arrays of Zarr stores in column-major order are read in row-major order", async () => {
  const files = await exampleOf(2), shape = [3, 3, 4];
  const metadata = JSON.parse(new TextDecoder().decode(await files.read("t2m/.zarray")));
  // The number at each index, with the first one varying fastest.
  const columns = Float32Array.from({ length: 36 }, (_, i) => {
    const [a, b, c] = [i % 3, Math.floor(i / 3) % 3, Math.floor(i / 9)];
    return 100 * a + 10 * b + c;
  });
  const file = await openZarrStore({
    ...files,
    list: () => Promise.resolve([".zgroup", "t2m/.zarray", "t2m/.zattrs", "t2m/0.0.0"]),
    read: async (name) =>
      name === "t2m/.zarray"
        ? encode({ ...metadata, order: "F", chunks: shape })
        : name === "t2m/0.0.0"
        ? await gzipped(columns)
        : await files.read(name),
  });
  const [variable] = file.variables;
  const rows = Array.from(
    { length: 36 },
    (_, i) => 100 * Math.floor(i / 12) + 10 * (Math.floor(i / 4) % 3) + i % 4,
  );
  assertEquals([...await file.read(variable!, [])], rows);
  assertEquals([...await file.read(variable!, [1])], rows.slice(12, 24));
});

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

Deno.test("attributes of a Zarr 3 store may be missing, but not be null", async () => {
  const files = await exampleOf(3), { read } = files;
  const withAttributes = (attributes: null | undefined): FileTree => ({
    ...files,
    read: async (name) => {
      const bytes = await read(name);
      if (name !== "t2m/zarr.json") return bytes;
      return encode({ ...JSON.parse(new TextDecoder().decode(bytes)), attributes });
    },
  });
  const { dataset } = await openDataset({ files: withAttributes(undefined) });
  assertEquals(dataset.items, 3);
  await assertRejects(() => openDataset({ files: withAttributes(null) }), DataError, "attributes of t2m");
});

Deno.test("a chunk of a Zarr store that is larger than the memory is refused, however little of it is read", async () => {
  const files = await exampleOf(2);
  const vast: FileTree = {
    ...files,
    read: async (name) => {
      const bytes = await files.read(name);
      if (name !== "t2m/.zarray") return bytes;
      return encode({ ...JSON.parse(new TextDecoder().decode(bytes)), chunks: [2, 3, 2 ** 40] });
    },
  };
  const read = async () => {
    const { dataset } = await openDataset({ files: vast });
    await dataset.batch([0]);
  };
  const error = await assertRejects(read);
  assertEquals((error as Error).name, "MemoryError");
});
