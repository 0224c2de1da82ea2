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
