import { assertEquals } from "@std/assert";
import { printable } from "./printable.ts";

Deno.test("printable() escapes what a terminal would interpret, and nothing else", () => {
  assertEquals(printable("a\x1b[31mred\x07\r\0\x9b"), "a\\u001b[31mred\\u0007\\u000d\\u0000\\u009b");
  assertEquals(printable("left\u202eright\ud800"), "left\\u202eright\\ud800");
  for (const text of ["plain\n\ttext", "Übergröße 日本語 🎈 █░", "e\u0301"]) {
    assertEquals(printable(text), text);
  }
});

Deno.test("printable() keeps a line of JSON valid", () => {
  const value = { path: "a\x1b\x9b\u202e" };
  assertEquals(JSON.parse(printable(JSON.stringify(value))), value);
});
