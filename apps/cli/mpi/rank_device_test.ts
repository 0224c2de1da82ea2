import { assertEquals } from "@std/assert";
import { threadsOfRank } from "./rank_device.ts";

Deno.test("threadsOfRank() shares the cores, within what the launcher allows", () => {
  assertEquals(threadsOfRank({ localSize: 4 }, 16, 16), 4);
  // Bound to a socket that two ranks share, to cores of its own, to one core
  assertEquals(threadsOfRank({ localSize: 4 }, 8, 16), 4);
  assertEquals(threadsOfRank({ localSize: 4 }, 4, 16), 4);
  assertEquals(threadsOfRank({ localSize: 2 }, 1, 16), 1);
  assertEquals(threadsOfRank({ localSize: 3 }, 2, 2), 1);
});
