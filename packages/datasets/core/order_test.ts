import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { batchIndices, batchOrder, epochOrder } from "./order.ts";

Deno.test("epochOrder() is a permutation that depends on seed and epoch", () => {
  const order = epochOrder(1, 0, 50);
  assertEquals([...order].sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i));
  assertEquals(epochOrder(1, 0, 50), order);
  assertNotEquals(epochOrder(1, 1, 50), order);
  assertNotEquals(epochOrder(2, 0, 50), order);
});

Deno.test("batchIndices() cuts the epochs laid end to end", () => {
  for (const [batch, items] of [[4, 10], [5, 10], [7, 3]] as const) {
    const seen = Array.from({ length: 12 }, (_, step) => [...batchIndices(9, step, batch, items)]).flat();
    const epochs = Array.from(
      { length: Math.ceil(seen.length / items) },
      (_, epoch) => [...epochOrder(9, epoch, items)],
    );
    assertEquals(seen, epochs.flat().slice(0, seen.length));
  }
});

Deno.test("batchOrder() gives the same batches in any order of steps", () => {
  const order = batchOrder({ seed: 3, batch: 4, items: 10 });
  for (const step of [5, 0, 1, 2, 7, 2, 1]) {
    assertEquals(order.indices(step), batchIndices(3, step, 4, 10));
  }
});

Deno.test("batchOrder() refuses empty batches and data sets", () => {
  assertThrows(
    () => batchOrder({ seed: 0, batch: 0, items: 5 }),
    RangeError,
    "batch must be a positive whole number",
  );
  assertThrows(
    () => batchOrder({ seed: 0, batch: 2, items: 0 }),
    RangeError,
    "items must be a positive whole number",
  );
});
