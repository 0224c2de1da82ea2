import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { batchOrder, epochOrder } from "./order.ts";

Deno.test("epochOrder() is a permutation that depends on seed and epoch", () => {
  const order = epochOrder(1, 0, 50);
  assertEquals([...order].sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i));
  assertEquals(epochOrder(1, 0, 50), order);
  assertNotEquals(epochOrder(1, 1, 50), order);
  assertNotEquals(epochOrder(2, 0, 50), order);
});

Deno.test("batchOrder() slices the concatenated epochs", () => {
  for (const [batchSize, items] of [[4, 10], [5, 10], [7, 3]] as const) {
    const order = batchOrder({ seed: 9, batchSize, items });
    const seen = Array.from({ length: 12 }, (_, step) => [...order.indices(step)]).flat();
    const epochs = Array.from(
      { length: Math.ceil(seen.length / items) },
      (_, epoch) => [...epochOrder(9, epoch, items)],
    );
    assertEquals(seen, epochs.flat().slice(0, seen.length));
  }
});

Deno.test("batchOrder() does not depend on the order in which steps are requested", () => {
  const options = { seed: 3, batchSize: 4, items: 10 }, order = batchOrder(options);
  for (const step of [5, 0, 1, 2, 7, 2, 1]) {
    assertEquals(order.indices(step), batchOrder(options).indices(step));
  }
});

Deno.test("batchOrder() rejects empty batches and data sets", () => {
  const order = { seed: 0, batchSize: 2, items: 5 };
  for (const size of ["batchSize", "items"]) {
    assertThrows(
      () => batchOrder({ ...order, [size]: 0 }),
      RangeError,
      `${size} must be a positive integer, got 0`,
    );
  }
});
