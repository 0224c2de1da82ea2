/**
 * WGSL text under construction: the uniform block, the bindings, shared memory and helper functions.
 *
 * Numbers that depend on shapes (sizes, strides, offsets) go into the uniform block, so that kernels of one
 * structure have one text and share one pipeline. All of them are u32: addresses are computed modulo 2^32, which
 * supports negative strides and reduces a guard `0 <= x < size` to one comparison.
 *
 * @module
 */
import type { DType } from "../../ir/dtype.ts";
import type { KernelBuffer } from "../../ir/kernel.ts";

/** Use of a kernel's buffer by one dispatch; the index in the list plus 1 is the binding. */
export interface Binding {
  /** Slot of the kernel; slots past the kernel's own are scratch. */
  readonly slot: number;
  readonly written: boolean;
}

/** A finished shader: what identifies a pipeline (`code`, `bindings`) and the parameters of one dispatch. */
export interface ShaderText {
  readonly code: string;
  /** Contents of the uniform block, bound at 0. */
  readonly params: Uint32Array;
  readonly bindings: readonly Binding[];
}

/**
 * Returns the bytes to bind for a uniform block: at least the size of the shader's struct. Multiples of 16, so that there
 * are few sizes, and hence few layouts.
 *
 * @param params Contents of the block.
 */
export function uniformBytes(params: Uint32Array): number {
  return Math.ceil(params.byteLength / 16) * 16;
}

/** One dispatch of a kernel, which may need several. */
export interface Pass extends ShaderText {
  /** Number of workgroups. */
  readonly groups: number;
}

/**
 * The lowered form of a kernel: passes in order, and the sizes of its scratch buffers in bytes, as additional slots.
 */
export interface Passes {
  readonly passes: readonly Pass[];
  readonly scratch: readonly number[];
}

/** Default number of threads per workgroup. */
export const WORKGROUP = 256;

/** A statement that computes the index of this workgroup over both dimensions of the grid. */
export const GROUP_INDEX = "let group = workgroup.y * workgroups.x + workgroup.x;";

/** Conversions that WGSL defines differently: it clamps to the largest f32 below 2^31 or 2^32 and leaves NaN open. */
const HELPERS = {
  to_i32: `fn to_i32(x: f32) -> i32 {
  let inside = select(i32(x), 2147483647, x >= 2147483648.0);
  let low = select(inside, i32(-2147483648), x <= -2147483648.0);
  return select(low, 0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}`,
  to_u32: `fn to_u32(x: f32) -> u32 {
  let inside = select(u32(x), 0xffffffffu, x >= 4294967296.0);
  return select(inside, 0u, x <= 0.0 || (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}`,
} as const;

/** Type of an element in memory: booleans are stored as u32. */
export function memoryType(dtype: DType): string {
  return dtype === "bool" ? "u32" : dtype;
}

/** Builds one shader. */
export class Shader {
  readonly #buffers: readonly KernelBuffer[];
  readonly #fields: string[] = [];
  readonly #params: number[] = [];
  readonly #written = new Map<number, boolean>();
  readonly #vectors = new Set<number>();
  readonly #atomics = new Set<number>();
  readonly #inWorkgroup = new Map<number, { readonly array: string; readonly start: string }>();
  readonly #helpers = new Set<keyof typeof HELPERS>();
  readonly #extensions = new Set<string>();
  readonly #declarations: string[] = [];
  #names = 0;

  /** @param buffers Declarations of the slots, including scratch. */
  constructor(buffers: readonly KernelBuffer[]) {
    this.#buffers = buffers;
  }

  /** Returns a new local name, `v0`, `v1`, …; equal kernels use equal names. */
  name(): string {
    return `v${this.#names++}`;
  }

  /**
   * Adds a number to the uniform block.
   *
   * @param hint Prefix of its name, for readers of the shader.
   * @param value An integer; negative ones wrap to 32 bits.
   * @returns The expression that reads it.
   */
  param(hint: string, value: number): string {
    const field = `${hint}_${this.#fields.length}`;
    this.#fields.push(field);
    this.#params.push(value >>> 0);
    return `p.${field}`;
  }

  /** Adds a conversion function to the shader and returns its name. */
  helper(name: keyof typeof HELPERS): string {
    this.#helpers.add(name);
    return name;
  }

  /** Enables a WGSL extension, which the device must support as a feature. */
  enable(extension: string): void {
    this.#extensions.add(extension);
  }

  /** Adds a declaration at module level: shared memory, a function. */
  declare(text: string): void {
    this.#declarations.push(text);
  }

  /** Declares that a slot is bound as vectors of four; its elements can still be read one by one. */
  vector(slot: number): void {
    this.#vectors.add(slot);
  }

  /** Declares that a slot is a read-only part of a workgroup array, starting at a multiple of four elements. */
  inWorkgroup(slot: number, array: string, start: string): void {
    this.#inWorkgroup.set(slot, { array, start });
  }

  /** Returns the expression of a buffer for reading. */
  reads(slot: number): string {
    if (!this.#written.has(slot)) this.#written.set(slot, false);
    return `b${slot}`;
  }

  /** Returns the expression of a buffer for writing. */
  writes(slot: number): string {
    this.#written.set(slot, true);
    return `b${slot}`;
  }

  /**
   * Returns the expression of a buffer whose elements are atomic in this shader; other passes may bind it differently.
   */
  atomics(slot: number): string {
    this.#atomics.add(slot);
    return this.writes(slot);
  }

  /** Returns the expression of one element for reading, in its memory type. */
  element(slot: number, index: string): string {
    const held = this.#inWorkgroup.get(slot);
    if (held) return `${held.array}[(${held.start} + ${index}) >> 2u][(${index}) & 3u]`;
    const buffer = this.reads(slot);
    return this.#vectors.has(slot) ? `${buffer}[(${index}) >> 2u][(${index}) & 3u]` : `${buffer}[${index}]`;
  }

  /**
   * Assembles the shader.
   *
   * @param body Statements of the entry point; `workgroup`, `workgroups` and `lane` are its built-in values.
   * @param threads Threads per workgroup.
   */
  finish(body: readonly string[], threads: number = WORKGROUP): ShaderText {
    const bindings = [...this.#written].map(([slot, written]) => ({ slot, written }))
      .sort((x, y) => x.slot - y.slot);
    const declared = bindings.map(({ slot, written }, i) => {
      const type = memoryType(this.#buffers[slot]?.dtype ?? "f32");
      const element = this.#vectors.has(slot)
        ? `vec4<${type}>`
        : this.#atomics.has(slot)
        ? `atomic<${type}>`
        : type;
      const space = written ? "storage, read_write" : "storage, read";
      return `@group(0) @binding(${i + 1}) var<${space}> b${slot}: array<${element}>;`;
    });
    const code = [
      ...[...this.#extensions].map((extension) => `enable ${extension};`),
      `struct Params { ${
        (this.#fields.length ? this.#fields : ["unused"]).map((f) => `${f}: u32`).join(", ")
      } }`,
      "@group(0) @binding(0) var<uniform> p: Params;",
      ...declared,
      ...[...this.#helpers].sort().map((helper) => HELPERS[helper]),
      ...this.#declarations,
      `@compute @workgroup_size(${threads})`,
      "fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>,",
      "  @builtin(local_invocation_index) lane: u32) {",
      ...body,
      "}",
      "",
    ].join("\n");
    return { code, params: Uint32Array.from(this.#params.length ? this.#params : [0]), bindings };
  }
}
