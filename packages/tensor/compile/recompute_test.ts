import { assert, assertEquals } from "@std/assert";
import { mul, sin, type Tensor, tensor } from "../mod.ts";
import { compile } from "../run/compile.ts";
import { matmul } from "../ops/linear/linear.ts";
import { openDevice } from "../open.ts";

const SIZE = 64, LAYERS = 12;

/** Layers whose results are all needed again on the way back, as in a network and its gradient. */
function network(x: Tensor, weight: Tensor): Tensor {
  const layers = [x];
  for (let i = 0; i < LAYERS; i++) layers.push(sin(matmul(layers.at(-1)!, weight)));
  return layers.reduceRight((back, layer) => matmul(mul(back, layer), weight));
}

const inputs = () =>
  [1, 2].map((seed) => {
    return tensor(Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(seed * i)), [SIZE, SIZE]);
  }) as [Tensor, Tensor];

Deno.test("compile() with a limit recomputes values, and returns the same bytes in less memory", async () => {
  const target = await openDevice("wasm", { threads: 1 });
  const plain = compile(network, { device: target });
  const all = await plain.plan(...inputs());
  const expected = await (await plain(...inputs())).data();
  let flop = all.flop;
  for (const share of [0.9, 0.8, 0.7]) {
    const memoryBytes = all.externalBytes + share * all.temporaryBytes;
    const tight = compile(network, { device: target, memoryBytes });
    const plan = await tight.plan(...inputs());
    assert(plan.temporaryBytes + plan.externalBytes <= memoryBytes, `${share}: ${plan.temporaryBytes}`);
    assert(plan.flop > flop, `${plan.flop} after ${flop}`);
    assertEquals(await (await tight(...inputs())).data(), expected);
    flop = plan.flop;
  }
});

Deno.test("compile() with a limit that nothing fits minimises memory, and that much is enough", async () => {
  const device = await openDevice("wasm", { threads: 1 });
  const planOf = async (options: { readonly memoryBytes?: number }) =>
    await compile(network, { device, ...options }).plan(...inputs());
  const all = await planOf({}), least = await planOf({ memoryBytes: 1 });
  assert(least.temporaryBytes < 0.7 * all.temporaryBytes, `${least.temporaryBytes} of ${all.temporaryBytes}`);
  const memoryBytes = least.temporaryBytes + least.externalBytes;
  const fitting = await planOf({ memoryBytes });
  assert(fitting.temporaryBytes + fitting.externalBytes <= memoryBytes);
});
