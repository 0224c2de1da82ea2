import { assertEquals } from "@std/assert";
import { describeFormats, filesOfFormat, formatOf, kindOf } from "./file_formats.ts";

Deno.test("formatOf() goes by the ending, in any case, gzipped where the format allows it", () => {
  for (
    const [name, format, kind] of [
      ["a/face.JPEG", "jpeg", "images"],
      ["t10k-images.idx3-ubyte.gz", "idx", "digits"],
      ["labels-idx1-ubyte", "idx", "digits"],
      ["chair.binvox.gz", "binvox", "shapes"],
      ["era5.nc4", "netcdf", "climate"],
      ["a.wave", "wav", "curves"],
      ["fields.npy.gz", "npy", "arrays"],
      ["own.NPZ", "npz", "arrays"],
      ["face.png.gz", undefined, undefined],
      ["notes.txt", undefined, undefined],
    ] as const
  ) {
    assertEquals([formatOf(name), kindOf(name)], [format, kind], name);
  }
});

Deno.test("filesOfFormat() selects and sorts", () => {
  assertEquals(filesOfFormat(["b.png", "c.wav", "a.jpg", "d.obj"], "png", "jpeg"), ["a.jpg", "b.png"]);
});

Deno.test("describeFormats() lists kinds with their usual endings", () => {
  assertEquals(
    describeFormats(),
    "digits (idx3-ubyte), images (.png, .jpg, .webp, .gif, .bmp, .tif, .avif, .parquet), " +
      "shapes (.binvox, .obj, .ply, .glb, .gltf, .off, .stl), climate (.nc, .h5), curves (.wav, .flac, .mp3, .ogg), arrays (.npy, .npz, .pt)",
  );
});
