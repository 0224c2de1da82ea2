/** @module */
import { assertEquals } from "@std/assert";
import { ensureFileReader } from "./file_reader.ts";
import { encodeGlb } from "./mesh_files.ts";

const triangle = {
  positions: new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0]),
  normals: new Float32Array([0, 0, 1, 0, 0, 1, 0, 0, 1]),
  triangles: new Uint32Array([0, 1, 2]),
};

Deno.test("ensureFileReader() provides what encodeGlb() needs without a FileReader", async () => {
  const expected = await encodeGlb(triangle);
  const own = Object.getOwnPropertyDescriptor(globalThis, "FileReader")!;
  try {
    Reflect.deleteProperty(globalThis, "FileReader");
    ensureFileReader();
    assertEquals(await encodeGlb(triangle), expected);
  } finally {
    Object.defineProperty(globalThis, "FileReader", own);
  }
});
