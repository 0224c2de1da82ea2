/**
 * Training and sampling on a GPU that is lost or too small: a clear error, and nothing lost that can be kept.
 *
 * @module
 */
import {
  checkpointPath,
  checkpointSteps,
  generatorOf,
  MemoryStore,
  methodOf,
  sampleLatents,
  Sampler,
  train,
  TrainingProgram,
  UserError,
} from "@gasp/gasp";
import { DeviceLostError, type KernelDevice, MemoryError, openDevice } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openWithGPU } from "../packages/tensor/webgpu/runtime/opened_gpu_test.ts";
import { testDevices } from "./devices.ts";
import { data, tiny } from "./synthetic_images.ts";

const config = tiny({ steps: 6, logEvery: 2, saveEvery: 3, sampleEvery: 10 });

const missing = (await testDevices()).find(({ kind }) => kind === "webgpu")?.missing;

function gpuTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: missing === undefined ? name : `${name} (${missing})`,
    ignore: missing !== undefined,
    fn,
  });
}

async function withGPU<T>(use: (device: KernelDevice) => Promise<T>, maxBufferBytes = Infinity): Promise<T> {
  await using device = await openDevice("webgpu", { webgpu: { maxBufferBytes } });
  return await use(device);
}

for (
  const { lostAt, saved, message } of [
    {
      lostAt: 5,
      saved: 3,
      message: "The last checkpoint is that of step 3; the steps after it must be computed",
    },
    { lostAt: 1, saved: 0, message: "The initial state is saved; the steps after it must be computed" },
  ]
) {
  gpuTest(
    `train() on a GPU that is lost at step ${lostAt} keeps step ${saved}, from which it resumes`,
    async () => {
      const store = new MemoryStore(), whole = new MemoryStore();
      const { device, gpu } = await openWithGPU();
      const onStep = (step: number) => {
        // While the next step is running
        if (step === lostAt) setTimeout(() => gpu.destroy(), 0);
      };
      const error = await assertRejects(
        () => train({ config, data, device, store, events: { onStep } }),
        UserError,
      );
      assert(
        /^the GPU was lost at step [1-6] \(.+\), and with it the state/.test(error.message),
        error.message,
      );
      assert(error.message.includes(message), error.message);
      assert(error.cause instanceof DeviceLostError);
      await device.close();
      assertEquals(await checkpointSteps(store), [saved]);

      await withGPU((device) => train({ config, data, device, store, resume: true }));
      await withGPU((device) => train({ config, data, device, store: whole }));
      assertEquals(store.files.get(checkpointPath(6)), whole.files.get(checkpointPath(6)));
      assertEquals(store.files.get("metrics.jsonl"), whole.files.get("metrics.jsonl"));
    },
  );
}

gpuTest("sampling on a GPU that is lost throws", async () => {
  const { device, gpu } = await openWithGPU();
  const generator = generatorOf(config), sampler = new Sampler(generator, device);
  const method = methodOf(config), weights = method.weights!(method.initialState(config), "latest")!;
  const latents = sampleLatents(1, 2, generator.latentDim);
  const draw = () => sampler.sample(weights, latents, data.coordinates);
  await draw();
  gpu.destroy();
  await assertRejects(draw, DeviceLostError, "the GPU was lost");
  sampler.release();
  await device.close();
});

gpuTest(
  "a step with a tensor beyond the GPU's limit names both, and the largest batch that fits",
  async () => {
    const batchSize = 16, maxBufferBytes = 6000;
    const plan = (batchSize: number) =>
      withGPU(async (device) => {
        const config = tiny({ batchSize }), state = methodOf(config).initialState(config);
        const program = await TrainingProgram.prepare({ config, data, device, state });
        try {
          return await program.plan(state);
        } finally {
          await program.release();
        }
      }, maxBufferBytes);
    const { shortage, message } = await assertRejects(() => plan(batchSize), MemoryError);
    assert(
      /^the result of ".+" in the scope ".+", in a step with a batch of 16, needs \d+\.\d KiB of memory, the limit maxBufferBytes of the device ".+" is 5\.9 KiB: a batchSize of \d+ fits$/
        .test(message),
      message,
    );
    const [{ name, value } = { name: "", value: 0 }] = shortage.fitting;
    assertEquals(name, "batchSize");
    assertEquals(value, 7);
    await plan(value);
    await assertRejects(() => plan(value + 1), MemoryError, `a batchSize of ${value} fits`);
  },
);
