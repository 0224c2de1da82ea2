/** @module */
import { assertEquals } from "@std/assert";
import { splitPath } from "./files.ts";

Deno.test("splitPath() splits at the separators of the system", () => {
  assertEquals(splitPath("a.png", "linux"), { folder: ".", name: "a.png" });
  assertEquals(splitPath("/a.png", "linux"), { folder: "/", name: "a.png" });
  assertEquals(splitPath("b/c\\d.png", "linux"), { folder: "b", name: "c\\d.png" });
  assertEquals(splitPath("C:\\b\\c/a.png", "windows"), { folder: "C:\\b\\c", name: "a.png" });
  assertEquals(splitPath("C:\\b/c\\a.png", "windows"), { folder: "C:\\b/c", name: "a.png" });
});
