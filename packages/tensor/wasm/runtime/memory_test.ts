/** @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { WasmMemory } from "./memory.ts";
import { Noise } from "../testing.ts";

Deno.test("WasmMemory allocates disjoint blocks, and reuses them when freed", () => {
  const memory = new WasmMemory(false, 64 << 20), noise = new Noise(5);
  const blocks: { address: number; bytes: number }[] = [];
  for (let round = 0; round < 3000; round++) {
    if (blocks.length > 40 || (blocks.length > 0 && noise.next() < 0.45)) {
      const [block] = blocks.splice(noise.integer(0, blocks.length - 1), 1);
      if (block) memory.release(block.address);
    } else {
      const bytes = noise.pick([0, 4, 64, 100, 4096, 70_000, 300_000]);
      const address = memory.allocate(bytes);
      assertEquals(address % 64, 0);
      assert(address + bytes <= memory.memory.buffer.byteLength);
      for (const other of blocks) {
        assert(address + bytes <= other.address || other.address + other.bytes <= address);
      }
      blocks.push({ address, bytes });
    }
  }
  for (const { address } of blocks) memory.release(address);
  assertEquals(memory.usedBytes, 0);
  memory.release(memory.allocate(63 << 20));
});

Deno.test("WasmMemory uses the best fit", () => {
  const memory = new WasmMemory(false, 8 << 20);
  const [a = 0, , c = 0] = [1024, 64, 256, 64].map((bytes) => memory.allocate(bytes));
  memory.release(a);
  memory.release(c);
  assertEquals(memory.allocate(200), c);
  assertEquals(memory.allocate(1000), a);
});

Deno.test("WasmMemory reports the requested and the available size", () => {
  const memory = new WasmMemory(false, 4 << 20);
  memory.allocate(1 << 20);
  assertThrows(
    () => memory.allocate(4 << 20),
    RangeError,
    "allocate 4.0 MiB: 1.0 MiB of 4.0 MiB are in use",
  );
  assertThrows(() => memory.allocate(-1), RangeError, "cannot allocate -1 bytes");
  assertThrows(() => memory.release(12), RangeError, "no block at address 12");
});

Deno.test("WasmMemory joins freed blocks with those before and behind them", () => {
  for (const order of [[0, 1, 2], [2, 1, 0], [0, 2, 1], [1, 0, 2]]) {
    const memory = new WasmMemory(false, 8 << 20);
    const blocks = [1024, 1024, 1024].map((bytes) => memory.allocate(bytes));
    const behind = memory.allocate(64);
    for (const i of order) memory.release(blocks[i]!);
    assertEquals(memory.allocate(3072), blocks[0], `freed in the order ${order}`);
    memory.release(behind);
  }
});
