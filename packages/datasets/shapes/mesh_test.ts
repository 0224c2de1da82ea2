import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import { meshFolder, parseMesh } from "./mesh.ts";
import { ascii, boxMesh, glbFile, objFile, plyFile } from "./shape_testing.ts";
import { voxelise } from "./surface/voxelise.ts";

const BOX = boxMesh([-1, -2, -3], [1, 2, 4]);

Deno.test("parseMesh() recognises files by their first bytes or their name", async () => {
  assertEquals(await parseMesh(glbFile(BOX), "box"), BOX);
  assertEquals(await parseMesh(plyFile(BOX, "binary_big_endian"), "box.ply"), BOX);
  assertEquals(await parseMesh(objFile(BOX), "box.OBJ"), BOX);
  await assertRejects(() => parseMesh(ascii("solid"), "box.3ds"), DataError, "expected a .obj, .ply, .glb");
  await assertRejects(() => parseMesh(ascii("solid"), "box.glb"), DataError, "box.glb is not a glTF file");
});

Deno.test("meshFolder() voxelises all meshes of a folder, each with the usual axes of its format", async () => {
  const contents: Readonly<Record<string, Uint8Array>> = {
    "c.obj": objFile(BOX),
    "a.ply": plyFile(BOX, "ascii"),
    "b.glb": glbFile(BOX),
    "readme.md": ascii("about"),
  };
  const folder = (names: readonly string[]) => ({
    location: "meshes",
    list: () => Promise.resolve(names),
    read: (name: string) => Promise.resolve(contents[name]!),
  });
  const grids = await meshFolder(folder(Object.keys(contents)), { resolution: 9, margin: 0.1 });
  assertEquals([grids.count, grids.resolution], [3, 9]);
  assertEquals(grids.grid(0), voxelise(BOX, { resolution: 9, margin: 0.1 }));
  assertEquals(grids.grid(1), voxelise(BOX, { resolution: 9, margin: 0.1, orientation: "y-up" }));
  assertEquals(grids.grid(2), grids.grid(1));
  const upright = await meshFolder(folder(["b.glb"]), { resolution: 9, margin: 0.1, orientation: "z-up" });
  assertEquals(upright.grid(0), grids.grid(0));
  await assertRejects(
    () => meshFolder(folder(["readme.md"]), { resolution: 9 }),
    DataError,
    "no .obj, .ply, .glb",
  );
});
