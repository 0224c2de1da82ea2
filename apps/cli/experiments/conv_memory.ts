/**
 * Memory and time of the discriminator of a convolutional GAN on voxels, to compare with figure 8 of the paper.
 * @module
 */
import { adam, randomSource, valueAndGrad } from "@gasp/autograd";
import {
  type ConvDiscriminatorParams,
  crossEntropy,
  discriminateArrays,
  type GridModel,
  initConvDiscriminator,
} from "@gasp/gasp";
import {
  add,
  compile,
  disposeTree,
  type KernelDevice,
  randomNormal,
  type Tensor,
  tensor,
} from "@gasp/tensor";
import { bestSeconds } from "../bench/memory.ts";

/** Channels of the voxel discriminator of GASP (appendix A.1). */
const CHANNELS = [32, 64, 128, 256];

/** Memory and time at one resolution. */
export interface ConvMemory {
  /** Voxels along an axis. */
  readonly resolution: number;
  /** Voxels, all of which a convolution reads. */
  readonly voxels: number;
  /** Peak bytes of the program: temporaries, inputs and results. */
  readonly peakBytes: number;
  /** Seconds of the fastest of three runs of the program. */
  readonly seconds: number;
}

/**
 * Measures a discriminator step, real and generated batch and Adam's update, without the R1 penalty, as DCGAN has none.
 *
 * @param device Measured device.
 * @param resolution Voxels along an axis, at least 16.
 * @param batch Batch size.
 */
export async function convMemory(
  device: KernelDevice,
  resolution: number,
  batch: number,
): Promise<ConvMemory> {
  const voxels = resolution ** 3;
  const model: GridModel = {
    ...{ coordinateDim: 3, featureDim: 1, latentDim: 64 },
    generatorChannels: CHANNELS.toReversed(),
    discriminatorChannels: CHANNELS,
    grid: { shape: [resolution, resolution, resolution], kind: "regular" },
  };
  const params = initConvDiscriminator(randomSource({ seed: 0, stream: "discriminator" }), model);
  const noise = (stream: string) =>
    tensor(randomNormal({ seed: 0, stream, step: 0 }, batch * voxels), [batch, voxels, 1]);
  const optimizer = adam({ learningRate: 1e-4 });
  const step = compile((params: ConvDiscriminatorParams, real: Tensor, fake: Tensor) => {
    const { value, gradient } = valueAndGrad((params: ConvDiscriminatorParams) =>
      add(
        crossEntropy(discriminateArrays(params, model, real), "real", "logit"),
        crossEntropy(discriminateArrays(params, model, fake), "fake", "logit"),
      )
    )(params);
    return { loss: value, ...optimizer.update(params, gradient, optimizer.init(params)) };
  }, { device });
  const [real, fake] = [noise("real"), noise("fake")];
  const { temporaryBytes, externalBytes } = await step.plan(params, real, fake);
  disposeTree(await step(params, real, fake));
  const seconds = await bestSeconds(async () => {
    const again = await step(params, real, fake);
    await again.loss.data();
    disposeTree(again);
  });
  step.release();
  return { resolution, voxels, peakBytes: temporaryBytes + externalBytes, seconds };
}
