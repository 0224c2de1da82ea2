/**
 * Layers as functions of plain records of tensors; none has hidden state.
 * @module
 */
export * from "./activation.ts";
export * from "./batch_norm.ts";
export * from "./init.ts";
export * from "./linear.ts";
export * from "./apply_batch_norm.ts";
export * from "./state_dict.ts";
