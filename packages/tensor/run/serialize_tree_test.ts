/** @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { reference } from "../device/any_device.ts";
import { tensor } from "../graph/from_host.ts";
import { placeholder } from "../graph/placeholder.ts";
import { treeMap } from "../graph/tree.ts";
import { FileFormatError } from "../io/file_format_error.ts";
import { parseSafetensors } from "../io/safetensors.ts";
import { writeSafetensors } from "../io/safetensors_write.ts";
import { add } from "../ops/elementwise/arithmetic.ts";
import { evaluate } from "./evaluate.ts";
import { deserializeTree, serializeTree } from "./serialize_tree.ts";

const tree = () => ({
  layers: [{ weight: tensor([[1, 2], [3, 4]]), mask: tensor([true, false, true]) }],
  step: tensor(-7, [], "i32"),
  key: tensor(Uint32Array.of(0, 2 ** 32 - 1)),
});

Deno.test("serializeTree() and deserializeTree() preserve paths, shapes, types and values", async () => {
  const bytes = await serializeTree(tree(), [["epoch", "3"]]);
  assertEquals(parseSafetensors(bytes).metadata, new Map([["epoch", "3"]]));
  const loaded = deserializeTree(bytes, treeMap(tree(), ({ shape, dtype }) => placeholder(shape, dtype)));
  assertEquals(JSON.stringify(loaded), JSON.stringify(treeMap(tree(), (leaf) => leaf)));
});

Deno.test("serializeTree() rounds doubles of the reference interpreter to f32", async () => {
  const third = await evaluate(add(tensor(new Float64Array([1 / 3])), 0), reference);
  assertEquals(await deserializeTree(await serializeTree(third), third).data(), Float32Array.of(1 / 3));
});

Deno.test("deserializeTree() reads f16 of another program", async () => {
  const bytes = writeSafetensors([["x", { dtype: "F16", shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }]]);
  assertEquals(await deserializeTree(bytes, { x: placeholder([2]) }).x.data(), Float32Array.of(1, -2));
});

Deno.test("deserializeTree() names mismatched tensors", async () => {
  const bytes = await serializeTree({ a: tensor([1]), b: tensor([2]) });
  const load = (like: Parameters<typeof deserializeTree>[1]) => () => deserializeTree(bytes, like);
  assertThrows(load({ a: tensor([0]), c: tensor([0]) }), RangeError, "missing are 'c', unknown are 'b'");
  assertThrows(
    load({ a: tensor([0]), b: tensor([0, 0]) }),
    RangeError,
    "'b' has shape [1] in the file, and [2]",
  );
  assertThrows(() => deserializeTree(bytes.subarray(0, 20), tree()), FileFormatError);
});

Deno.test("serializeTree() rejects unevaluated tensors", async () => {
  await assertRejects(() => serializeTree({ x: add(tensor([1]), 1) }), Error, "has not been evaluated");
});
