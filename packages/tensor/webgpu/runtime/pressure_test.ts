import { assert, assertAlmostEquals } from "@std/assert";
import { type Life, Pressure } from "./pressure.ts";

const life = (bytes: number, first: number, last: number): Life => ({ bytes, first, last });

Deno.test("Pressure without a power is bytes times batches", () => {
  const pressure = new Pressure([life(64, 0, 3), life(1000, 1, 1)], 5, 0);
  for (const one of [life(64, 0, 4), life(1000, 2, 2), life(777, 1, 3), life(1, 0, 0)]) {
    assertAlmostEquals(pressure.costOf(one), one.bytes * (one.last - one.first + 1), 1e-6 * one.bytes);
  }
});

Deno.test("Pressure is high where most temporaries of a size and above are live", () => {
  // Two of 1,000 bytes in batch 1, one of them in 2, and many small ones in 3
  const small = Array.from({ length: 9 }, () => life(8, 3, 3));
  const pressure = new Pressure([life(1000, 0, 1), life(1000, 1, 2), ...small], 5, 16);
  const large = (batch: number) => pressure.costOf(life(1000, batch, batch));
  const little = (batch: number) => pressure.costOf(life(8, batch, batch));
  assert(large(1) > 100 * large(2), `${large(1)} ${large(2)}`);
  assert(large(1) > large(3));
  assert(little(3) > 100 * little(1), `${little(3)} ${little(1)}`);
});
