/**
 * Compute pipelines of a device, compiled once per shader text.
 * @module
 */
import { type ShaderText, uniformBytes } from "../shader/shader.ts";
import { Cache } from "./cache.ts";

/** Bit of `GPUShaderStage` for compute shaders; the global of that name does not exist in every runtime. */
const COMPUTE = 4;

/** Maximum cached pipelines. Programs reference their own. */
const LIMIT = 512;

/** A pipeline and the layout of its only bind group. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Compiles and caches pipelines. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #pipelines = new Cache<Promise<Pipeline>>(LIMIT);
  readonly #layouts = new Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();
  readonly #parallel: boolean;

  /**
   * @param device Device that compiles.
   * @param parallel Whether to compile pipelines concurrently on several threads. On the software adapter, Mesa 25
   *   occasionally loses one of them, and its promise stays pending forever; and there it takes more than twice the CPU
   *   time of sequential compilation.
   */
  constructor(device: GPUDevice, parallel = true) {
    this.#device = device;
    this.#parallel = parallel;
  }

  /**
   * Returns the pipeline of a pass.
   *
   * @param pass Shader.
   * @param name Name for errors and profiles.
   * @throws {Error} If the shader does not compile; the message includes the compiler's.
   */
  get(shader: ShaderText, name: string): Promise<Pipeline> {
    return this.#pipelines.get(shader.code, () => this.#compile(shader, name));
  }

  async #compile(shader: ShaderText, label: string): Promise<Pipeline> {
    const { code } = shader, layout = this.#layout(shader);
    // Errors of the module are reported by its own messages below, not by the device.
    this.#device.pushErrorScope("validation");
    const module = this.#device.createShaderModule({ code, label });
    const invalid = this.#device.popErrorScope();
    try {
      const descriptor = { label, layout: layout.pipeline, compute: { module, entryPoint: "main" } };
      const pipeline = this.#parallel
        ? await this.#device.createComputePipelineAsync(descriptor)
        : await this.#createNow(descriptor);
      return { pipeline, layout: layout.group };
    } catch (error) {
      const reason = (await invalid)?.message ?? String(error);
      throw new Error(`the shader of ${label} does not compile: ${reason}\n${code}`, { cause: error });
    }
  }

  async #createNow(descriptor: GPUComputePipelineDescriptor): Promise<GPUComputePipeline> {
    this.#device.pushErrorScope("validation");
    const pipeline = this.#device.createComputePipeline(descriptor);
    const error = await this.#device.popErrorScope();
    if (error) throw new Error(error.message);
    return pipeline;
  }

  /**
   * Returns the layout shared by all shaders with the same accesses and the same size of the uniform block. With a
   * minimum size of 0 the size would be checked at each dispatch, but wgpu updates what it expects only when the layout
   * changes, and so compares a block with the struct of an earlier shader.
   */
  #layout({ bindings, params }: ShaderText): { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout } {
    const minBindingSize = uniformBytes(params);
    const key = `${minBindingSize} ${bindings.map(({ written }) => written ? "w" : "r").join("")}`;
    const known = this.#layouts.get(key);
    if (known) return known;
    const group = this.#device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: COMPUTE, buffer: { type: "uniform", minBindingSize } },
        ...bindings.map(({ written }, i): GPUBindGroupLayoutEntry => ({
          binding: i + 1,
          visibility: COMPUTE,
          buffer: { type: written ? "storage" : "read-only-storage" },
        })),
      ],
    });
    const layout = { group, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [group] }) };
    this.#layouts.set(key, layout);
    return layout;
  }
}
