/** @module */
import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Load, LoopKernel, Scalar } from "./kernel.ts";
import { normaliseLoop } from "./normalise.ts";
import { kernelKey, topological } from "./rewrite.ts";

function load(strides: readonly number[], offset = 0): Load {
  return { op: "load", dtype: "f32", buffer: 0, address: { offset, strides, indirect: [] }, guards: [] };
}

function kernelOf(parts: Partial<LoopKernel>): LoopKernel {
  return {
    kind: "loop",
    name: "test",
    buffers: [{ dtype: "f32", access: "read" }, { dtype: "f32", access: "write" }],
    map: [],
    reduce: [],
    accumulators: [],
    stores: [],
    ...parts,
  };
}

function copyOf(value: Scalar, strides: readonly number[]): LoopKernel["stores"] {
  return [{ buffer: 1, address: { offset: 0, strides }, value }];
}

Deno.test("normaliseLoop() merges axes that every address traverses contiguously", () => {
  const { map, stores } = normaliseLoop(
    kernelOf({ map: [2, 1, 3, 4], stores: copyOf(load([24, 9, 8, 2]), [12, 5, 4, 1]) }),
  );
  assertEquals(map, [24]);
  assertEquals(stores[0]?.address.strides, [1]);
  assertEquals(stores[0]?.value, load([2]));
});

Deno.test("normaliseLoop() does not merge axes that an address does not traverse contiguously", () => {
  const { map } = normaliseLoop(kernelOf({ map: [2, 3, 4], stores: copyOf(load([0, 4, 1]), [12, 4, 1]) }));
  assertEquals(map, [2, 12]);
});

Deno.test("normaliseLoop() orders map axes by the strides of the store", () => {
  const { map, stores } = normaliseLoop(kernelOf({ map: [5, 7], stores: copyOf(load([1, 5]), [1, 5]) }));
  assertEquals(map, [35]);
  assertEquals(stores[0]?.value, load([1]));
});

Deno.test("normaliseLoop() replaces reductions over at most one element by values", () => {
  const parts = {
    map: [3],
    accumulators: [{ kind: "max", dtype: "f32", value: load([1, 7]) }] as const,
    stores: copyOf({ op: "accumulator", dtype: "f32", index: 0 }, [1, 0]),
  };
  const one = normaliseLoop(kernelOf({ ...parts, reduce: [1] }));
  assertEquals([one.reduce, one.accumulators, one.stores[0]?.value], [[], [], load([1])]);
  const none = normaliseLoop(kernelOf({ ...parts, reduce: [0] }));
  assertEquals(none.stores[0]?.value, { op: "const", dtype: "f32", value: -Infinity });
});

Deno.test("normaliseLoop() deduplicates equal expressions and propagates guards to indices", () => {
  const sum = (): Scalar => ({ op: "add", dtype: "f32", args: [load([1]), load([1])] });
  const product: Scalar = { op: "mul", dtype: "f32", args: [sum(), sum()] };
  const { stores } = normaliseLoop(kernelOf({ map: [4], stores: copyOf(product, [1]) }));
  assertEquals(topological(stores.map(({ value }) => value)).length, 3);
  const index: Load = { ...load([1]), dtype: "i32" };
  const guards = [{ offset: -1, strides: [1], size: 2 }];
  const gathered: Load = {
    ...load([0]),
    guards,
    address: { offset: 0, strides: [0], indirect: [{ stride: 1, index }] },
  };
  const [store] = normaliseLoop(kernelOf({ map: [4], stores: copyOf(gathered, [1]) })).stores;
  const inner = store?.value.op === "load" ? store.value.address.indirect[0]?.index : undefined;
  assertEquals(inner?.op === "load" ? inner.guards : [], guards);
});

Deno.test("kernelKey() is equal for kernels that differ in name or sharing only", () => {
  const shared = load([1]);
  const twice: Scalar = { op: "add", dtype: "f32", args: [shared, shared] };
  const one = kernelOf({ map: [4], stores: copyOf(twice, [1]) });
  assertStrictEquals(kernelKey({ ...one, name: "other" }), kernelKey(one));
  const zero = kernelOf({ map: [4], stores: copyOf({ op: "const", dtype: "f32", value: 0 }, [1]) });
  const minusZero = kernelOf({ map: [4], stores: copyOf({ op: "const", dtype: "f32", value: -0 }, [1]) });
  assertEquals(kernelKey(zero) === kernelKey(minusZero), false);
  assertEquals(kernelKey(kernelOf({ map: [5], stores: one.stores })) === kernelKey(one), false);
});
