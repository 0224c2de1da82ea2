/**
 * Bind groups of a dispatch, created once for each combination of buffers.
 *
 * WebGPU has no way to destroy a bind group: it is freed when JavaScript collects it, which does not see how much native
 * memory it holds and may wait for hundreds of thousands of them. So a run must not create any that it had before.
 *
 * @module
 */
import { Cache } from "./cache.ts";
import type { WebGPUBuffer } from "./memory.ts";

/** Most bind groups of a dispatch. Training needs one or two: the same buffers come back in every step. */
const LIMIT = 64;

/** The bind groups of one dispatch. */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #layout: GPUBindGroupLayout;
  readonly #uniforms: GPUBufferBinding;
  readonly #groups = new Cache<GPUBindGroup>(LIMIT);

  /** @param device Device. @param layout Layout of all groups. @param uniforms What binding 0 is in all groups. */
  constructor(device: GPUDevice, layout: GPUBindGroupLayout, uniforms: GPUBufferBinding) {
    this.#device = device;
    this.#layout = layout;
    this.#uniforms = uniforms;
  }

  /** The bind group of some buffers, at the bindings from 1 on. */
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
