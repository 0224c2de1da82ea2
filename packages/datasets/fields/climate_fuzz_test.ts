import { assert, assertInstanceOf } from "@std/assert";
import { writeNpz } from "@gasp/tensor";
import { climateDataset } from "./climate.ts";
import { classicFile, hdf5File, memoryFolder, valuesOf } from "./climate_testing.ts";
import { DataError } from "../core/data_error.ts";
import { GuardedParser } from "../core/guarded_worker.ts";
import { assertReadOrRefused, fuzzRounds, mutations } from "../core/mutations_testing.ts";

const GRID = { latitudes: [90, 0, -90], longitudes: [-180, -60, 60], times: 2 };

Deno.test("climateDataset() ends in a result or a DataError for damaged NetCDF 3 and npz files", async () => {
  const originals = [
    classicFile(GRID),
    classicFile({ ...GRID, packed: true, record: true }),
    writeNpz([
      ["latitude", { shape: [3], data: Float32Array.from(GRID.latitudes) }],
      ["longitude", { shape: [3], data: Float32Array.from(GRID.longitudes) }],
      ["temperature", { shape: [2, 3, 3], data: valuesOf(GRID) }],
    ]),
  ];
  await assertReadOrRefused(mutations(originals, fuzzRounds(900), 4, 700), async (bytes) => {
    // A damaged signature may make it anything, but not the other kind of NetCDF, which has its own test.
    const name = bytes[0] === 0x50 ? "a.npz" : "a.nc";
    const data = await climateDataset(memoryFolder({ [name]: bytes }));
    const features = await data.batch([0, data.items - 1]);
    assert(features.every(Number.isFinite));
  });
});

Deno.test("readHdf5Fields() ends in a result or a DataError for damaged files, or can be stopped", async () => {
  const parser = new GuardedParser(new URL("./hdf5_fuzz_testing.ts", import.meta.url));
  const original = await hdf5File(GRID), count = fuzzRounds(300);
  let fields = 0, refused = 0;
  try {
    for (const bytes of mutations([original], count, 5, original.length)) {
      const ended = await parser.call<string>("readDamaged", bytes, { argument: 2 ** 24, seconds: 20 })
        .catch((error: unknown) => assertInstanceOf(error, DataError));
      if (ended === "fields") fields++;
      else {
        assert(ended === undefined || ended === "refused", `file ${fields + refused}: ${ended}`);
        refused++;
      }
    }
  } finally {
    parser.stop();
  }
  assert(fields > count / 10 && refused > count / 3, `${fields} read, ${refused} refused`);
});
