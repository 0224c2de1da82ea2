/**
 * Inception features of pictures, from a file with the weights of the standard network, which the user supplies: safetensors,
 * evaluated by our own operations, or ONNX, evaluated by onnxruntime.
 *
 * @module
 */
import type { ImageDisplay } from "@gasp/datasets";
import {
  clamp,
  compile,
  type Device,
  matmul,
  mul,
  reshape,
  round,
  sub,
  type Tensor,
  tensor,
  transpose,
} from "@gasp/tensor";
import { UserError } from "../../config/user_error.ts";
import type { FeatureSpace, OpenFeatures } from "../core/features.ts";
import { broadcastChannels } from "./channels.ts";
import { inceptionFeaturesOf, inceptionWidth } from "./inception_network.ts";
import { readInceptionWeights } from "./inception_weights.ts";
import { openOnnx } from "./onnx_network.ts";
import type { PictureNetwork } from "./picture_network.ts";
import { type ResizeKind, resizeMatrix } from "./resize_pictures.ts";

/** Height and width that the network expects. */
const SIZE = 299;
/** Pictures per run. */
const BLOCK = 8;

/**
 * A file with the weights of the network.
 *
 * @category Metrics
 */
export interface InceptionFile {
  /** Name, which ends in `.safetensors` or `.onnx`. */
  readonly name: string;
  /** Contents. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Resizing and normalisation of pictures. Default: `pytorch-fid`, the paper's tool. */
  readonly resize?: ResizeKind;
}

/**
 * Returns the opener of the space of Inception features. Pictures are rounded to bytes, as files of pictures are; grey ones
 * are repeated in three channels.
 *
 * @param file Weights.
 * @returns An opener; it throws a {@linkcode UserError} if the items are no pictures or the file is not such a network.
 *
 * @category Metrics
 */
export function inceptionFeatures({ name, bytes, resize = "pytorch-fid" }: InceptionFile): OpenFeatures {
  return async ({ domain, device }): Promise<FeatureSpace> => {
    const { display } = domain;
    if (display.kind !== "image") throw new UserError("Inception features need pictures");
    const network = name.endsWith(".onnx") ? await openOnnx(bytes, name) : ownNetwork(bytes, name, device);
    const prepare = compile((values: Tensor) => preparedPictures(values, display, resize), { device });
    const size = display.height * display.width * display.channels;
    return {
      name: "inception",
      dimensions: network.width,
      protocol: {
        resize: `${resize}, ${display.height}×${display.width} to ${SIZE}×${SIZE}`,
        weights: name.replace(/^.*[/\\]/, ""),
        sha256: await sha256(bytes),
      },
      async extract(values, count) {
        const features = new Float32Array(count * network.width);
        for (let first = 0; first < count; first += BLOCK) {
          const some = Math.min(BLOCK, count - first);
          const block = new Float32Array(BLOCK * size);
          block.set(values.subarray(first * size, (first + some) * size));
          const pictures = await prepare(tensor(block, [BLOCK, size]));
          const found = await network.run(pictures);
          pictures.dispose();
          features.set(found.subarray(0, some * network.width), first * network.width);
        }
        return features;
      },
      release() {
        prepare.release();
        network.release();
      },
    };
  };
}

/**
 * Prepares pictures for the network.
 *
 * @param values Features in [-1, 1], `[batch, height · width · channels]`.
 * @param display Size of the pictures.
 * @param kind Resizing and normalisation.
 * @returns `[batch, 3, 299, 299]`, in [-1, 1].
 */
export function preparedPictures(values: Tensor, display: ImageDisplay, kind: ResizeKind): Tensor {
  const { height, width, channels } = display, [batch] = values.shape as [number];
  const bytes = clamp(round(mul(sub(values, -1), 127.5)), 0, 255);
  const planes = transpose(reshape(bytes, [batch, height, width, channels]), [0, 3, 1, 2]);
  const rows = tensor(resizeMatrix(height, SIZE, kind), [SIZE, height]);
  const columns = tensor(resizeMatrix(width, SIZE, kind), [SIZE, width]);
  const resized = matmul(matmul(rows, planes), transpose(columns));
  // pytorch-fid: 2 (b / 255) - 1; clean-fid: (b - 128) / 128 of values clipped after the cubic kernel's overshoot
  const scaled = kind === "pytorch-fid"
    ? sub(mul(resized, 2 / 255), 1)
    : mul(sub(clamp(resized, 0, 255), 128), 1 / 128);
  return broadcastChannels(scaled);
}

function ownNetwork(bytes: Uint8Array, name: string, device: Device): PictureNetwork {
  const weights = readInceptionWeights(bytes, name);
  const program = compile(inceptionFeaturesOf, { device });
  return {
    width: inceptionWidth(weights),
    async run(pictures) {
      const result = await program(weights, pictures);
      const features = Float32Array.from(await result.data());
      result.dispose();
      return features;
    },
    release: () => program.release(),
  };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
