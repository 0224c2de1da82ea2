import { assertEquals } from "@std/assert";
import { threadsOfRank } from "./rank_device.ts";

Deno.test("threadsOfRank() shares the cores, within what the launcher allows", () => {
  assertEquals(threadsOfRank(4, 16, 16), 4);
  // Bound to a socket that two ranks share, to cores of its own, to one core
  assertEquals(threadsOfRank(4, 8, 16), 4);
  assertEquals(threadsOfRank(4, 4, 16), 4);
  assertEquals(threadsOfRank(2, 1, 16), 1);
  assertEquals(threadsOfRank(3, 2, 2), 1);
});
