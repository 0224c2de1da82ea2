/** @module */
import { assertEquals } from "@std/assert";
import { philox, type Words2, type Words4 } from "./philox.ts";

function hex(words: readonly number[]): string {
  return words.map((word) => word.toString(16).padStart(8, "0")).join(" ");
}

// Known answers of the authors' library Random123 (kat_vectors, philox4x32 with 10 rounds).
const KNOWN: readonly { counter: Words4; key: Words2; block: string }[] = [
  { counter: [0, 0, 0, 0], key: [0, 0], block: "6627e8d5 e169c58d bc57ac4c 9b00dbd8" },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    block: "408f276d 41c83b0e a20bc7c6 6d5451fd",
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    block: "d16cfe09 94fdcceb 5001e420 24126ea1",
  },
];

for (const { counter, key, block } of KNOWN) {
  Deno.test(`philox() returns the published block for counter ${hex(counter)}`, () => {
    assertEquals(hex(philox(counter, key)), block);
  });
}

Deno.test("philox() multiplies as 64-bit integers do", () => {
  const reference = (counter: Words4, key: Words2): bigint[] => {
    const mask = 0xffffffffn;
    let [a, b, c, d] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
    let [k, l] = key.map(BigInt) as [bigint, bigint];
    for (let round = 0; round < 10; round++) {
      const p = 0xd2511f53n * a, q = 0xcd9e8d57n * c;
      [a, b, c, d] = [(q >> 32n) ^ b ^ k, q & mask, (p >> 32n) ^ d ^ l, p & mask];
      [k, l] = [(k + 0x9e3779b9n) & mask, (l + 0xbb67ae85n) & mask];
    }
    return [a, b, c, d];
  };
  let counter: Words4 = [1, 2, 3, 4];
  for (let i = 0; i < 1000; i++) {
    const key: Words2 = [i, i * 77];
    const next = philox(counter, key);
    assertEquals(next.map(BigInt), reference(counter, key));
    counter = next;
  }
});
