/**
 * Layers, losses and initial parameters, as pure functions of trees of tensors. Layers without
 * parameters, such as `dropout`, `maxPool` or `gelu`, are in `@gasp/tensor`.
 *
 * @example A small network and its loss
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { crossEntropyLoss, initMlp, mlp, randomSource, relu } from "@gasp/autograd/nn";
 * import { tensor, zeros } from "@gasp/tensor";
 *
 * const layers = initMlp(randomSource({ seed: 1, stream: "network" }), [4, 16, 3]);
 * const logits = mlp(zeros([8, 4]), layers, relu);
 * const loss = crossEntropyLoss(logits, tensor(new Int32Array(8)));
 * assertEquals([logits.shape, loss.shape], [[8, 3], []]);
 * ```
 *
 * @module
 */
export * from "./activation.ts";
export * from "./apply_batch_norm.ts";
export * from "./attention.ts";
export * from "./batch_norm.ts";
export * from "./conv.ts";
export * from "./embedding.ts";
export * from "./init.ts";
export * from "./initializers.ts";
export * from "./layer_norm.ts";
export * from "./linear.ts";
export * from "./losses.ts";
export * from "./random_source.ts";
export * from "./state_dict.ts";
