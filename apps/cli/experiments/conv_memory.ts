/**
 * Memory and time of the discriminator of a convolutional GAN on voxels, to compare with figure 8 of the paper.
 * @module
 */
import { convDiscriminatorPhase, convgan, type ConvganConfig, type ConvganState } from "@gasp/gasp";
import { compile, disposeTree, type KernelDevice, randomNormal, type Tensor, tensor } from "@gasp/tensor";
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
 * Measures what {@linkcode benchMemory} does for GASP: the discriminator's half of a step, with the generated batch and the R1
 * penalty, without Adam's update.
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
  const voxels = resolution ** 3,
    latentDim = 64,
    { digits } = convgan.presets as Record<string, ConvganConfig>;
  const config: ConvganConfig = {
    ...digits!,
    model: {
      ...{ coordinateDim: 3, featureDim: 1, latentDim },
      generatorChannels: CHANNELS.toReversed(),
      discriminatorChannels: CHANNELS,
      grid: { shape: [resolution, resolution, resolution], kind: "regular" },
    },
  };
  const { generator, statistics, discriminator } = convgan.initialState(config);
  const networks = { generator, statistics, discriminator };
  const noise = (stream: string, shape: readonly number[]) =>
    tensor(randomNormal({ seed: 0, stream, step: 0 }, shape.reduce((a, b) => a * b)), shape);
  const step = compile(
    (
      networks: Pick<ConvganState, "generator" | "statistics" | "discriminator">,
      real: Tensor,
      latents: Tensor,
    ) => convDiscriminatorPhase(config, networks, real, latents),
    { device },
  );
  const real = noise("real", [batch, voxels, 1]), latents = noise("latents", [batch, latentDim]);
  const { temporaryBytes, externalBytes } = await step.plan(networks, real, latents);
  disposeTree(await step(networks, real, latents));
  const seconds = await bestSeconds(async () => {
    const again = await step(networks, real, latents);
    await again.losses.discriminator.data();
    disposeTree(again);
  });
  step.release();
  return { resolution, voxels, peakBytes: temporaryBytes + externalBytes, seconds };
}
