/**
 * Generator files: the weights of a generator as a safetensors file, with the tensor names of the method's reference code,
 * and the configuration and display of its run as metadata.
 * @module
 */
import type { Tree } from "@gasp/tensor";
import { UserError } from "../config/user_error.ts";
import type { WeightsKind } from "../methods/core/function_generator.ts";
import { stackWeights, weightsLayout } from "../methods/core/state_record.ts";
import { methodOf } from "../methods/table.ts";
import { stackedFile } from "../state/stack.ts";

import { type CheckpointInfo, GENERATOR_FORMAT, metadataOf } from "./metadata.ts";

/**
 * Writes a generator file.
 *
 * @param info Step, configuration and display of the checkpoint.
 * @param weights Result of the checkpoint's `readWeights`.
 * @param kind Which weights these are.
 * @returns The file in chunks.
 * @throws {UserError} If the method has no generator.
 * @category Checkpoints
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { asGasp, initialGenerator, resolveRunConfig } from "@gasp/gasp";
 * import { generatorFile } from "@gasp/gasp/import";
 * import { blobAccess, openSafetensors } from "@gasp/tensor";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), weights = initialGenerator(config.model, 0);
 * const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;
 * const parts = await Array.fromAsync(generatorFile({ step: 0, config, display }, weights, "latest"));
 * const file = blobAccess(new Blob(parts as BlobPart[]));
 * const { entries } = await openSafetensors(file);
 * assert(entries.size > 0);
 * ```
 */
export function generatorFile(
  info: CheckpointInfo,
  weights: Tree,
  kind: WeightsKind,
): AsyncIterable<Uint8Array> {
  const { config } = info, method = methodOf(config);
  const layout = weightsLayout(method, config, kind);
  if (!layout) throw new UserError(`the method ${method.name} has no generator to export`);
  const stacks = [...stackWeights(layout, weights)].map(([name, stack]) =>
    [method.exportedName?.(name) ?? name, stack] as const
  );
  const kindInFile = layout.kind === "ema" ? "average" : "latest";
  return stackedFile(new Map(stacks), [...metadataOf(GENERATOR_FORMAT, info), ["weights", kindInFile]]);
}
