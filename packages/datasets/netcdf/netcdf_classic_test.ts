import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import { openNetcdfClassic } from "./netcdf_classic.ts";
import { netcdfKind, type NetcdfVariable } from "./netcdf.ts";
import { writeNetcdf } from "./netcdf_testing.ts";

/** Two record variables, one of which needs padding, and fixed ones of every type. */
const FILE = writeNetcdf({
  dimensions: { t: 3, x: 3 },
  record: "t",
  variables: [
    { name: "b", dimensions: ["x"], data: Int8Array.of(-1, 2, 3), attributes: { units: "m/s" } },
    { name: "s", dimensions: ["t", "x"], data: Int16Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) },
    { name: "i", dimensions: ["t"], data: Int32Array.of(-7, 8, 9), attributes: { scale_factor: 0.5 } },
    {
      name: "d",
      dimensions: [],
      data: Float64Array.of(Math.PI),
      attributes: { list: Int16Array.of(4, 5, 6) },
    },
  ],
  attributes: { title: "a title" },
});

Deno.test("openNetcdfClassic() reads what writeNetcdf() writes", async () => {
  const file = await openNetcdfClassic(FILE, "a.nc");
  const [b, s, i, d] = file.variables as [NetcdfVariable, NetcdfVariable, NetcdfVariable, NetcdfVariable];
  assertEquals(netcdfKind(FILE), "classic");
  assertEquals(b.attributes.get("units"), "m/s");
  assertEquals(i.attributes.get("scale_factor"), [0.5]);
  assertEquals(d.attributes.get("list"), [4, 5, 6]);
  assertEquals(s.dimensions, [{ name: "t", length: 3 }, { name: "x", length: 3 }]);
  assertEquals([...await file.read(b, [])], [-1, 2, 3]);
  assertEquals([...await file.read(s, [])], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals([...await file.read(s, [1])], [4, 5, 6]);
  assertEquals([...await file.read(s, [2, 1])], [8]);
  assertEquals([...await file.read(i, [])], [-7, 8, 9]);
  assertEquals([...await file.read(d, [])], [Math.PI]);
  await assertRejects(() => file.read(s, [3]), RangeError, "axis 0 of s has length 3, got index 3");
  file.close();
  await assertRejects(() => file.read(b, []), RangeError, "a.nc is closed");
});

Deno.test("openNetcdfClassic() reads a single record variable, whose records are not padded", async () => {
  const data = Int8Array.of(1, 2, 3, 4, 5, 6);
  const bytes = writeNetcdf({
    dimensions: { t: 2, x: 3 },
    record: "t",
    variables: [{ name: "v", dimensions: ["t", "x"], data }],
  });
  const file = await openNetcdfClassic(bytes);
  assertEquals(await file.read(file.variables[0]!, []), data);
});

Deno.test("openNetcdfClassic() reads 64-bit sizes (CDF-5), and computes an undeclared number of records", async () => {
  const word = (...values: number[]) =>
    values.flatMap((value) => [...new Uint8Array(4).fill(0), 0, 0, 0, value]);
  const wide = Uint8Array.of(
    ...[0x43, 0x44, 0x46, 5],
    ...word(0),
    ...[0, 0, 0, 10, ...word(1), ...word(1), 0x78, 0, 0, 0, ...word(2)],
    ...[0, 0, 0, 0, ...word(0)],
    ...[0, 0, 0, 11, ...word(1), ...word(1), 0x76, 0, 0, 0, ...word(1), ...word(0)],
    ...[0, 0, 0, 0, ...word(0), 0, 0, 0, 10, ...word(16), ...word(152)],
  );
  const bytes = Uint8Array.of(...wide, ...new Uint8Array(152 - wide.length), ...word(7, 9));
  const file = await openNetcdfClassic(bytes);
  assertEquals([...await file.read(file.variables[0]!, [])], [7, 9]);
  const streaming = FILE.slice();
  streaming.set([0xff, 0xff, 0xff, 0xff], 4);
  assertEquals((await openNetcdfClassic(streaming)).variables[1]!.dimensions[0]!.length, 3);
});

Deno.test("openNetcdfClassic() rejects other formats and damaged files", async () => {
  await assertRejects(
    () => openNetcdfClassic(new Uint8Array(3), "a.nc"),
    DataError,
    "a.nc is not a NetCDF 3 file",
  );
  for (
    const [at, value, message] of [
      [3, 4, "its version is 4, not 1, 2 or 5"],
      [11, 12, "a list with tag 12, expected 10"],
      [12, 0xff, "entries"],
    ] as const
  ) {
    const bytes = FILE.slice();
    bytes[at] = value;
    await assertRejects(() => openNetcdfClassic(bytes), DataError, message);
  }
  const file = await openNetcdfClassic(FILE.subarray(0, -1));
  await assertRejects(() => file.read(file.variables[2]!, []), DataError, "it is truncated");
});

Deno.test("netcdfKind() identifies HDF5 and nothing else", () => {
  assertEquals(netcdfKind(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)), "hdf5");
  assertEquals(netcdfKind(Uint8Array.of(1, 2, 3)), undefined);
});
