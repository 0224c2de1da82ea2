/**
 * Files of `torch.save`, read without executing anything from them.
 *
 * @module
 */
export { PickledObject } from "./pickle_machine.ts";
export { TorchStorage, TorchTensor } from "./torch_tensor.ts";
export { readTorchFile } from "./torch_zip.ts";
