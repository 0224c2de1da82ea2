import { assertEquals, assertThrows } from "@std/assert";
import {
  availableMemory,
  describeShortage,
  isAllocationFailure,
  largestFitting,
  limitMemory,
  MemoryError,
  requireMemory,
} from "./memory_budget.ts";

Deno.test("requireMemory() accepts what fits and rejects one byte more", () => {
  using _limit = limitMemory(1000);
  requireMemory({ purpose: "a table", bytes: 1000 });
  assertThrows(() => requireMemory({ purpose: "a table", bytes: 1001 }), MemoryError, "a table needs");
  assertThrows(() => requireMemory({ purpose: "a table", bytes: NaN }), MemoryError);
});

Deno.test("requireMemory() names the largest value of each argument that fits", () => {
  using _limit = limitMemory(1e6);
  const bytes = (count: number, resolution: number) => count * resolution ** 2;
  const error = assertThrows(
    () =>
      requireMemory({
        purpose: "a sheet of 64 pictures",
        bytes: bytes(64, 1000),
        parameters: [
          { name: "resolution", value: 1000, least: 2, bytes: (value) => bytes(64, value) },
          { name: "count", value: 64, bytes: (value) => bytes(value, 1000) },
          // Does not fit for any value
          { name: "columns", value: 8, bytes: () => bytes(64, 1000) },
        ],
      }),
    MemoryError,
  );
  assertEquals(error.shortage, {
    purpose: "a sheet of 64 pictures",
    needed: 64e6,
    available: 1e6,
    fitting: [{ name: "resolution", value: 125 }, { name: "count", value: 1 }],
  });
  assertEquals(
    error.message,
    "a sheet of 64 pictures needs 61.0 MiB of memory, 977 KiB are free: a resolution of 125 or a count of 1 fits",
  );
});

Deno.test("requireMemory() rejects more JavaScript objects than engines support, regardless of free memory", () => {
  using _limit = limitMemory(2 ** 40);
  requireMemory({ purpose: "a mesh", bytes: 2 ** 39, heapBytes: 2 ** 30 });
  assertThrows(
    () => requireMemory({ purpose: "a mesh", bytes: 2 ** 39, heapBytes: 2 ** 33 }),
    MemoryError,
    "the JavaScript heap has 2.0 GiB",
  );
});

Deno.test("largestFitting() is the last value that fits", () => {
  for (let available = 0; available < 130; available++) {
    const expected = [...Array(11).keys()].filter((value) => value >= 1 && value ** 2 <= available).at(-1);
    assertEquals(largestFitting(available, { value: 11, bytes: (value) => value ** 2 }), expected);
  }
});

Deno.test("limitMemory() calls the function each time and is restored", () => {
  const before = availableMemory();
  {
    let free = 10;
    using _limit = limitMemory(() => free);
    assertEquals(availableMemory(), 10);
    free = -5;
    assertEquals(availableMemory(), 0);
  }
  assertEquals(availableMemory(), before);
});

Deno.test("isAllocationFailure() recognises the messages of the engine", () => {
  const failures = [
    () => new Uint8Array(2 ** 52),
    () => new Float64Array(2 ** 53),
    () => new ArrayBuffer(2 ** 53),
    () => new Array(-1),
    () => "x".repeat(2 ** 30),
  ];
  for (const fail of failures) {
    const error = assertThrows(fail, RangeError);
    assertEquals(isAllocationFailure(error), true, error.message);
  }
  assertEquals(isAllocationFailure(new RangeError("The data set has items 0 to 3, asked for 4.")), false);
  assertEquals(isAllocationFailure(new Error("Array buffer allocation failed")), false);
});

Deno.test("describeShortage() does not invent the size of a memory that is unknown", () => {
  const shortage = { purpose: "a step", needed: 2 ** 34, available: Infinity, fitting: [] };
  const owner = 'the device "GPU" has';
  assertEquals(
    describeShortage({ ...shortage, owner }),
    'a step needs 16.0 GiB of memory, the device "GPU" has less',
  );
});

Deno.test("requireMemory() suggests what fits the JavaScript heap as well as the memory", () => {
  using _limit = limitMemory(2 ** 40);
  const heapBytes = (value: number) => 2 ** 20 * value, bytes = (value: number) => 2 ** 21 * value;
  const parameters = [{ name: "resolution", value: 9000, bytes, heapBytes }, {
    name: "count",
    value: 9000,
    bytes,
  }];
  const need = { purpose: "a surface", bytes: bytes(9000), heapBytes: heapBytes(9000), parameters };
  const { shortage } = assertThrows(() => requireMemory(need), MemoryError);
  assertEquals([shortage.owner, shortage.fitting], [
    "the JavaScript heap has",
    [{ name: "resolution", value: 2048 }],
  ]);
});
