/**
 * The size of the largest buffer that shaders can bind: 128 MiB by WebGPU's default limits.
 * @module
 */
import { BufferLimitError } from "../../device/buffer_limit_error.ts";
import type { Program } from "../../ir/kernel.ts";
import type { Lowered } from "../program/lower.ts";

/** A limit of a single buffer. */
export interface BufferLimit {
  /** Name of the limit in WebGPU. */
  readonly name: string;
  readonly bytes: number;
}

/**
 * Returns the tightest limit on a storage buffer, in whole vectors of four.
 *
 * @param limits Limits of the GPU.
 * @param maxBufferBytes Limit set by the user.
 */
export function bufferLimitOf(
  { maxBufferSize, maxStorageBufferBindingSize }: GPUSupportedLimits,
  maxBufferBytes: number = Infinity,
): BufferLimit {
  const [tightest] = Object.entries({ maxStorageBufferBindingSize, maxBufferSize, maxBufferBytes })
    .sort(([, x], [, y]) => x - y);
  const [name, bytes] = tightest!;
  return { name, bytes: Math.floor(bytes / 16) * 16 };
}

/**
 * Throws if a program uses a buffer beyond the limit; the error describes the largest one by the kernel that writes it.
 *
 * @param limit Limit of the device.
 * @param program Program.
 * @param lowered Its dispatches and their buffers.
 * @throws {BufferLimitError} If a buffer is too large.
 */
export function requireBindable(
  limit: BufferLimit,
  program: Program,
  { buffers, dispatches }: Lowered,
): void {
  const used = new Set(dispatches.flatMap((dispatch) => dispatch.buffers));
  const [largest] = [...used].sort((x, y) => buffers[y]!.bytes - buffers[x]!.bytes);
  if (largest === undefined || buffers[largest]!.bytes <= limit.bytes) return;
  const writer = dispatches.find(({ pass, buffers }) =>
    pass.bindings.some(({ written }, i) => written && buffers[i] === largest)
  );
  throw new BufferLimitError({
    what: writer
      ? `${describeBuffer(largest, program)} of ${describeStep(writer.step, program)}`
      : "an argument",
    bytes: buffers[largest]!.bytes,
    limit: limit.name,
    limitBytes: limit.bytes,
  });
}

function describeBuffer(id: number, program: Program): string {
  return id < program.buffers.length ? "the result" : "the scratch memory";
}

function describeStep(step: number, program: Program): string {
  const { kernel, scopes = [] } = program.steps[step]!;
  return scopes.length > 0 ? `"${kernel.name}" in the scope "${scopes.join(", ")}"` : `"${kernel.name}"`;
}
