/**
 * The radial power spectrum of pictures: the power of the discrete Fourier transform, averaged over channels and over rings of
 * equal frequency. Generators of pictures differ from real ones at high frequencies (Durall et al., Watch your Up-Convolution,
 * 2020, section 3.1).
 *
 * @module
 */
import type { ImageDisplay } from "@gasp/datasets";
import {
  add,
  type Device,
  matmul,
  mean,
  reshape,
  square,
  sub,
  type Tensor,
  tensor,
  transpose,
} from "@gasp/tensor";
import type { FeatureRequest, FeatureSpace } from "../core/features.ts";
import type { Metric } from "../core/metric.ts";
import { programFeatures } from "../features/program_features.ts";
import { logSpectralDistance } from "../statistics/mean_profile.ts";
import { profileMetric } from "../statistics/profile_metric.ts";

/**
 * Opens the space of radial power spectra. Band f averages the frequencies whose distance from 0, in cycles per picture of
 * the shorter side, rounds to f.
 *
 * @param display Size of the pictures.
 * @param device Device to compute on.
 * @returns Features of `⌊min(height, width) / 2⌋ + 1` bands.
 */
export function radialSpectrum(
  { height, width, channels }: ImageDisplay,
  device: Device,
): FeatureSpace {
  const bands = Math.floor(Math.min(height, width) / 2) + 1;
  const rows = fourierMatrices(height), columns = fourierMatrices(width);
  const rings = ringMatrix(height, width, bands);
  return programFeatures({
    name: "radial spectrum",
    size: height * width * channels,
    dimensions: bands,
    protocol: { bands },
    device,
    compute(values) {
      const [block] = values.shape as [number];
      const planes = transpose(reshape(values, [block, height, width, channels]), [0, 3, 1, 2]);
      const along = (matrix: Tensor) => matmul(matrix, planes);
      const cosine = along(rows.cosine), sine = along(rows.sine);
      // exp(-i (a + b)) = cos a cos b - sin a sin b - i (sin a cos b + cos a sin b)
      const real = sub(matmul(cosine, columns.cosine), matmul(sine, columns.sine));
      const imaginary = add(matmul(sine, columns.cosine), matmul(cosine, columns.sine));
      const power = mean(add(square(real), square(imaginary)), { axes: 1 });
      return matmul(reshape(power, [block, height * width]), rings);
    },
  });
}

/** Symmetric matrices cos(2π j k / n) and sin(2π j k / n) over n. */
function fourierMatrices(size: number): { readonly cosine: Tensor; readonly sine: Tensor } {
  const matrix = (wave: (angle: number) => number) =>
    tensor(
      Float32Array.from(
        { length: size * size },
        (_, i) => wave(2 * Math.PI * ((Math.floor(i / size) * (i % size)) % size) / size) / size,
      ),
      [size, size],
    );
  return { cosine: matrix(Math.cos), sine: matrix(Math.sin) };
}

/** Averages over rings, `[height · width, bands]`; frequencies beyond the last band are left out. */
function ringMatrix(height: number, width: number, bands: number): Tensor {
  const rings = new Float32Array(height * width * bands), sizes = new Float32Array(bands);
  const frequency = (index: number, size: number) => Math.min(index, size - index) / size;
  const bandOf = (i: number) =>
    Math.round(
      Math.min(height, width) *
        Math.hypot(frequency(Math.floor(i / width), height), frequency(i % width, width)),
    );
  for (let i = 0; i < height * width; i++) if (bandOf(i) < bands) sizes[bandOf(i)]!++;
  for (let i = 0; i < height * width; i++) {
    if (bandOf(i) < bands) rings[i * bands + bandOf(i)] = 1 / sizes[bandOf(i)]!;
  }
  return tensor(rings, [height * width, bands]);
}

function openRadialSpectrum({ domain, device }: FeatureRequest): FeatureSpace {
  return radialSpectrum(domain.display as ImageDisplay, device);
}

/** Spectral distance: the log-spectral distance between mean radial power spectra, in decibels. */
export const spectral: Metric = profileMetric({
  name: "spectrum",
  summary: "Distance in decibels between mean radial power spectra of pictures",
  source: "Durall et al. 2020, Watch your Up-Convolution; Gray & Markel 1976",
  unsuited: ({ display }) => display.kind === "image" ? undefined : "pictures",
  open: openRadialSpectrum,
  unit: () => "dB",
  value: (real) => (mean) => logSpectralDistance(mean, real),
});
