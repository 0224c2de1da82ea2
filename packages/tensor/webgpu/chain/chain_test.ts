/** @module */
import { assert, assertEquals } from "@std/assert";
import { chainRows } from "../../compile/chain.ts";
import { OracleDevice } from "../../compile/oracle_device.ts";
import type { ChainKernel, Program } from "../../ir/kernel.ts";
import * as t from "../../mod.ts";
import { printChain } from "./chain.ts";
import { type ChainLimits, MIN_LIMITS, planChain } from "./chain_plan.ts";
import { assertClose, deviceTest, noise, PassRunner, runOn } from "../runtime/harness_test.ts";

const ROWS = 1000;

const ROOMY: ChainLimits = { workgroupBytes: 32768, threads: 1024, buffers: 16 };

/** A function of tensors, and its arguments. */
interface Case {
  readonly fn: (...args: t.Tensor[]) => t.Tensor;
  readonly args: readonly t.Tensor[];
}

function leaf(shape: readonly number[], seed: number, scale = 1): t.Tensor {
  return t.tensor(noise(t.sizeOf(shape), seed).map((x) => scale * x), shape);
}

/** Fourier features of points `[rows, 2]`, then layers of `repeats` networks, then tanh. */
function network(rows: number, repeats: number, sizes: readonly number[]): Case {
  const weights = sizes.slice(1).flatMap((out, i) => [
    leaf([repeats, out, sizes[i]!], 2 + i, 2 / Math.sqrt(sizes[i]!)),
    leaf([repeats, out], 20 + i),
  ]);
  const fn = (points: t.Tensor, frequencies: t.Tensor, ...layers: t.Tensor[]) => {
    let x = t.cos2pi(t.sub(t.matmul(points, frequencies), 0.1));
    for (let i = 0; i < layers.length; i += 2) {
      const input = i === 0 ? x : t.leakyRelu(x, 0.1);
      x = t.add(t.matmul(input, t.transpose(layers[i]!)), t.expandDims(layers[i + 1]!, 1));
    }
    return t.tanh(x);
  };
  return { fn, args: [leaf([rows, 2], 1), leaf([2, sizes[0]!], 40), ...weights] };
}

async function programOf({ fn, args }: Case): Promise<Program> {
  const device = new OracleDevice();
  const compiled = t.compile(fn, { device });
  await compiled.plan(...args);
  compiled.release();
  assert(device.program);
  return device.program;
}

async function valuesOn(device: t.Device, { fn, args }: Case): Promise<Float32Array> {
  const compiled = t.compile(fn, { device });
  const result = await compiled(...args), data = Float32Array.from(await result.data());
  result.dispose();
  compiled.release();
  return data;
}

/** Forms chains where they fit. */
function chained(program: Program, limits: ChainLimits): Program {
  return chainRows(program, (chain) => planChain(chain, limits) !== undefined);
}

/** Restricts a chain to its first rows. */
function firstRows(chain: ChainKernel, rows: number): ChainKernel {
  const links = chain.links.map((link) => {
    const { kernel, rowAxis } = link;
    if (kernel.kind === "gemm") return { ...link, kernel: { ...kernel, m: rows } };
    return { ...link, kernel: { ...kernel, map: kernel.map.with(rowAxis, rows) } };
  });
  return { ...chain, rows, links };
}

function chainsOf({ steps }: Program): ChainKernel[] {
  return steps.flatMap(({ kernel }) => kernel.kind === "chain" ? [kernel] : []);
}

/** Contents of all external buffers: the arguments, then zeros for the result. */
async function dataOf(program: Program, args: readonly t.Tensor[]): Promise<Float32Array[]> {
  const given = await Promise.all(args.map(async (arg) => Float32Array.from(await arg.data())));
  const bytes = program.buffers.filter(({ role }) => role === "external").map(({ bytes }) => bytes);
  return [...given, ...bytes.slice(given.length).map((count) => new Float32Array(count / 4))];
}

const SIZES = {
  "of 3 channels": [3, 3, 3, 3],
  "of 37 channels": [30, 37, 37, 5],
  "of 64 channels": [128, 64, 64, 3],
  "of 128 channels": [256, 128, 128, 3],
} as const;

for (const [name, sizes] of Object.entries(SIZES)) {
  for (const repeats of [1, 3]) {
    deviceTest(`chains of ${repeats} networks ${name} agree with the reference`, async (device) => {
      const subject = network(ROWS, repeats, sizes), program = chained(await programOf(subject), ROOMY);
      const [step, ...others] = program.steps;
      assert(step?.kernel.kind === "chain" && others.length === 0);
      assertEquals([step.kernel.links.length, step.kernel.repeats], [4, repeats]);
      const wanted = await valuesOn(t.reference, subject), width = sizes.at(-1)!;
      for (const rows of [1, 31, 32, 33, ROWS]) {
        const part = { ...program, steps: [{ ...step, kernel: firstRows(step.kernel, rows) }] };
        const got = (await runOn(device, part, await dataOf(program, subject.args))).at(-1)!;
        const isWithin = (i: number) => Math.floor(i / width) % ROWS < rows;
        assertClose(got, wanted.map((value, i) => isWithin(i) ? value : 0), 4e-6, `${rows} rows`);
      }
    });
  }
}

/** Runs a chain generated for given limits; returns all external buffers. */
async function runFor(limits: ChainLimits, subject: Case, rows: number): Promise<Float32Array[]> {
  const program = chained(await programOf(subject), limits), [step] = program.steps;
  assert(step?.kernel.kind === "chain" && program.steps.length === 1);
  assertEquals(planChain(step.kernel, limits)?.rows, rows);
  const data = await dataOf(program, subject.args);
  const runner = await PassRunner.open();
  try {
    const got = await runner.run(printChain(step.kernel, limits), step.args.map((arg) => data[arg]!));
    return data.map((array, i) => got[step.args.indexOf(i)] ?? array);
  } finally {
    await runner.close();
  }
}

deviceTest(
  "the block size of a chain does not change any byte",
  async () => {
    // Enough repeats for blocks of 64 rows
    const subject = network(300, 64, [40, 48, 33, 2]);
    const wanted = await valuesOn(t.reference, subject), least = { ...MIN_LIMITS, buffers: 9 };
    const [large, ...others] = [
      await runFor(ROOMY, subject, 64),
      await runFor({ ...least, workgroupBytes: 8192 }, subject, 32),
      await runFor({ ...least, workgroupBytes: 4096 }, subject, 16),
    ];
    assertClose(large!.at(-1)!, wanted, 4e-6, "64 rows");
    for (const other of others) assertEquals(other, large);
  },
);

deviceTest("chains read stored and wide rows, and reduce along rows", async (device) => {
  const rows = 301;
  const fn = (points: t.Tensor, given: t.Tensor, a: t.Tensor, b: t.Tensor, c: t.Tensor) => {
    const hidden = t.tanh(t.add(t.matmul(points, a), given));
    const shares = t.div(hidden, t.add(1, t.sum(t.mul(hidden, hidden), { axes: 1, keepDims: true })));
    return t.add(t.matmul(t.mul(t.matmul(shares, b), 0.5), c), given);
  };
  const args = [
    leaf([rows, 150], 1),
    leaf([rows, 20], 2),
    leaf([150, 20], 3, 0.1),
    leaf([20, 9], 4),
    leaf([9, 20], 5),
  ];
  const program = chained(await programOf({ fn, args }), ROOMY);
  assertEquals(program.steps.map(({ kernel }) => kernel.kind), ["chain"]);
  const got = await runOn(device, program, await dataOf(program, args));
  assertClose(got.at(-1)!, await valuesOn(t.reference, { fn, args }), 4e-6, "stored rows");
});

deviceTest("a device runs sampling as a chain without memory for its layers", async (device) => {
  const subject = network(2000, 2, [256, 128, 128, 3]);
  assert(device.joinSteps);
  const executable = await device.prepare(device.joinSteps(await programOf(subject)));
  // The packed weights of two networks
  assertEquals(executable.temporaryBytes, 4 * 2 * (256 + 128) * 128);
  executable.release();
  assertClose(await valuesOn(device, subject), await valuesOn(t.reference, subject), 4e-6, "sampling");
});

deviceTest("layers that do not fit workgroup memory, or that are outputs, run one by one", async (device) => {
  const wide = network(300, 1, [16, 1100, 3]);
  assertEquals(chainsOf(chained(await programOf(wide), ROOMY)), []);
  assertClose(await valuesOn(device, wide), await valuesOn(t.reference, wide), 4e-6, "wide");
  const few = { ...ROOMY, buffers: 3 };
  assertEquals(chainsOf(chained(await programOf(network(300, 1, [16, 32, 3])), few)), []);
  const both = (x: t.Tensor, a: t.Tensor, b: t.Tensor) => {
    const hidden = t.tanh(t.matmul(x, a));
    return [hidden, t.tanh(t.matmul(hidden, b))];
  };
  const oracle = new OracleDevice(), compiled = t.compile(both, { device: oracle });
  await compiled.plan(leaf([300, 20], 1), leaf([20, 24], 2), leaf([24, 8], 3));
  compiled.release();
  assertEquals(chainsOf(chained(oracle.program!, ROOMY)), []);
});
