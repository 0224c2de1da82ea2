import { assertEquals } from "@std/assert";
import { fnv1a } from "./fnv1a.ts";

Deno.test("fnv1a() reproduces published test vectors", () => {
  const hash = (text: string) => fnv1a(new TextEncoder().encode(text)) >>> 0;
  // Test vectors of the authors, http://www.isthe.com/chongo/src/fnv/test_fnv.c
  assertEquals([hash(""), hash("a"), hash("foobar")], [0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

Deno.test("fnv1a() of parts equals that of the whole", () => {
  const words = new Uint32Array([7, 0xffffffff, 0, 12345]);
  assertEquals(fnv1a(words.subarray(2), fnv1a(words.subarray(0, 2))), fnv1a(words));
});
