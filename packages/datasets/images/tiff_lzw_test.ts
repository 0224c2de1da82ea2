import { assertEquals, assertThrows } from "@std/assert";
import { decodeLzw } from "./tiff_lzw.ts";

/** Packs codes of given lengths into bytes, the highest bit first. */
function packed(codes: readonly (readonly [code: number, bits: number])[]): Uint8Array {
  const text = codes.map(([code, bits]) => code.toString(2).padStart(bits, "0")).join("");
  return Uint8Array.from(
    { length: Math.ceil(text.length / 8) },
    (_, i) => parseInt(text.slice(8 * i, 8 * i + 8).padEnd(8, "0"), 2),
  );
}

/** The encoder of TIFF 6.0, section 13, in terms of strings. */
function encodeLzw(values: readonly number[]): Uint8Array {
  const codes: [number, number][] = [];
  let table = new Map<string, number>(), bits = 9, next = 258;
  const clear = () => {
    codes.push([256, bits]);
    [table, bits, next] = [new Map(Array.from({ length: 256 }, (_, i) => [`${i}`, i])), 9, 258];
  };
  clear();
  let string = "";
  for (const value of values) {
    const longer = string === "" ? `${value}` : `${string},${value}`;
    if (table.has(longer)) {
      string = longer;
      continue;
    }
    codes.push([table.get(string)!, bits]);
    table.set(longer, next++);
    if (next === 4095) clear();
    else if (next === 1 << bits) bits++;
    string = `${value}`;
  }
  if (string !== "") codes.push([table.get(string)!, bits]);
  // The decoder is one entry behind: the last code may make its codes longer
  if (next + 1 === 1 << bits && bits < 12) bits++;
  return packed([...codes, [257, bits]]);
}

Deno.test("decodeLzw() inverts the encoder of the specification, through all lengths of codes", () => {
  for (
    const values of [
      [7],
      new Array<number>(500).fill(3),
      Array.from({ length: 300 }, (_, i) => i % 256),
      Array.from({ length: 40_000 }, (_, i) => (i * i * 31 + (i >> 3)) % 251),
    ]
  ) {
    const codes = encodeLzw(values), data = Uint8Array.of(1, 2, 3, ...codes);
    const target = new Uint8Array(values.length + 5);
    assertEquals(decodeLzw(data, 3, codes.length, target, 5), values.length + 5);
    assertEquals([...target], [0, 0, 0, 0, 0, ...values]);
  }
});

Deno.test("decodeLzw() stops at the end of the codes and of the target, and refuses codes that stand for nothing", () => {
  const codes = packed([[256, 9], [65, 9], [258, 9], [259, 9]]), target = new Uint8Array(4);
  assertEquals(decodeLzw(codes, 0, codes.length, target, 0), 6);
  assertEquals([...target], [65, 65, 65, 65]);
  for (const bad of [packed([[256, 9], [258, 9]]), packed([[256, 9], [65, 9], [260, 9]])]) {
    assertThrows(() => decodeLzw(bad, 0, bad.length, target, 0), Error, "stands for nothing");
  }
});
