import { assertEquals, assertThrows } from "@std/assert";
import { constantAffine, linearise, SplitAxis, unlinearise } from "./affine.ts";

const axis = (rank: number, at: number, stride = 1, offset = 0) => ({
  offset,
  strides: Array.from({ length: rank }, (_, i) => (i === at ? stride : 0)),
});

Deno.test("unlinearise() inverts linearise()", () => {
  const index = [axis(3, 0), axis(3, 1), axis(3, 2)];
  assertEquals(unlinearise(linearise(index, [4, 3, 5], 3), [4, 3, 5], [4, 3, 5]), index);
});

Deno.test("unlinearise() merges axes without a split", () => {
  const position = linearise([axis(2, 0), axis(2, 1)], [4, 6], 2);
  assertEquals(unlinearise(position, [24], [4, 6]), [{ offset: 0, strides: [6, 1] }]);
});

Deno.test("unlinearise() requests the split that a finer shape needs", () => {
  const error = assertThrows(() => unlinearise(axis(1, 0), [4, 6], [24]), SplitAxis);
  assertEquals([error.axis, error.inner], [0, 6]);
});

Deno.test("unlinearise() returns undefined if blocks straddle rows", () => {
  const transposed = linearise([axis(2, 1), axis(2, 0)], [4, 5], 2);
  assertEquals(unlinearise(transposed, [10, 2], [5, 4]), undefined);
  assertEquals(unlinearise(axis(1, 0, 1, 2), [2, 3], [3]), undefined);
  // The last of three lies in the second row.
  assertEquals(unlinearise(axis(1, 0, 1, 1), [2, 3], [3]), undefined);
});

Deno.test("unlinearise() preserves offsets within rows", () => {
  const position = { offset: 7, strides: [6] };
  assertEquals(unlinearise(position, [4, 6], [3]), [{ offset: 1, strides: [1] }, {
    offset: 1,
    strides: [0],
  }]);
  assertEquals(unlinearise(constantAffine(7, 1), [4, 6], [3])!.map(({ offset }) => offset), [1, 1]);
});
