/**
 * Subgroups: threads of a workgroup that can hand each other values without shared memory.
 * @module
 */
import { Shader, WORKGROUP } from "../shader/shader.ts";
import { Memory } from "./memory.ts";
import { Pipelines } from "./pipelines.ts";

/**
 * How many neighbouring threads of a workgroup can always exchange values: the least size of a subgroup, or 1 where there
 * are none. WebGPU does not say which threads are in a subgroup; everywhere known they are neighbours, and that is what
 * a test run on the device makes sure of.
 *
 * @param gpu Device.
 * @param least The least size of a subgroup, as the adapter tells it.
 * @param hardware Whether it is a GPU; pipelines of others are made one at a time.
 */
export async function subgroupSize(gpu: GPUDevice, least: number, hardware: boolean): Promise<number> {
  const isPower = least > 1 && least <= WORKGROUP && Number.isInteger(Math.log2(least));
  if (!gpu.features.has("subgroups") || !isPower) return 1;
  try {
    return await areNeighbours(gpu, hardware, least) ? least : 1;
  } catch {
    // A feature that the compiler of shaders does not know yet is as good as none.
    return 1;
  }
}

/** Whether each thread finds its neighbour in a block of `size` threads one place down. */
async function areNeighbours(gpu: GPUDevice, hardware: boolean, size: number): Promise<boolean> {
  const shader = new Shader([{ dtype: "u32", access: "write" }]);
  shader.enable("subgroups");
  const out = shader.writes(0);
  const text = shader.finish([`  ${out}[lane] = subgroupShuffleDown(lane, 1u);`]);
  const memory = new Memory(gpu, { buffer: Infinity, all: Infinity });
  try {
    const { pipeline, layout } = await new Pipelines(gpu, hardware).get({ ...text, groups: 1 }, "subgroups");
    const buffer = memory.allocate(4 * WORKGROUP).gpu;
    const entries = [memory.uniforms(new Uint32Array(4)), buffer].map((buffer, binding) => ({
      binding,
      resource: { buffer },
    }));
    const encoder = gpu.createCommandEncoder(), pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, gpu.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroups(1);
    pass.end();
    gpu.queue.submit([encoder.finish()]);
    const found = new Uint32Array(await memory.read(buffer, 4 * WORKGROUP));
    return found.every((lane, i) => i % size === size - 1 || lane === i + 1);
  } finally {
    memory.clear();
  }
}
