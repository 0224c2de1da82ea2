import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { gzip, limitMemory, MemoryError } from "@gasp/tensor";
import { binvoxFolder, readBinvox, readBinvoxAt } from "./binvox.ts";
import { DataError } from "../core/data_error.ts";
import type { FileSource } from "../core/file_source.ts";
import { ascii, binvoxFile, lopsided, volume } from "./shape_testing.ts";
import { resizeVoxels } from "./voxels.ts";

function folder(contents: Readonly<Record<string, Uint8Array>>): FileSource {
  return {
    location: "shapes",
    list: () => Promise.resolve(Object.keys(contents)),
    read: (name) => Promise.resolve(contents[name]!),
  };
}

/** A file with a single voxel set; the file's order is x, z, y. */
function single(x: number, y: number, z: number): Uint8Array {
  return binvoxFile(4, Uint8Array.from({ length: 64 }, (_, i) => i === 16 * x + 4 * z + y ? 1 : 0));
}

Deno.test("readBinvox() reads header and runs, plain and gzipped", () => {
  const file = binvoxFile(16, lopsided(16));
  for (const bytes of [file, gzip(file)]) {
    const { resolution, translate, scale, voxels } = readBinvox(bytes, "a.binvox");
    assertEquals({ resolution, translate, scale }, {
      resolution: 16,
      translate: [-0.5, -0.25, 0],
      scale: 1.5,
    });
    assertEquals(voxels.length, 4096);
  }
});

Deno.test("readBinvox() converts the file's axes to the project's", () => {
  const at = (voxels: Uint8Array) => {
    const i = voxels.indexOf(1);
    return [i >> 4, (i >> 2) & 3, i & 3];
  };
  const file = single(0, 1, 2);
  assertEquals(at(readBinvox(file, "one", "z-up").voxels), [0, 1, 2]);
  assertEquals(at(readBinvox(file, "one", "y-up").voxels), [0, 3 - 2, 1]);
  assertEquals(at(readBinvox(file, "one", "shapenet").voxels), [3 - 0, 2, 1]);
  assertEquals(at(readBinvox(file).voxels), [3, 2, 1]);
});

Deno.test("readBinvox() rejects other formats and damaged files", () => {
  const file = single(0, 0, 0), text = (words: string) => new TextEncoder().encode(words);
  for (
    const [bytes, message] of [
      [new Uint8Array(), "it is empty"],
      [text("solid mesh"), 'starts with "solid mesh"'],
      [text("#binvox 1\ndim 4 4 4\n"), 'ends with a line "data"'],
      [binvoxFile(4, new Uint8Array(64), "4 4"), "three positive integers"],
      [binvoxFile(4, new Uint8Array(64), "4 4 8"), "grid of 4×4×8 voxels: only cubes"],
      [binvoxFile(4, new Uint8Array(60)), "has 60 of 64 voxels"],
      [binvoxFile(4, new Uint8Array(65)), "more voxels than the 64"],
      [binvoxFile(4, new Uint8Array(64), "2048 2048 2048"), "cannot encode 8589934592 voxels"],
      [file.map((byte, i) => i === file.length - 2 ? 7 : byte), "voxels are 0 or 1"],
    ] as const
  ) {
    assertThrows(() => readBinvox(bytes, "chair.binvox"), DataError, message);
  }
});

Deno.test("binvoxFolder() reads shapes sorted by name, and resizes them if a resolution is given", async () => {
  const files = folder({
    "b.binvox": single(0, 0, 0),
    "a.binvox": single(3, 3, 3),
    "notes.txt": new Uint8Array(),
  });
  const grids = await binvoxFolder(files, { orientation: "z-up" });
  assertEquals([grids.count, grids.resolution, grids.grid(0).indexOf(1), grids.grid(1).indexOf(1)], [
    2,
    4,
    63,
    0,
  ]);
  const mixed = folder({ "a.binvox": single(0, 0, 0), "b.binvox": binvoxFile(8, lopsided(8)) });
  await assertRejects(() => binvoxFolder(mixed), DataError, "a.binvox has 4³ voxels, b.binvox has 8³");
  assertEquals((await binvoxFolder(mixed, { resolution: 2 })).grid(1).length, 8);
  await assertRejects(() => binvoxFolder(folder({})), DataError, "no .binvox files");
});

Deno.test("readBinvoxAt() returns the resized grid bit by bit, for all axes", () => {
  for (const [from, to] of [[17, 4], [16, 8], [32, 5], [16, 15], [9, 20]] as const) {
    const file = binvoxFile(from, lopsided(from));
    for (const orientation of ["shapenet", "y-up", "z-up"] as const) {
      const whole = resizeVoxels(readBinvox(file, "a", orientation).voxels, from, to);
      assertEquals(readBinvoxAt(file, "a", to, orientation), whole, `${from} to ${to}, ${orientation}`);
    }
  }
});

Deno.test("readBinvoxAt() reads 512³ voxels in the memory of the result", () => {
  // 512³ voxels: full for the first half of the file, in runs of 255.
  const resolution = 512, size = resolution ** 3, header = ascii(`#binvox 1\ndim 512 512 512\ndata\n`);
  const runs: number[] = [];
  for (const [value, voxels] of [[1, size / 2], [0, size / 2]] as const) {
    for (let left = voxels; left > 0; left -= 255) runs.push(value, Math.min(255, left));
  }
  const file = new Uint8Array(header.length + runs.length);
  file.set(header);
  file.set(runs, header.length);
  using _ = limitMemory(2 ** 24);
  assertEquals(volume(readBinvoxAt(file, "a.binvox", 16, "z-up")), 16 ** 3 / 2);
  assertThrows(() => readBinvox(file, "a.binvox"), MemoryError);
});
