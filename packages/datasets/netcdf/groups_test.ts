import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ready } from "h5wasm";
import { DataError } from "../core/data_error.ts";
import { memoryTree } from "../images/picture_testing.ts";
import { openDataset } from "../open_dataset.ts";
import { openNetcdfHdf5 } from "./netcdf_hdf5.ts";

/** A file with axes at its root, `t2m` in the groups `a` and `b/c`, and an axis of the group `a`. */
async function groupedFile(): Promise<Uint8Array> {
  const { FS } = await ready, { File, Group } = await import("h5wasm");
  const file = new File("/groups.nc", "w");
  const axis = (group: InstanceType<typeof Group>, name: string, values: number[], units: string) => {
    const data = Float64Array.from(values);
    const dataset = group.create_dataset({ name, data, shape: [values.length] });
    dataset.make_scale(name);
    dataset.create_attribute("units", units);
  };
  axis(file, "lat", [60, 0, -60], "degrees_north");
  axis(file, "lon", [0, 90, 180, 270], "degrees_east");
  const paths: readonly [string, number][] = [["a", 100], ["b/c", 200]];
  for (const [path, first] of paths) {
    let group: InstanceType<typeof Group> = file;
    for (const part of path.split("/")) group = group.create_group(part) as InstanceType<typeof Group>;
    const time = path === "a";
    if (time) axis(group, "time", [0, 1], "days since 2000-01-01");
    const shape = time ? [2, 3, 4] : [3, 4];
    const data = Float32Array.from({ length: time ? 24 : 12 }, (_, i) => first + i);
    const field = group.create_dataset({ name: "t2m", data, shape });
    if (time) field.attach_scale(0, "/a/time");
    field.attach_scale(shape.length - 2, "/lat");
    field.attach_scale(shape.length - 1, "/lon");
  }
  file.close();
  const bytes = FS.readFile("/groups.nc").slice();
  FS.unlink("/groups.nc");
  return bytes;
}

Deno.test("openNetcdfHdf5() lists variables of groups by their paths", async () => {
  const file = await openNetcdfHdf5(await groupedFile());
  assertEquals(
    file.variables.map(({ name, dimensions }) => `${name}(${dimensions.map((one) => one.name).join(", ")})`)
      .sort(),
    ["a/t2m(a/time, lat, lon)", "a/time(a/time)", "b/c/t2m(lat, lon)", "lat(lat)", "lon(lon)"],
  );
  file.close();
});

Deno.test("openDataset() reads PATH#group/variable of NetCDF 4", async () => {
  const files = memoryTree({ "a.nc": await groupedFile() });
  const read = async (member: string) => {
    const { dataset } = await openDataset({ files, file: "a.nc", member });
    const { display } = dataset;
    if (display.kind !== "sphere") throw new Error(display.kind);
    return [dataset.items, display.scale.low, display.scale.high];
  };
  assertEquals(await read("a/t2m"), [2, 100, 123]);
  assertEquals(await read("/b/c/t2m"), [1, 200, 211]);
  await assertRejects(() => read("t2m"), DataError, "has t2m in several groups (a/t2m, b/c/t2m)");
  const error = await assertRejects(() => openDataset({ files, file: "a.nc" }), DataError);
  assertStringIncludes(error.message, "(a/t2m, b/c/t2m): say which with --variable a/t2m");
  const { dataset } = await openDataset({
    files,
    file: "a.nc",
    read: { variable: ["a/t2m"], select: ["time=1"] },
  });
  assertEquals(dataset.items, 1);
});
