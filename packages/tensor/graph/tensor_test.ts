import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { add } from "../ops/elementwise/arithmetic.ts";
import { zeros } from "../ops/shape/constant.ts";
import { OracleDevice } from "../compile/oracle_device.ts";
import { compile } from "../run/compile.ts";
import { evaluate } from "../run/evaluate.ts";
import { show } from "../run/show.ts";
import { DisposableTrees, disposeTree } from "./dispose.ts";
import { tensor } from "./from_host.ts";
import { placeholder } from "./placeholder.ts";
import type { Tensor } from "./tensor.ts";

const inspected = (value: unknown) => Deno.inspect(value, { colors: false });

Deno.test("String(), console.log() and inspection of a tensor on the host show shape, type and values", () => {
  const t = tensor([[1, 2.5], [3, 4]]);
  const text = "Tensor f32 [2, 2] (host)\n[[1  , 2.5],\n [3  , 4  ]]";
  assertEquals([String(t), `${t}`, inspected(t)], [text, text, text]);
  assertEquals(String(tensor(7)), "Tensor f32 [] (host) 7");
  assertEquals(String(tensor(Int32Array.of(1, -2))), "Tensor i32 [2] (host) [ 1, -2]");
  const custom = t as unknown as Record<symbol, () => string>;
  assertEquals(custom[Symbol.for("nodejs.util.inspect.custom")]!(), text);
  assertEquals(Object.prototype.toString.call(t), "[object Tensor]");
});

Deno.test("inspection indents a tensor within a tree", () => {
  const shown = inspected({ layers: [{ weight: tensor([[1], [2]]), bias: tensor([0]) }] });
  assertEquals(
    shown.split("\n").map((line) => line.trimEnd()),
    [
      "{",
      "  layers: [",
      "    {",
      "      weight: Tensor f32 [2, 1] (host)",
      "      [[1],",
      "       [2]],",
      "      bias: Tensor f32 [1] (host) [0]",
      "    }",
      "  ]",
      "}",
    ],
  );
});

Deno.test("String() states where the elements are if not on the host", async () => {
  const device = new OracleDevice();
  const y = await evaluate(add(tensor([1, 2]), 1), device);
  assertEquals(String(y), `Tensor f32 [2] (on ${device.info.kind}: ${device.info.name})`);
  y.dispose();
  assertEquals(String(y), "Tensor f32 [2] (disposed or donated)");
  assertEquals(String(zeros([3], "i32")), "Tensor i32 [3] (not evaluated: broadcast)");
  assertEquals(String(placeholder([4])), "Tensor f32 [4] (argument of a traced function)");
  let traced = "";
  const f = compile((x: Tensor) => (traced = String(x), x), { device });
  disposeTree(await f(tensor([1])));
  assertEquals(traced, "Tensor f32 [1] (argument of a traced function)");
});

Deno.test("JSON.stringify() writes shape, type and values, or where they are", () => {
  assertEquals(
    JSON.stringify({ t: tensor([[1, 2]]) }),
    '{"t":{"shape":[1,2],"dtype":"f32","data":[1,2]}}',
  );
  assertEquals(
    JSON.stringify(zeros([2])),
    '{"shape":[2],"dtype":"f32","state":"not evaluated: broadcast"}',
  );
});

Deno.test("a tensor is not thenable", async () => {
  const t = tensor([1]);
  assertStrictEquals(await t, t);
});

Deno.test("show() reads from the device, evaluates unevaluated tensors, and frees the temporary values", async () => {
  const device = new OracleDevice();
  using trees = new DisposableTrees();
  const y = trees.use(await evaluate(add(tensor([1, 2]), 1), device));
  assertEquals(await show(y), "Tensor f32 [2] [2, 3]");
  assertEquals(
    await show({ y, z: [add(y, 0.5)] }, device),
    "y: Tensor f32 [2] [2, 3]\nz/0: Tensor f32 [2] [2.5, 3.5]",
  );
  assertEquals(device.liveBuffers, 1);
});

Deno.test("DisposableTrees disposes the trees that were not released", async () => {
  const device = new OracleDevice();
  let released: { b: Tensor };
  {
    using trees = new DisposableTrees();
    const a = trees.use(await evaluate([add(tensor([1]), 1)], device));
    released = trees.use(await evaluate({ b: add(a[0]!, 1) }, device));
    trees.release(released);
  }
  assertEquals(device.liveBuffers, 1);
  assertEquals([...await released.b.data()], [3]);
  disposeTree(released);
  assertEquals(device.liveBuffers, 0);
});

Deno.test("item() returns the only element and rejects other shapes", async () => {
  const device = new OracleDevice();
  using y = await evaluate(add(tensor([[1.5]]), 1), device);
  assertEquals(await y.item(), 2.5);
  assertEquals(await tensor(true).item(), 1);
  await assertRejects(() => tensor([1, 2]).item(), RangeError, "got shape [2]: use data()");
  await assertRejects(() => add(tensor(1), 1).item(), Error, "has not been evaluated");
});
