/**
 * A training loop must not create GPU objects in each step: what it needs is created in the first steps and then
 * reused. Bind groups in particular are only freed by garbage collection, and each of them may cost a memory map, of
 * which a Linux process can have 65,530.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import * as t from "../../mod.ts";
import { WebGPUDevice } from "./device.ts";
import { deviceTest, noise } from "./harness_test.ts";

const WIDTH = 8, BATCH = 4, LAYERS = 4;

type State = { readonly weights: t.Tensor[]; readonly moments: t.Tensor[]; readonly statistics: t.Tensor[] };

/**
 * Steps of a network with weights of equal shapes, moments, and statistics whose old values are read after the new
 * ones.
 */
class Training {
  readonly #device: t.KernelDevice;
  readonly #step: t.Compiled<[State, { x: t.Tensor }], { loss: t.Tensor; state: State }>;
  readonly #shown: t.Compiled<[t.Tensor[], t.Tensor], t.Tensor>;
  #state: State;
  #steps = 0;

  constructor(device: t.KernelDevice) {
    this.#device = device;
    const square = (seed: number) => t.tensor(noise(WIDTH * WIDTH, seed), [WIDTH, WIDTH]);
    const layers = Array.from({ length: LAYERS }, (_, i) => i);
    this.#state = {
      weights: layers.map((i) => square(i)),
      moments: layers.map(() => t.tensor(new Float32Array(WIDTH * WIDTH), [WIDTH, WIDTH])),
      statistics: layers.map(() => t.tensor(new Float32Array(WIDTH), [WIDTH])),
    };
    this.#step = t.compile(({ weights, moments, statistics }: State, { x }) => {
      const newMoments = weights.map((w, i) => t.add(t.mul(moments[i]!, 0.9), t.mul(w, 0.01)));
      const newStatistics: t.Tensor[] = [];
      let y = x;
      weights.forEach((w, i) => {
        y = t.tanh(t.matmul(y, w));
        newStatistics.push(t.add(t.mul(statistics[i]!, 0.9), t.mul(t.mean(y, { axes: 0 }), 0.1)));
        y = t.sub(y, statistics[(i + 1) % LAYERS]!);
      });
      const state = {
        weights: weights.map((w, i) => t.sub(w, newMoments[i]!)),
        moments: newMoments,
        statistics: newStatistics,
      };
      return { loss: t.sum(t.square(y)), state };
    }, { device, donateArgnums: [0] });
    this.#shown = t.compile((weights: t.Tensor[], x: t.Tensor) => t.matmul(x, weights[0]!), { device });
  }

  /** Runs steps; reads the loss of every fifth, and draws samples in every tenth while the next step is running. */
  async run(steps: number): Promise<void> {
    for (const end = this.#steps + steps; this.#steps < end; this.#steps++) {
      const x = t.tensor(noise(BATCH * WIDTH, this.#steps), [BATCH, WIDTH]);
      const { loss, state } = await this.#step(this.#state, { x });
      this.#state = state;
      if (this.#steps % 5 === 0) assert(Number.isFinite((await loss.data())[0]));
      loss.dispose();
      if (this.#steps % 10 === 0) {
        const shown = await this.#shown(state.weights, x);
        assertEquals((await shown.data()).length, BATCH * WIDTH);
        shown.dispose();
      }
    }
  }

  /** Frees everything. */
  close(): void {
    t.disposeTree(this.#state);
    this.#step.release();
    this.#shown.release();
    assertEquals(this.#device.liveBuffers, 0);
  }
}

/** A GPU that computes nothing (all results are zeros) and counts created objects. */
function countingGPU(): { readonly gpu: GPUDevice; readonly created: Map<string, number> } {
  const created = new Map<string, number>();
  const count = <T>(what: string, value: T): T => (created.set(what, (created.get(what) ?? 0) + 1), value);
  const ignored = () => {};
  const pass = { setPipeline: ignored, setBindGroup: ignored, dispatchWorkgroups: ignored, end: ignored };
  const encoder = {
    beginComputePass: () => pass,
    copyBufferToBuffer: ignored,
    finish: () => ({}),
  };
  const gpu = {
    features: new Set<string>(),
    limits: {
      maxComputeWorkgroupsPerDimension: 65535,
      maxComputeWorkgroupStorageSize: 16384,
      maxComputeInvocationsPerWorkgroup: 256,
      maxComputeWorkgroupSizeX: 256,
      maxStorageBuffersPerShaderStage: 8,
      minUniformBufferOffsetAlignment: 256,
    },
    lost: new Promise(ignored),
    addEventListener: ignored,
    pushErrorScope: ignored,
    popErrorScope: () => Promise.resolve(null),
    createBuffer: ({ size }: GPUBufferDescriptor) =>
      count("buffer", {
        size,
        destroy: () => count("destroyed buffer", undefined),
        mapAsync: () => Promise.resolve(),
        getMappedRange: (_offset: number, bytes: number) => new ArrayBuffer(bytes),
        unmap: ignored,
      }),
    createBindGroup: () => count("bind group", {}),
    createBindGroupLayout: () => count("bind group layout", {}),
    createPipelineLayout: () => count("pipeline layout", {}),
    createShaderModule: () => count("shader module", {}),
    createComputePipeline: () => count("pipeline", {}),
    createComputePipelineAsync: () => Promise.resolve(count("pipeline", {})),
    createCommandEncoder: () => count("command encoder", encoder),
    queue: { writeBuffer: ignored, submit: ignored, onSubmittedWorkDone: () => Promise.resolve() },
  };
  return { gpu: gpu as unknown as GPUDevice, created };
}

/** A `webgpu` device on a GPU of {@link countingGPU}. */
function deviceOn(gpu: GPUDevice): WebGPUDevice {
  const info = {
    kind: "webgpu",
    name: "counting",
    hardware: false,
    maxBufferBytes: 2 ** 28,
    maxMemoryBytes: 2 ** 30,
    maxKernelBuffers: 7,
    threads: 1,
  } as const;
  const parts = {
    bufferLimit: { name: "maxBufferSize", bytes: info.maxBufferBytes },
    subgroup: 1,
    operands: "f32",
    tuning: undefined,
    tuningKey: "",
    maxSubmitSeconds: 1,
  } as const;
  return new WebGPUDevice(gpu, info, parts);
}

Deno.test("training steps create no GPU objects but command encoders", async () => {
  const { gpu, created } = countingGPU();
  const training = new Training(deviceOn(gpu));
  await training.run(50);
  const before = new Map(created);
  assert(before.get("bind group")! > 0 && before.get("buffer")! > 0);
  await training.run(200);
  const encoders = created.get("command encoder")! - before.get("command encoder")!;
  assertEquals(encoders, 200 + 200 / 5 + 2 * 200 / 10, "one for each run and read");
  created.delete("command encoder");
  before.delete("command encoder");
  assertEquals(created, before);
  training.close();
});

Deno.test("programs that are released leave nothing on the GPU but buffers to reuse", async () => {
  const { gpu, created } = countingGPU(), device = deviceOn(gpu);
  const alive = () => created.get("buffer")! - (created.get("destroyed buffer") ?? 0);
  const counts: number[] = [];
  for (let i = 0; i < 3; i++) {
    const training = new Training(device);
    await training.run(2);
    training.close();
    await new Promise((resolve) => setTimeout(resolve, 0));
    counts.push(alive());
  }
  assertEquals(counts, [counts[0], counts[0], counts[0]]);
});

/** Returns the number of memory maps of this process. A child counts them: Deno reads `/proc` only with all permissions. */
async function memoryMaps(): Promise<number> {
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${Deno.pid}/maps`] }).output();
  return stdout.filter((byte) => byte === 10).length;
}

const hasMaps = Deno.build.os === "linux";

deviceTest(
  `the memory maps of a process stay few in 500 steps${
    hasMaps ? "" : " (ignored: they are counted on Linux only)"
  }`,
  async (device) => {
    const training = new Training(device);
    await training.run(100);
    const before = await memoryMaps();
    await training.run(400);
    const after = await memoryMaps();
    assert(before > 0 && after < before + 200, `${after} memory maps after 500 steps, ${before} after 100`);
    training.close();
  },
  { ignore: !hasMaps },
);
