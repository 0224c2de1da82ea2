import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as t from "../mod.ts";
import { OracleDevice } from "../compile/oracle_device.ts";

type Params = { a: t.Tensor; b: t.Tensor };

const scaled = ({ a, b }: Params, factor: t.Tensor) => t.mul(t.add(a, b), factor);

async function values(tensor: t.Tensor): Promise<number[]> {
  const data = [...await tensor.data()];
  tensor.dispose();
  return data;
}

for (const device of [t.reference, new OracleDevice()]) {
  const name = device.info.kind === "reference" ? "reference" : "a device";

  Deno.test(`compiled functions accept numbers, arrays and unevaluated tensors, on ${name}`, async () => {
    using f = t.compile(scaled, { device });
    const data = Float32Array.of(1, 2), nested = [3, 4];
    assertEquals(await values(await f({ a: data, b: nested }, 2)), [8, 12]);
    assertEquals(await values(await f({ a: t.tensor(data), b: t.zeros([2]) }, t.scalar(3))), [3, 6]);
    assertEquals(await values(await f({ a: t.reshape(t.tensor([[1], [5]]), [2]), b: [0, 1] }, 1)), [1, 6]);
    using choice = t.compile((c: t.Tensor, x: t.Tensor) => t.where(c, x, 0), { device });
    assertEquals([...await values(await choice(true, 4)), ...await values(await choice(false, 4))], [4, 0]);
    using product = t.compile((x: t.Tensor) => t.matmul(x, x), { device });
    assertEquals(await values(await product([[1, 2], [3, 4]])), [7, 10, 15, 22]);
    using integers = t.compile((x: t.Tensor) => t.add(x, x), { device });
    assertEquals((await integers(Int32Array.of(1))).dtype, "i32");
    integers.release();
    if (t.isKernelDevice(device)) assertEquals(device.liveBuffers, 1);
  });
}

Deno.test("an unevaluated argument is evaluated on the device, and its temporary values are freed", async () => {
  const device = new OracleDevice();
  using f = t.compile(scaled, { device, donateArgnums: [0] });
  using x = await t.evaluate(t.tensor([1, 2]), device);
  using y = await f({ a: t.add(x, 1), b: t.zeros([2]) }, 10);
  assertEquals([...await y.data()], [20, 30]);
  assertEquals(device.liveBuffers, 2);
  using z = await t.compile((a: t.Tensor) => t.mul(a, 2), { device: t.reference })(t.add(x, 1));
  assertEquals([...await z.data()], [4, 6]);
});

Deno.test("a new shape retraces the function, another number does not", async () => {
  const device = new OracleDevice();
  let traces = 0;
  using f = t.compile((x: t.Tensor, rate: t.Tensor) => (traces++, t.mul(x, rate)), { device });
  for (const rate of [0.1, 0.2, 0.3]) (await f([1, 2], rate)).dispose();
  assertEquals(traces, 1);
  (await f([1, 2, 3], 0.1)).dispose();
  assertEquals(traces, 2);
});

Deno.test("errors name the argument", async () => {
  const device = new OracleDevice(), other = new OracleDevice();
  using f = t.compile(scaled, { device });
  const call = f as unknown as (...args: unknown[]) => Promise<t.Tensor>;
  const one = t.tensor([1]);
  const rejects = async (args: unknown[], ...texts: string[]) => {
    const { message } = await assertRejects(() => call(...args), Error);
    for (const text of texts) assertStringIncludes(message, text);
  };
  await rejects([{ a: one, b: "x" }, 1], 'argument 0.b is "x"', "pass tensors, numbers");
  await rejects([{ a: one, b: null }, 1], "argument 0.b is null");
  await rejects([{ a: one, b: [one, undefined] }, 1], "argument 0.b.1 is undefined");
  await rejects(
    [{ a: one, b: Promise.resolve(one) }, 1],
    "argument 0.b is a promise, which must be awaited first",
  );
  await rejects([{ a: one, b: new Map() }, 1], "argument 0.b is a Map");
  await rejects([{ a: one, b: new Uint8Array(2) }, 1], "argument 0.b is a Uint8Array", "Uint32Array");
  await rejects([{ a: one, b: [[1], [1, 2]] }, 1], "argument 0.b: nested arrays are ragged");
  await rejects([{ a: one, b: one }, () => {}], "argument 1 is a function");
  await rejects([{ a: one, b: t.placeholder([1]) }, 1], "argument 0.b, of shape [1], has no elements");
  const gone = await t.evaluate(one, device);
  gone.dispose();
  await rejects([{ a: one, b: gone }, 1], "argument 0.b, of shape [1], has been disposed or donated");
  await rejects(
    [{ a: one, b: t.add(gone, 1) }, 1],
    "argument 0.b, of shape [1], is computed from a tensor of shape [1] that has been disposed",
  );
  using far = await t.evaluate(one, other);
  await rejects([{ a: one, b: far }, 1], "argument 0.b, of shape [1], is on another device");
  assertEquals([device.liveBuffers, other.liveBuffers], [0, 1]);
});

Deno.test("compile() rejects async functions, and calls reject functions that return a promise", async () => {
  const device = new OracleDevice();
  const later = async (x: t.Tensor) => await Promise.resolve(x);
  assertThrows(
    () => t.compile(later as unknown as (x: t.Tensor) => t.Tensor, { device }),
    TypeError,
    "async",
  );
  const fails = (x: t.Tensor) => Promise.reject(new Error(`no elements of ${x}`));
  using f = t.compile(fails as unknown as (x: t.Tensor) => t.Tensor, { device });
  await assertRejects(() => f(1), TypeError, "compile() expects a function that returns tensors");
});

Deno.test("the error of a compiled function called within another one states the remedy", async () => {
  const device = new OracleDevice();
  using inner = t.compile((x: t.Tensor) => t.mul(x, 2), { device });
  let problem: Promise<unknown> | undefined;
  using outer = t.compile((x: t.Tensor) => (problem = inner(x), x), { device });
  (await outer(1)).dispose();
  await assertRejects(() => problem!, Error, "call functions that are not compiled");
});

Deno.test("plan() accepts placeholders", async () => {
  const device = new OracleDevice();
  using f = t.compile(scaled, { device });
  const { externalBytes } = await f.plan({ a: t.placeholder([10]), b: t.placeholder([10]) }, 1);
  assertEquals(externalBytes, 4 * (10 + 10 + 1 + 10));
});
