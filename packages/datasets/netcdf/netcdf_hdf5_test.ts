import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { classicFile, hdf5File, memoryFolder } from "../fields/climate_testing.ts";
import { climateDataset } from "../fields/climate.ts";
import { DataError } from "../core/data_error.ts";
import { openSyncFile, readWithin } from "./sync_file.ts";
import { requireFilters } from "./hdf5_filters.ts";
import { openNetcdfHdf5 } from "./netcdf_hdf5.ts";

const GRID = { latitudes: [90, 0, -90], longitudes: [0, 90, 180, 270], times: 7 };

/** Writes a file with the HDF5 library itself. */
async function written(write: (file: import("h5wasm").File) => void): Promise<Uint8Array> {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const file = new File("/test.nc", "w");
  write(file);
  file.close();
  const bytes = FS.readFile("/test.nc").slice();
  FS.unlink("/test.nc");
  return bytes;
}

async function onDisk<T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile({ suffix: ".nc" });
  try {
    await Deno.writeFile(path, bytes);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("openNetcdfHdf5() reads files on disk in place, as from memory", async () => {
  const bytes = await hdf5File(GRID);
  await onDisk(bytes, async (path) => {
    const [inMemory, inPlace] = [await openNetcdfHdf5(bytes), await openNetcdfHdf5(await openSyncFile(path))];
    const [a, b] = [inMemory, inPlace].map(({ variables }) => variables.find(({ name }) => name === "t2m")!);
    assertEquals(a, b);
    for (let time = 0; time < GRID.times; time++) {
      assertEquals(await inPlace.read(b!, [time]), await inMemory.read(a!, [time]));
    }
    inMemory.close();
    inPlace.close();
  });
});

Deno.test("climateDataset() reads files of every version in place, within a limit of values", async () => {
  for (const bytes of [classicFile(GRID), await hdf5File(GRID)]) {
    await onDisk(bytes, async (path) => {
      const inMemory = await climateDataset(memoryFolder({ "a.nc": bytes }));
      for (const maxBytes of [100, 2 ** 20]) {
        const data = await climateDataset({ ...memoryFolder({ "a.nc": bytes }), path: () => path }, {
          maxBytes,
        });
        assertEquals(await data.batch([6, 0, 3]), await inMemory.batch([6, 0, 3]));
        await data.close?.();
      }
    });
  }
});

Deno.test("openNetcdfHdf5() reads chunks that span several steps once, with the same numbers", async () => {
  const data = Float32Array.from({ length: 5 * 3 * 4 * 2 }, (_, i) => i);
  for (const chunks of [[5, 3, 4, 2], [2, 2, 3, 1], [4, 1, 1, 1], [1, 3, 4, 2]]) {
    const bytes = await written((file) =>
      void file.create_dataset({ name: "t", data, shape: [5, 3, 4, 2], chunks, compression: "gzip" })
    );
    const file = await openNetcdfHdf5(bytes), variable = file.variables[0]!;
    for (const first of [4, 0, 2, 3, 1]) {
      for (const second of [2, 0, 1]) {
        const from = (first * 3 + second) * 8;
        assertEquals(await file.read(variable, [first, second]), data.slice(from, from + 8), `${chunks}`);
      }
      assertEquals(await file.read(variable, [first]), data.slice(first * 24, first * 24 + 24));
    }
    assertEquals(await file.read(variable, []), data);
    file.close();
  }
});

Deno.test("dimensions without values are no variables, and have their names", async () => {
  const bytes = await written((file) => {
    for (const [name, length] of [["lat", 3], ["lon", 4]] as const) {
      const scale = file.create_dataset({ name, data: new Float32Array(length) });
      scale.make_scale(`This is a netCDF dimension but not a netCDF variable.         ${length}`);
    }
    const field = file.create_dataset({ name: "z", data: new Float32Array(12), shape: [3, 4] });
    field.attach_scale(0, "lat");
    field.attach_scale(1, "lon");
  });
  const file = await openNetcdfHdf5(bytes);
  assertEquals(file.variables.map(({ name, dimensions }) => [name, ...dimensions.map((one) => one.name)]), [
    ["z", "lat", "lon"],
  ]);
  file.close();
  await assertRejects(
    () => climateDataset(memoryFolder({ "a.nc": bytes })),
    DataError,
    "has a dimension lat but no variable that gives its degrees",
  );
});

Deno.test("requireFilters() names filters that are not read, with the cure", () => {
  requireFilters([{ id: 2, name: "shuffle" }, { id: 1, name: "deflate" }, { id: 3, name: "" }], "a.nc", "t");
  for (
    const [id, name] of [
      [32026, "Blosc 2"],
      [32008, "bitshuffle"],
      [32013, "ZFP"],
      [4, "SZIP"],
      [
        99999,
        "an unknown filter",
      ],
    ] as const
  ) {
    assertThrows(
      () => requireFilters([{ id, name: "" }], "a.nc", "t"),
      DataError,
      `a.nc: t is compressed with ${name} (HDF5 filter ${id}), which is not read: rewrite the file with nccopy`,
    );
  }
});

Deno.test("readWithin() ends a parse that goes on too long", async () => {
  await onDisk(new Uint8Array(8), async (path) => {
    const file = await openSyncFile(path);
    assertEquals(readWithin(file, 100).read(new Uint8Array(16), 2), 6);
    assertThrows(() => readWithin(file, -1).read(new Uint8Array(1), 0), RangeError, "it took more than");
    file.close();
  });
});
