import { assert, assertEquals } from "@std/assert";
import { mul, sin, type Tensor, tensor } from "../mod.ts";
import { compile } from "../run/compile.ts";
import { matmul } from "../ops/linear/linear.ts";
import { openDevice } from "../open.ts";
import type { LoopKernel, Program, Step } from "../ir/kernel.ts";
import { recomputeToFit } from "./recompute.ts";

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

/** A step that adds up what it reads. */
function step(name: string, reads: readonly number[], write: number): Step {
  const kernel: LoopKernel = {
    kind: "loop",
    name,
    buffers: [...reads.map(() => "read" as const), "write" as const].map((access) => ({
      dtype: "f32",
      access,
    })),
    map: [1],
    reduce: [],
    accumulators: [],
    stores: [],
  };
  return { kernel, args: [...reads, write] };
}

Deno.test("recomputeToFit() computes nothing again from an input that was overwritten", () => {
  const temporary = { bytes: 6400, role: "temporary" as const },
    outer = { bytes: 64, role: "external" as const };
  const programOf = (overwrites: boolean): Program => ({
    buffers: [outer, outer, temporary, temporary, temporary],
    steps: [
      step("waits", [0], 2),
      step("large", [1], 3),
      step("larger", [3], 4),
      step("leaves", [4], overwrites ? 0 : 1),
      step("end", [2], 1),
    ],
  });
  const names = (program: Program) => recomputeToFit(program, 12_800).steps.map(({ kernel }) => kernel.name);
  assertEquals(names(programOf(false)), ["waits", "large", "larger", "leaves", "waits", "end"]);
  assertEquals(names(programOf(true)), ["waits", "large", "larger", "leaves", "end"]);
});
