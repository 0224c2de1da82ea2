import { assertEquals } from "@std/assert";
import { Cache } from "./cache.ts";

Deno.test("Cache creates values once and evicts the least recently used beyond its limit", () => {
  const cache = new Cache<string>(2), created: string[] = [];
  const get = (key: string) => cache.get(key, () => (created.push(key), key.toUpperCase()));
  assertEquals(["a", "b", "a", "c", "a", "b"].map(get), ["A", "B", "A", "C", "A", "B"]);
  assertEquals(created, ["a", "b", "c", "b"]);
});
