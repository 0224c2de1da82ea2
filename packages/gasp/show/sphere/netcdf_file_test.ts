/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { NetCDFReader } from "netcdfjs";
import { encodeNetcdf } from "./netcdf_file.ts";
import { encodeSphere } from "./sphere_netcdf.ts";

Deno.test("encodeSphere() writes fields, axes and units that another reader understands", () => {
  const scale = { low: 200, high: 300, units: "K", quantity: "2 metre temperature" };
  const values = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i / 12 - 1);
  const bytes = encodeSphere(values, { kind: "sphere", latitudes: 3, longitudes: 4, scale });
  const file = new NetCDFReader(bytes);
  assertEquals(file.version, "classic format");
  assertEquals(file.dimensions.map(({ name, size }) => [name, size]), [
    ["sample", 2],
    ["latitude", 3],
    ["longitude", 4],
  ]);
  assertEquals(file.getDataVariable("latitude"), [90, 0, -90]);
  assertEquals(file.getDataVariable("longitude"), [0, 90, 180, 270]);
  assertEquals(file.getDataVariable("sample"), [0, 1]);
  const expected = Array.from(values, (value) => Math.fround(200 + 50 * (value + 1)));
  assertEquals(file.getDataVariable("v2_metre_temperature"), expected);
  const temperature = file.variables.find(({ name }) => name === "v2_metre_temperature")!;
  assertEquals(temperature.dimensions, [0, 1, 2]);
  assertEquals(temperature.attributes.map(({ name, value }) => [name, value]), [
    ["units", "K"],
    ["long_name", "2 metre temperature"],
  ]);
  assertEquals(file.getAttribute("Conventions"), "CF-1.8");
});

Deno.test("encodeNetcdf() throws for arrays that do not match their dimensions", () => {
  const variable = { name: "x", dimensions: ["a"], attributes: {}, data: new Float32Array(3) };
  assertThrows(
    () => encodeNetcdf({ dimensions: { a: 2 }, attributes: {}, variables: [variable] }),
    RangeError,
    "x(a) has 3 elements",
  );
});
