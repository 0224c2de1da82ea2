/**
 * Subgroups: threads of a workgroup that can exchange values without shared memory.
 * @module
 */
import { Shader, WORKGROUP } from "../shader/shader.ts";
import { Memory, UNLIMITED } from "./memory.ts";
import { Pipelines } from "./pipelines.ts";

/**
 * Returns how many neighbouring threads of a workgroup can always exchange values: the minimum subgroup size, or 1
 * without subgroups. WebGPU does not specify which threads form a subgroup; on all known devices they are neighbours,
 * which a test run on the device verifies.
 *
 * @param gpu Device.
 * @param minimum Minimum subgroup size reported by the adapter.
 * @param hardware Whether it is a GPU; on others, pipelines are compiled one at a time.
 */
export async function subgroupSize(gpu: GPUDevice, minimum: number, hardware: boolean): Promise<number> {
  const isPower = minimum > 1 && minimum <= WORKGROUP && Number.isInteger(Math.log2(minimum));
  if (!gpu.features.has("subgroups") || !isPower) return 1;
  try {
    return await areNeighbours(gpu, hardware, minimum) ? minimum : 1;
  } catch {
    // A feature that the shader compiler does not implement yet is treated as missing.
    return 1;
  }
}

/** Returns whether each thread's neighbour in a block of `size` threads is the next thread. */
async function areNeighbours(gpu: GPUDevice, hardware: boolean, size: number): Promise<boolean> {
  const shader = new Shader([{ dtype: "u32", access: "write" }]);
  shader.enable("subgroups");
  const out = shader.writes(0);
  const text = shader.finish([`  ${out}[lane] = subgroupShuffleDown(lane, 1u);`]);
  const memory = new Memory(gpu, UNLIMITED);
  try {
    const { pipeline, layout } = await new Pipelines(gpu, hardware).get(text, "subgroups");
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
