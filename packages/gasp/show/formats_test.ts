/** @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { chooseFormat, formatsFor, splitEnding } from "./formats.ts";
import { SMALL_DISPLAYS } from "./show_testing.ts";

const { image, volume, sphere, curve, cloud } = SMALL_DISPLAYS;

Deno.test("formatsFor() depends on the kind of samples", () => {
  assertEquals(formatsFor(image.display), ["png", "npz"]);
  assertEquals(formatsFor(volume.display), ["png", "glb", "obj", "ply", "npz"]);
  assertEquals(formatsFor(sphere.display), ["png", "netcdf", "npz"]);
  assertEquals(formatsFor(curve.display), ["png", "wav", "csv", "npz"]);
  assertEquals(formatsFor({ kind: "curve", samples: 3 }), ["png", "csv", "npz"]);
  assertEquals(formatsFor(cloud.display), ["png", "npz"]);
});

Deno.test("chooseFormat() prefers the requested format, then the extension, then png", () => {
  assertEquals(chooseFormat(volume.display, undefined, undefined), "png");
  assertEquals(chooseFormat(volume.display, undefined, "a.b/chair"), "png");
  assertEquals(chooseFormat(volume.display, undefined, "chair.OBJ"), "obj");
  assertEquals(chooseFormat(volume.display, "ply", undefined), "ply");
  assertEquals(chooseFormat(volume.display, "ply", "chair.ply"), "ply");
  assertEquals(chooseFormat(sphere.display, undefined, "x/fields.nc"), "netcdf");
});

Deno.test("chooseFormat() names the supported formats", () => {
  const cases = [
    [() => chooseFormat(image.display, "glb", undefined), "images cannot be written as glb", "png, npz"],
    [
      () => chooseFormat(sphere.display, undefined, "a.wav"),
      "fields on the sphere cannot be",
      "png, netcdf, npz",
    ],
    [
      () => chooseFormat({ kind: "curve", samples: 3 }, "wav", undefined),
      "have no sampling rate",
      "png, csv, npz",
    ],
    [
      () => chooseFormat(volume.display, undefined, "a.jpeg"),
      "the extension .jpeg",
      ".png, .glb, .obj, .ply, .npz",
    ],
    [() => chooseFormat(volume.display, "glb", "a.obj"), "the format is glb, but a.obj", "change it to .glb"],
  ] as const;
  for (const [choose, ...parts] of cases) {
    const { message } = assertThrows(choose, UserError);
    for (const part of parts) assert(message.includes(part), message);
  }
});

Deno.test("splitEnding() returns the extension of the file, not of a folder", () => {
  assertEquals(splitEnding("a.b/c"), { stem: "a.b/c", ending: undefined });
  assertEquals(splitEnding("a.b/c.PNG"), { stem: "a.b/c", ending: ".png" });
  assertEquals(splitEnding("runs/x-1.5"), { stem: "runs/x-1.5", ending: undefined });
  assertEquals(splitEnding("a/.png"), { stem: "a/.png", ending: undefined });
});
