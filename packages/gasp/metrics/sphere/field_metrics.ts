/**
 * Metrics of fields on the sphere: zonal means, angular power spectrum, marginal distribution, and the seam of flat maps.
 *
 * @module
 */
import { gridPoints, type SphereDisplay } from "@gasp/datasets";
import { matmul, square, type Tensor, tensor, transpose } from "@gasp/tensor";
import type { FeatureRequest, FeatureSpace } from "../core/features.ts";
import type { Domain } from "../core/items.ts";
import type { Metric } from "../core/metric.ts";
import { programFeatures } from "../features/program_features.ts";
import { logSpectralDistance } from "../statistics/mean_profile.ts";
import { profileMetric } from "../statistics/profile_metric.ts";
import { gridAreas, harmonicTransform } from "./harmonics.ts";
import { dateLineColumn } from "./seam.ts";

const onSphere = ({ display, coordinates }: Domain) =>
  display.kind === "sphere" && display.bounds === undefined && coordinates.length === 3 * gridPoints(display)
    ? undefined
    : "fields on the whole sphere";

const displayOf = ({ domain }: FeatureRequest) => domain.display as SphereDisplay;

/** Data units per unit of the feature. */
function unitsPerFeature({ display }: Domain): { readonly factor: number; readonly unit: string } {
  const { low, high, units } = (display as SphereDisplay).scale;
  return { factor: Math.abs(high - low) / 2, unit: units ?? "data units" };
}

/** Zonal means: the mean of each circle of latitude, `[latitudes]`. */
export function zonalMeans(request: FeatureRequest): FeatureSpace {
  const { latitudes, longitudes } = displayOf(request);
  return {
    name: "zonal means",
    dimensions: latitudes,
    protocol: {},
    extract(values, count) {
      const means = new Float64Array(count * latitudes);
      values.forEach((value, i) => means[Math.floor(i / longitudes)]! += value / longitudes);
      return Promise.resolve(means);
    },
  };
}

/** RMS over the sphere of the difference between mean zonal means. */
export const zonal: Metric = profileMetric({
  name: "zonal",
  summary: "RMS difference of the mean value of each latitude, in the data's units",
  source: "after Peixoto & Oort 1992, Physics of Climate, section 4.1",
  unsuited: onSphere,
  open: zonalMeans,
  unit: (domain) => unitsPerFeature(domain).unit,
  value(real, domain) {
    const { latitudes } = domain.display as SphereDisplay, areas = gridAreas(latitudes, 1);
    const { factor } = unitsPerFeature(domain);
    return (means) =>
      factor * Math.sqrt(means.reduce((sum, value, i) => sum + areas[i]! * (value - real[i]!) ** 2, 0));
  },
});

/** Largest degree of the angular spectrum. */
const MAX_DEGREE = 24;

/**
 * Opens the space of angular power spectra: `C_l = Σ_m a_lm² / (2 l + 1)` for the degrees that the grid resolves, from
 * coefficients by least squares weighted with areas.
 *
 * @param request Domain and device.
 */
export function angularSpectrum(request: FeatureRequest): FeatureSpace {
  const { latitudes, longitudes } = displayOf(request), { domain, device } = request;
  const degree = Math.min(MAX_DEGREE, Math.floor((latitudes - 1) / 2), Math.floor((longitudes - 1) / 2));
  const count = (degree + 1) ** 2, points = latitudes * longitudes;
  const transform = harmonicTransform(domain.coordinates, gridAreas(latitudes, longitudes), degree);
  const byDegree = new Float32Array(count * (degree + 1));
  for (let i = 0; i < count; i++) {
    const l = Math.floor(Math.sqrt(i));
    byDegree[i * (degree + 1) + l] = 1 / (2 * l + 1);
  }
  const forward = tensor(Float32Array.from(transform), [count, points]);
  const sums = tensor(byDegree, [count, degree + 1]);
  return programFeatures({
    name: "angular spectrum",
    size: points,
    dimensions: degree + 1,
    protocol: { degree },
    device,
    compute: (values: Tensor) => matmul(square(matmul(values, transpose(forward))), sums),
  });
}

/** Log-spectral distance between mean angular power spectra, in decibels. */
export const angular: Metric = profileMetric({
  name: "angular-spectrum",
  summary: "Distance in decibels between mean angular power spectra",
  source: "Gray & Markel 1976, of the spectrum of spherical harmonics",
  unsuited: onSphere,
  open: angularSpectrum,
  unit: () => "dB",
  value: (real) => (mean) => logSpectralDistance(mean, real),
});

/** Bins of a histogram over [-1, 1]. */
const BINS = 128;

/** Histogram of the values of each field, weighted by area, `[128]`. */
export function areaHistogram(request: FeatureRequest): FeatureSpace {
  const { latitudes, longitudes } = displayOf(request), areas = gridAreas(latitudes, longitudes);
  return {
    name: "histogram",
    dimensions: BINS,
    protocol: { bins: BINS },
    extract(values, count) {
      const shares = new Float64Array(count * BINS), points = areas.length;
      values.forEach((value, i) => {
        const bin = Math.min(BINS - 1, Math.max(0, Math.floor((value + 1) / 2 * BINS)));
        shares[Math.floor(i / points) * BINS + bin]! += areas[i % points]!;
      });
      return Promise.resolve(shares);
    },
  };
}

/** 1-Wasserstein distance between the distributions of single values. */
export const marginal: Metric = profileMetric({
  name: "marginal",
  summary: "Wasserstein distance between the distributions of single values, in the data's units",
  source: "Villani 2003, Topics in Optimal Transportation, equation 2.48",
  unsuited: onSphere,
  open: areaHistogram,
  unit: (domain) => unitsPerFeature(domain).unit,
  value(real, domain) {
    const { factor } = unitsPerFeature(domain);
    return (shares) => {
      let difference = 0, sum = 0;
      shares.forEach((share, bin) => {
        difference += share - real[bin]!;
        sum += Math.abs(difference);
      });
      return factor * sum * 2 / BINS;
    };
  },
});

/**
 * Mean absolute differences of neighbours on circles of latitude, poles excluded: across the meridian between the last column
 * and the first, across the date line, and elsewhere. A flat map has its edge at one of the first two: at 0° if longitudes run
 * from 0° to 360°, at the date line if they run from -180° to 180°.
 */
export function jumps(request: FeatureRequest): FeatureSpace {
  const { latitudes, longitudes } = displayOf(request), points = latitudes * longitudes;
  const dateLine = dateLineColumn(request.domain.coordinates, latitudes, longitudes), last = longitudes - 1;
  const kindOf = (column: number) => column === last ? 0 : column === dateLine ? 1 : 2;
  const columnsOf = [1, dateLine === last ? 0 : 1, dateLine === last ? last : last - 1];
  return {
    name: "jumps",
    dimensions: 3,
    protocol: {},
    extract(values, count) {
      const means = new Float64Array(3 * count);
      for (let item = 0; item < count; item++) {
        for (let row = 1; row < latitudes - 1; row++) {
          const first = item * points + row * longitudes;
          for (let column = 0; column < longitudes; column++) {
            const jump = Math.abs(values[first + column]! - values[first + (column + 1) % longitudes]!);
            const kind = kindOf(column);
            means[3 * item + kind]! += jump / ((latitudes - 2) * columnsOf[kind]!);
          }
        }
      }
      return Promise.resolve(means);
    },
  };
}

/**
 * Seam: the mean jump across 0° or the date line, the larger of both, over the mean jump elsewhere; about 1 without a seam.
 */
export const seam: Metric = profileMetric({
  name: "seam",
  summary:
    "Larger mean jump of those across 0° and the date line, over the mean jump between other neighbours",
  source: "figure 11 of Dupont et al. 2022, Generative Models as Distributions of Functions",
  direction: "real",
  unsuited: onSphere,
  open: jumps,
  value: () => ([zero, dateLine, elsewhere]) =>
    Math.max(zero!, dateLine!) / Math.max(elsewhere!, Number.MIN_VALUE),
});
