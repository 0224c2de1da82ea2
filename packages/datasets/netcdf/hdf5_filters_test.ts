import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import { memoryTree } from "../images/picture_testing.ts";
import { openDataset } from "../open_dataset.ts";
import { installFilters } from "./hdf5_filters.ts";
import { openNetcdfHdf5 } from "./netcdf_hdf5.ts";

const FOLDER = new URL("../../../tests/fixtures/hdf5_filters/", import.meta.url);

const fixture = (name: string) => Deno.readFile(new URL(name, FOLDER));

/** Values of the fixtures, `[3, 5, 8]` in chunks of `[2, 3, 8]`. */
const VALUES = Float32Array.from({ length: 120 }, (_, i) => 0.5 * (7 * i % 97) - 11);

for (const name of ["blosc_blosclz", "blosc_lz4", "blosc_zstd", "bzip2", "lz4", "lzf", "zstd"]) {
  Deno.test(`openNetcdfHdf5() reads variables compressed with ${name}`, async () => {
    const file = await openNetcdfHdf5(await fixture(`${name}.h5`));
    try {
      const variable = file.variables.find((one) => one.name === "t2m")!;
      assertEquals(variable.dimensions.map((one) => one.length), [3, 5, 8]);
      assertEquals(await file.read(variable, []), VALUES);
      assertEquals(await file.read(variable, [2]), VALUES.slice(80));
    } finally {
      file.close();
    }
  });
}

Deno.test("openNetcdfHdf5() names the compressors within Blosc that are not read", async () => {
  for (const [name, compressor] of [["blosc_zlib", "zlib"], ["blosc_snappy", "Snappy"]] as const) {
    const file = await openNetcdfHdf5(await fixture(`${name}.h5`), "a.nc");
    const variable = file.variables.find((one) => one.name === "t2m")!;
    await assertRejects(
      () => file.read(variable, [0]),
      DataError,
      `a.nc: t2m is compressed with Blosc with ${compressor} (HDF5 filter 32001), which is not read: rewrite`,
    );
    file.close();
  }
});

Deno.test("installFilters() says how to do without filters that cannot be loaded", async () => {
  const library = { FS: { writeFile() {}, mkdirTree() {} }, insert_plugin_search_path: () => 0 };
  const none = { name: "@gasp/no-such-package", versions: "^1.0.0" };
  assertEquals(await installFilters(library, [{ id: 1, name: "deflate" }], "a.nc", "t2m", none), false);
  await assertRejects(
    () => installFilters(library, [{ id: 32015, name: "zstd" }], "a.nc", "t2m", none),
    DataError,
    "a.nc: t2m is compressed with Zstandard. The npm package @gasp/no-such-package cannot be loaded",
  );
});

Deno.test("openDataset() reads fields compressed with Zstandard in a worker", async () => {
  const { dataset } = await openDataset({ files: memoryTree({ "zstd.h5": await fixture("zstd.h5") }) });
  assertEquals([dataset.items, dataset.pointCount, dataset.display.kind], [3, 40, "sphere"]);
  if (dataset.display.kind !== "sphere") return;
  const { low, high } = dataset.display.scale, features = await dataset.batch([1]);
  // Rows from north to south, those of the file from south to north.
  const values = Array.from(features, (feature) => low + (feature + 1) / 2 * (high - low));
  const expected = [4, 3, 2, 1, 0].flatMap((row) => [...VALUES.slice(40 + 8 * row, 48 + 8 * row)]);
  assertEquals(values.map((value) => Math.round(2 * value) / 2), expected);
});
