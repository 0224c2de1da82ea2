import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { writeNpz } from "@gasp/tensor";
import { climateDataset } from "./climate.ts";
import { classicFile, hdf5File, memoryFolder, valuesOf } from "./climate_testing.ts";
import { DataError } from "./data_error.ts";
import type { Hdf5Damage, Hdf5Outcome } from "./hdf5_fuzz_testing.ts";
import { parseGuarded } from "./guarded_worker.ts";
import { fuzzRounds, mutations } from "./mutations_testing.ts";

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
  for (const bytes of mutations(originals, fuzzRounds(900), 4, 700)) {
    // A damaged signature may make it anything, but not the other kind of NetCDF, which has its own test.
    const name = bytes[0] === 0x50 ? "a.npz" : "a.nc";
    try {
      const data = await climateDataset(memoryFolder({ [name]: bytes }));
      const features = await data.batch([0, data.items - 1]);
      assert(features.every(Number.isFinite));
    } catch (error) {
      assertInstanceOf(error, DataError);
    }
  }
});

Deno.test("readHdf5Fields() ends in a result or a DataError for damaged files, or can be stopped", async () => {
  const worker = new URL("./hdf5_fuzz_testing.ts", import.meta.url);
  const original = await hdf5File(GRID), count = fuzzRounds(300);
  const read = (from: number, to: number, seconds: number): Promise<Hdf5Outcome> => {
    const argument: Hdf5Damage = { seed: 5, from, to };
    return parseGuarded(worker, "readDamaged", original, { argument, seconds });
  };
  /** Reads some files; where one never ends, it is looked for, and must be refused by being stopped. */
  const readAll = async (from: number, to: number): Promise<void> => {
    try {
      const { failure, next } = await read(from, to, 3 + (to - from) / 10);
      assertEquals(failure, undefined, `file ${next - 1}`);
      if (next < to) await readAll(next, to);
    } catch (error) {
      assertInstanceOf(error, DataError);
      if (to - from === 1) return;
      const middle = (from + to) >> 1;
      await readAll(from, middle);
      await readAll(middle, to);
    }
  };
  for (let from = 0; from < count; from += 100) await readAll(from, Math.min(count, from + 100));
});
