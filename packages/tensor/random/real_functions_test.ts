/** @module */
import { assert, assertEquals } from "@std/assert";
import { cosineAndSine, logarithm } from "./real_functions.ts";

Deno.test("logarithm() agrees with Math.log() to a few ulp", () => {
  for (let i = 1; i < 4000; i++) {
    for (const x of [i / 4000, i * 2 ** -32, i * 1e6]) {
      const bound = 4e-16 * Math.max(Math.abs(Math.log(x)), 1e-3);
      assert(Math.abs(logarithm(x) - Math.log(x)) <= bound, `at ${x}`);
    }
  }
  assertEquals(logarithm(1), 0);
});

Deno.test("cosineAndSine() agrees with Math.cos() and Math.sin() up to rounding", () => {
  for (let i = 0; i < 4096; i++) {
    const [cos, sin] = cosineAndSine(i / 4096);
    const angle = 2 * Math.PI * (i / 4096);
    assert(Math.abs(cos - Math.cos(angle)) < 9e-16, `cosine of ${i}/4096 turns`);
    assert(Math.abs(sin - Math.sin(angle)) < 9e-16, `sine of ${i}/4096 turns`);
    assert(Math.abs(cos * cos + sin * sin - 1) < 5e-16, `length at ${i}/4096 turns`);
  }
  assertEquals(cosineAndSine(0.25).map((x) => x + 0), [0, 1]);
  assertEquals(cosineAndSine(0.5).map((x) => x + 0), [-1, 0]);
});
