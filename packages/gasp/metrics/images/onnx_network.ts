/**
 * Networks from ONNX files, evaluated by onnxruntime-web, which is loaded with the first file.
 *
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import { messageOf, UserError } from "../../config/user_error.ts";
import type { PictureNetwork } from "./picture_network.ts";

/**
 * Opens an ONNX file with one input, `[batch, 3, height, width]`, and one output, `[batch, width, …]`, whose further axes
 * have size 1.
 *
 * @param bytes Contents of the file.
 * @param name Name of the file, for messages.
 * @throws {UserError} If it cannot be opened, or has other inputs or outputs.
 */
export async function openOnnx(bytes: Uint8Array, name: string): Promise<PictureNetwork> {
  const { env, InferenceSession, Tensor: OnnxTensor } = await import("onnxruntime-web");
  env.wasm.numThreads = 1;
  env.logLevel = "error";
  const session = await InferenceSession.create(bytes, { executionProviders: ["wasm"] })
    .catch((error: unknown) => {
      throw new UserError(`${name} cannot be opened as ONNX: ${messageOf(error)}`, error);
    });
  const { inputNames: [input, ...inputs], outputNames: [output, ...outputs] } = session;
  if (input === undefined || output === undefined || inputs.length > 0 || outputs.length > 0) {
    throw new UserError(`${name} must have one input and one output: export the features only`);
  }
  const evaluate = async (data: Float32Array, shape: readonly number[]) => {
    const results = await session.run({ [input]: new OnnxTensor("float32", data, shape) });
    const { dims, data: features } = results[output]!;
    const [batch, width, ...rest] = dims;
    if (batch !== shape[0] || width === undefined || rest.some((size) => size !== 1)) {
      throw new UserError(`${name} returns ${dims.join("×")} features for ${shape[0]} pictures`);
    }
    return { width, features: features as Float32Array };
  };
  // The width is found by a picture, since files need not declare it
  const { width } = await evaluate(new Float32Array(3 * 299 * 299), [1, 3, 299, 299]);
  return {
    width,
    async run(pictures: Tensor) {
      return (await evaluate(Float32Array.from(await pictures.data()), pictures.shape)).features;
    },
    release: () => void session.release(),
  };
}
