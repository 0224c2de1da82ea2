/**
 * Devices opened with `checkNumbers` name the first operation and scope that produced a NaN or an infinity.
 * @module
 */
import { gradients } from "@gasp/autograd";
import * as t from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { testDevices } from "./devices.ts";

/** What an error names. */
interface Found {
  readonly operation: string;
  readonly scope: string;
  readonly element: number;
  readonly value: number;
}

/** A function, its argument, and what is found, if anything. */
interface Subject {
  readonly fn: (x: t.Tensor) => t.Tensor | t.Tensor[];
  readonly x: readonly number[];
  readonly found?: Found;
  /** Whether doubles, of `reference`, hold it. */
  readonly fitsDouble?: boolean;
}

const inScope = (operation: string, element: number, value: number = NaN, scope = "model/loss"): Found => ({
  operation,
  scope,
  element,
  value,
});

const model = (fn: (x: t.Tensor) => t.Tensor) => (x: t.Tensor) => {
  const before = t.scope("before", () => t.mul(t.add(x, 1), 1));
  const y = t.scope("model", () => t.scope("loss", () => fn(before)));
  return t.scope("after", () => t.sum(t.mul(t.add(y, 1), 2)));
};

const subjects: Readonly<Record<string, Subject>> = {
  "a logarithm of a negative number": { fn: model(t.log), x: [0, 1, -3], found: inScope("log", 2) },
  "a logarithm of 0": { fn: model(t.log), x: [0, -1, 0], found: inScope("log", 1, -Infinity) },
  "an exponential that overflows": { fn: model(t.exp), x: [1, 800, 3], found: inScope("exp", 1, Infinity) },
  "a quotient of zeros": { fn: model((x) => t.div(x, x)), x: [-1, 1, 2], found: inScope("div", 0) },
  "a product that overflows": {
    fn: model((x) => t.matmul(t.reshape(x, [1, 3]), t.full([3, 2], 1e30))),
    x: [1e20, 1, 1],
    found: inScope("matmul", 0, Infinity),
    fitsDouble: true,
  },
  "the slope of a square root at 0": {
    fn: (x) => gradients([t.sum(t.scope("root", () => t.sqrt(x)))], [x]),
    x: [1, 0],
    found: inScope("div", 1, Infinity, "∇ root"),
  },
  "the branch of a where that is not taken": {
    fn: model((x) => t.where(t.greater(x, 0), t.log(x), 0)),
    x: [1, -3],
    found: inScope("log", 1),
  },
  "an argument": {
    fn: model(t.sin),
    x: [1, NaN],
    found: { operation: "argument", scope: "", element: 1, value: NaN },
  },
  "infinities that only spread": { fn: model((x) => t.mul(x, 2)), x: [1, Infinity] },
  "an infinite constant": { fn: (x) => t.max(t.where(t.greater(x, 0), x, -Infinity)), x: [1, -3] },
  "nothing": { fn: model((x) => t.softmax(x)), x: [1, -3, 700] },
};

for (const { kind, missing } of await testDevices()) {
  const options = { checkNumbers: true, threads: 2 } as const;
  for (const [name, { fn, x, found, fitsDouble }] of Object.entries(subjects)) {
    Deno.test({
      name: `checkNumbers finds ${name} on ${kind}`,
      ignore: missing !== undefined,
      async fn() {
        await using device = await t.openDevice(kind as t.DeviceName, options);
        assertEquals(device.checkNumbers, true);
        using compiled = t.compile((x: t.Tensor): t.Tree => fn(x), { device });
        const call = async () => t.disposeTree(await compiled(t.tensor([...x])));
        if (!found || (fitsDouble && kind === "reference")) return await call();
        for (let again = 0; again < 2; again++) {
          const error = await assertRejects(call, t.NumberError);
          const { operation, scope, element, value } = error;
          assert(operation.split("+").pop()!.includes(found.operation), error.message);
          if (found.operation !== "argument") assertEquals(scope, found.scope, error.message);
          assertEquals([element, value], [found.element, found.value], error.message);
          assert(error.message.includes(`produced ${found.value}, element ${found.element} of`));
        }
        await assertRejects(
          async () => t.disposeTree(await t.evaluate(fn(t.tensor([...x])), device)),
          t.NumberError,
        );
        if (t.isKernelDevice(device)) assertEquals(device.liveBuffers, 0);
      },
    });
  }

  Deno.test({
    name: `checkNumbers changes no result, and donates and frees as otherwise, on ${kind}`,
    ignore: missing !== undefined,
    async fn() {
      const fn = (x: t.Tensor, w: t.Tensor): t.Tensor[] => {
        const y = t.tanh(t.matmul(x, w)), [slope] = gradients([t.mean(t.square(y))], [w]);
        return [t.sub(w, t.mul(slope!, 0.5)), t.softmax(y), t.argmax(y, { axis: 1 })];
      };
      const noise = (seed: number) => Float32Array.from({ length: 300 * 8 }, (_, i) => Math.sin(i * seed));
      const results = await Promise.all([false, true].map(async (checkNumbers) => {
        await using device = await t.openDevice(kind as t.DeviceName, { checkNumbers, threads: 2 });
        assertEquals(device.checkNumbers ?? false, checkNumbers);
        using step = t.compile(fn, { device, donateArgnums: [1] });
        let w = t.tensor(noise(3).slice(0, 64), [8, 8]);
        const all: number[][] = [];
        for (let i = 0; i < 3; i++) {
          const [next, ...others] = await step(t.tensor(noise(i + 1), [300, 8]), w);
          for (const x of others) all.push([...await x.data()]);
          t.disposeTree(others);
          w = next!;
        }
        all.push([...await w.data()]);
        w.dispose();
        step.release();
        if (t.isKernelDevice(device)) assertEquals(device.liveBuffers, 0);
        return all.flat();
      }));
      results[0]!.forEach((value, i) => assert(Math.abs(value - results[1]![i]!) < 1e-5, `${i}: ${value}`));
    },
  });
}

Deno.test("runs at the same time are checked one after another", async () => {
  await using device = await t.openDevice("wasm", { checkNumbers: true });
  using compiled = t.compile(model(t.log), { device });
  const calls = [[1, 2], [-5, 2], [3, 4]].map((x) => compiled(t.tensor(x)).then((y) => y.dispose()));
  const settled = await Promise.allSettled(calls);
  assertEquals(settled.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assertEquals(device.liveBuffers, 0);
});
