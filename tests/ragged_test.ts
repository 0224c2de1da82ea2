/**
 * Offsets of clouds and index tables that do not add up are rejected where their values are known; what a program
 * computes itself leads to the same defined results on every device, and never to memory that does not exist.
 * @module
 */
import { gradients } from "@gasp/autograd";
import * as t from "@gasp/tensor";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { deviceTest } from "./devices.ts";

const i32 = (...values: number[]) => t.tensor(Int32Array.from(values));
const points = t.tensor(Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), [12, 2]);

/** Offsets of 12 points that do not ascend from 0 to 12. */
const RAGGED: Readonly<Record<string, readonly number[]>> = {
  "a first offset above 0": [1, 6, 12],
  "a negative first offset": [-1, 6, 12],
  "descending": [0, 7, 6, 12],
  "a last offset before the end": [0, 6, 11],
  "a last offset beyond the end": [0, 6, 13],
  "an offset beyond the end": [0, 1000000, 12],
  "huge": [0, 2 ** 31 - 1, 12],
};

for (const [what, offsets] of Object.entries(RAGGED)) {
  const bad = i32(...offsets), good = i32(0, 4, ...offsets.slice(2, -1).map(() => 8), 12);
  const calls: Readonly<Record<string, () => unknown>> = {
    "knn, points": () => t.knn(points, points, { k: 1, offsets: bad, queryOffsets: good }),
    "knn, queries": () => t.knn(points, points, { k: 1, offsets: good, queryOffsets: bad }),
    "knn within a radius": () => t.knn(points, points, { k: 9, radius: 1, offsets: bad, queryOffsets: good }),
    "countWithinRadius": () =>
      t.countWithinRadius(points, points, { radius: 1, offsets: bad, queryOffsets: good }),
    "countWithinRadius, queries": () =>
      t.countWithinRadius(points, points, { radius: 1, offsets: good, queryOffsets: bad }),
    "farthestPointSample": () => t.farthestPointSample(points, { count: 1, offsets: bad }),
  };
  for (const [name, call] of Object.entries(calls)) {
    Deno.test(`${name} rejects offsets on the host: ${what}`, () => {
      assertThrows(call, RangeError, "must ascend from 0 to 12");
    });
  }
}

await deviceTest("searches by offsets that a program computes wrongly find nothing", async (device) => {
  const search = (bad: t.Tensor, good: t.Tensor, method: "grid" | "brute") => [
    t.knn(points, points, { k: 2, offsets: bad, queryOffsets: good, method }),
    t.knn(points, points, { k: 2, offsets: good, queryOffsets: bad, method }),
    t.countWithinRadius(points, points, { radius: 9, offsets: bad, queryOffsets: bad, method }),
    t.countWithinRadius(points, points, { radius: 9, offsets: good, queryOffsets: good, method }),
    t.slice(t.farthestPointSample(points, { count: 2, offsets: bad }), [0, 0], [1, 1]),
  ];
  for (const method of ["grid", "brute"] as const) {
    using compiled = t.compile((bad: t.Tensor, good: t.Tensor) => search(bad, good, method), { device });
    for (const offsets of Object.values(RAGGED)) {
      const inner = offsets.slice(2, -1).map(() => 8);
      const results = await compiled(i32(...offsets), i32(0, 4, ...inner, 12));
      const values = await Promise.all(results.map(async (x) => Array.from(await x.data())));
      for (const x of results) x.dispose();
      assertEquals(values.slice(0, 2), [new Array(24).fill(-1), new Array(24).fill(-1)]);
      assertEquals(values[2], new Array(12).fill(0));
      assertEquals(values[3], [4, 4, 4, 4, ...new Array(8).fill(inner.length ? 4 : 8)]);
      assertEquals(values[4], [0]);
    }
  }
});

await deviceTest(
  "a gather by an index that a program computes wrongly takes the nearest row",
  async (device) => {
    const x = t.tensor([10, 20, 30]);
    const index = i32(0, -1, 2, 3, 1, 2 ** 31 - 1, -(2 ** 31));
    using compiled = t.compile((index: t.Tensor) => {
      const table = t.invertIndex(index, 3), rows = t.gather(x, table);
      return [rows, t.segmentSum(t.ones([7]), table), ...gradients([t.sum(rows)], [x])];
    }, { device });
    const results = await compiled(index);
    const values = await Promise.all(results.map(async (x) => Array.from(await x.data())));
    for (const x of results) x.dispose();
    assertEquals(values, [[10, 10, 30, 30, 20, 30, 10], [1, 1, 1], [1, 1, 1]]);
  },
);

const TABLE = { index: i32(0, 1, 1), indptr: i32(0, 1, 3), positions: i32(0, 1, 2) };

/** Parts that do not belong to the table. */
const BROKEN: Readonly<Record<string, Partial<t.IndexTable>>> = {
  "an index beyond the rows": { index: i32(0, 1, 2) },
  "a negative index": { index: i32(0, -1, 1) },
  "an index of another row": { index: i32(1, 1, 1) },
  "another number of positions": { positions: i32(0, 1) },
  "a position beyond the index": { positions: i32(0, 1, 3) },
  "a huge position": { positions: i32(0, 1, 2 ** 30) },
  "a negative position": { positions: i32(0, -1, 2) },
  "indptr that does not begin at 0": { indptr: i32(1, 1, 3) },
  "indptr that descends": { indptr: i32(0, 4, 3) },
  "indptr that ends early": { indptr: i32(0, 1, 2) },
  "indptr beyond the index": { indptr: i32(0, 1, 1000000) },
  "indptr of two axes": { indptr: t.reshape(i32(0, 1, 3), [1, 3]) },
};

const f = t.ones([2, 1, 1]), w = t.ones([3, 1, 1]), h = t.ones([3, 1, 1, 1]);
const square = (table: t.IndexTable): t.IndexTable => ({ ...table, index: t.reshape(table.index, [3, 1]) });

for (const [what, parts] of Object.entries(BROKEN)) {
  const table = { ...TABLE, ...parts };
  for (
    const [name, call] of Object.entries({
      gather: () => t.gather(t.ones([2]), table),
      segmentSum: () => t.segmentSum(t.ones([3]), table),
    })
  ) {
    Deno.test(`${name}() rejects a table with ${what}`, () => void assertThrows(call, RangeError, name));
  }
  Deno.test(`a compiled function rejects a table with ${what}`, async () => {
    await using device = await t.openDevice("wasm", { threads: 1 });
    const inputs = [table.index, table.indptr, table.positions] as [t.Tensor, t.Tensor, t.Tensor];
    using compiled = t.compile((index: t.Tensor, indptr: t.Tensor, positions: t.Tensor) => {
      const table = { index, indptr, positions };
      return [
        t.segmentSum(t.ones([3]), table),
        t.neighbourFeatures(w, h, square(table)),
        t.neighbourSum(f, w, square(table)),
      ];
    }, { device });
    await assertRejects(() => compiled(...inputs), RangeError);
    assertEquals(device.liveBuffers, 0);
  });
}

Deno.test("a table is checked once, as long as its parts are the same", () => {
  const data = Int32Array.from([0, 1, 1]), table = { ...TABLE, index: t.tensor(data) };
  t.gather(t.ones([2]), table);
  data[0] = 99; // not allowed, and so not looked for
  t.gather(t.ones([2]), table);
  assertThrows(() => t.gather(t.ones([2]), { ...table, indptr: i32(0, 1, 3) }), RangeError, "index 0");
});
