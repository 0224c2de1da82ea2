import { assertEquals } from "@std/assert";
import { shareOfRank, threadsOfRank } from "./rank_device.ts";

Deno.test("threadsOfRank() shares the cores, within what the launcher allows", () => {
  assertEquals(threadsOfRank(4, 16, 16), 4);
  // Bound to a socket that two ranks share, to cores of its own, to one core
  assertEquals(threadsOfRank(4, 8, 16), 4);
  assertEquals(threadsOfRank(4, 4, 16), 4);
  assertEquals(threadsOfRank(2, 1, 16), 1);
  assertEquals(threadsOfRank(3, 2, 2), 1);
});

Deno.test("shareOfRank() counts the GPUs of a machine, not those of others", () => {
  assertEquals(shareOfRank({ localRank: 3, localSize: 4 }, 2), { threads: 2, turn: 3 });
  assertEquals(shareOfRank({ localRank: 0, localSize: 1 }, 2), { threads: 2 });
  assertEquals(shareOfRank(undefined, undefined), { threads: undefined });
});
