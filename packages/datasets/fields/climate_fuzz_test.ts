import { assert, assertInstanceOf } from "@std/assert";
import { writeNpz } from "@gasp/tensor";
import { climateDataset } from "./climate.ts";
import { classicFile, hdf5File, memoryFolder, valuesOf } from "./climate_testing.ts";
import { DataError } from "../core/data_error.ts";
import { GuardedParser } from "../core/guarded_worker.ts";
import { assertReadOrRejected, fuzzRounds, mutations } from "../core/mutations_testing.ts";

const GRID = { latitudes: [90, 0, -90], longitudes: [-180, -60, 60], times: 2 };

Deno.test("climateDataset() returns or throws a DataError for damaged NetCDF 3 and npz files", async () => {
  const originals = [
    classicFile(GRID),
    classicFile({ ...GRID, packed: true, record: true }),
    writeNpz([
      ["latitude", { shape: [3], data: Float32Array.from(GRID.latitudes) }],
      ["longitude", { shape: [3], data: Float32Array.from(GRID.longitudes) }],
      ["temperature", { shape: [2, 3, 3], data: valuesOf(GRID) }],
    ]),
  ];
  await assertReadOrRejected(mutations(originals, fuzzRounds(900), 4, 700), async (bytes) => {
    // Damage cannot turn the signature into that of NetCDF 4, which has its own test.
    const name = bytes[0] === 0x50 ? "a.npz" : "a.nc";
    const data = await climateDataset(memoryFolder({ [name]: bytes }));
    const features = await data.batch([0, data.items - 1]);
    assert(features.every(Number.isFinite));
  });
});

Deno.test("readHdf5Fields() returns, throws a DataError or can be terminated for damaged files", async () => {
  const parser = new GuardedParser(new URL("./hdf5_fuzz_testing.ts", import.meta.url));
  const original = await hdf5File(GRID), count = fuzzRounds(300);
  let fields = 0, rejected = 0;
  try {
    for (const bytes of mutations([original], count, 5, original.length)) {
      const outcome = await parser.call<string>("readDamaged", bytes, { argument: 2 ** 24, seconds: 20 })
        .catch((error: unknown) => assertInstanceOf(error, DataError));
      if (outcome === "fields") fields++;
      else {
        assert(outcome === undefined || outcome === "rejected", `file ${fields + rejected}: ${outcome}`);
        rejected++;
      }
    }
  } finally {
    parser.stop();
  }
  assert(fields > count / 10 && rejected > count / 3, `${fields} read, ${rejected} rejected`);
});
