/**
 * Bind groups of a dispatch, created once per combination of buffers.
 *
 * WebGPU cannot destroy a bind group: it is freed by garbage collection, which does not see how much native memory it
 * holds and may wait for hundreds of thousands of them. So a run must not recreate any.
 *
 * @module
 */
import { Cache } from "./cache.ts";
import type { WebGPUBuffer } from "./memory.ts";

/** Maximum cached bind groups per dispatch. Training needs one or two: the same buffers recur in every step. */
const LIMIT = 64;

/** The bind groups of one dispatch. */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #layout: GPUBindGroupLayout;
  readonly #uniforms: GPUBufferBinding;
  readonly #groups = new Cache<GPUBindGroup>(LIMIT);

  /** @param device Device. @param layout Layout of all groups. @param uniforms Resource of binding 0 in all groups. */
  constructor(device: GPUDevice, layout: GPUBindGroupLayout, uniforms: GPUBufferBinding) {
    this.#device = device;
    this.#layout = layout;
    this.#uniforms = uniforms;
  }

  /** Returns the bind group of some buffers, at the bindings from 1 on. */
  get(buffers: readonly WebGPUBuffer[]): GPUBindGroup {
    return this.#groups.get(buffers.map(({ serial }) => serial).join(), () =>
      this.#device.createBindGroup({
        layout: this.#layout,
        entries: [this.#uniforms, ...buffers.map(({ gpu }) => ({ buffer: gpu }))].map((
          resource,
          binding,
        ) => ({
          binding,
          resource,
        })),
      }));
  }
}
