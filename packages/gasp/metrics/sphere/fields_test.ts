/** Metrics of fields agree with SciPy and with closed forms. @module */
import { sphereCoordinates } from "@gasp/datasets";
import { randomNormal } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ItemSet } from "../core/features.ts";
import { itemsOf } from "../core/items.ts";
import type { MetricContext } from "../core/metric.ts";
import { device, numbers, readValues } from "../metrics_testing.ts";
import { valueFeatures } from "../features/values.ts";
import { angular, angularSpectrum, areaHistogram, marginal, seam, zonal } from "./field_metrics.ts";
import { gridAreas, harmonicTransform, sphericalHarmonics } from "./harmonics.ts";

const { harmonics, wasserstein } = await readValues("statistics.json");

Deno.test("sphericalHarmonics() agree with SciPy, at the pole too", () => {
  const { degree, points, values } = harmonics;
  const places = numbers(points), expected = numbers(values), count = (degree + 1) ** 2;
  for (let point = 0; point < places.length / 3; point++) {
    const [x, y, z] = places.subarray(3 * point, 3 * point + 3) as unknown as [number, number, number];
    const found = sphericalHarmonics(degree, x, y, z);
    found.forEach((value, i) =>
      assertAlmostEquals(value, expected[point * count + i]!, 2e-5, `${point} ${i}`)
    );
  }
});

const LATITUDES = 19, LONGITUDES = 36, POINTS = LATITUDES * LONGITUDES;
const coordinates = sphereCoordinates(LATITUDES, LONGITUDES), areas = gridAreas(LATITUDES, LONGITUDES);

Deno.test("gridAreas() integrate polynomials of the height", () => {
  const integral = (power: number) =>
    areas.reduce((sum, area, i) => sum + area * coordinates[3 * i + 2]! ** power, 0);
  assertAlmostEquals(integral(0), 1, 1e-12);
  assertAlmostEquals(integral(1), 0, 1e-6);
  assertAlmostEquals(integral(2), 1 / 3, 5e-3);
});

Deno.test("harmonicTransform() recovers the coefficients on a grid and on scattered points", () => {
  const scattered = randomNormal({ seed: 1, stream: "test", step: 0 }, 600);
  for (let i = 0; i < 600; i += 3) {
    const length = Math.hypot(...scattered.subarray(i, i + 3));
    for (let axis = 0; axis < 3; axis++) scattered[i + axis]! /= length;
  }
  const coefficients = randomNormal({ seed: 1, stream: "test", step: 1 }, 49);
  for (
    const [points, weights] of [[coordinates, areas], [scattered, new Float64Array(200).fill(1)]] as const
  ) {
    const count = weights.length, transform = harmonicTransform(points, weights, 6);
    const found = new Float64Array(49);
    for (let point = 0; point < count; point++) {
      const [x, y, z] = [points[3 * point]!, points[3 * point + 1]!, points[3 * point + 2]!];
      const value = sphericalHarmonics(6, x, y, z).reduce((sum, y, i) => sum + y * coefficients[i]!, 0);
      for (let i = 0; i < 49; i++) found[i]! += transform[i * count + point]! * value;
    }
    found.forEach((value, i) => assertAlmostEquals(value, coefficients[i]!, 1e-5));
  }
  assertThrows(() => harmonicTransform([0, 0, 1, 1, 0, 0], [1, 1], 2), RangeError, "lower the degree");
});

const domain = {
  name: "fields",
  coordinates,
  pointCount: POINTS,
  coordinateDim: 3,
  featureDim: 1,
  display: {
    kind: "sphere",
    latitudes: LATITUDES,
    longitudes: LONGITUDES,
    scale: { low: 200, high: 300, units: "K" },
  },
} as const;

const fields = (...functions: ((x: number, y: number, z: number, i: number) => number)[]) =>
  itemsOf(
    Float32Array.from({ length: functions.length * POINTS }, (_, i) => {
      const at = 3 * (i % POINTS);
      return functions[Math.floor(i / POINTS)]!(
        coordinates[at]!,
        coordinates[at + 1]!,
        coordinates[at + 2]!,
        i % POINTS,
      );
    }),
    POINTS,
  );

const flat = () => 0;
const reference = fields(flat, (_x, _y, z) => 0.1 * z);
const request = { reference, domain, device };
const context: MetricContext = {
  domain,
  device,
  seed: 0,
  resamples: 10,
  features: valueFeatures,
  open: async (open) => await open(request),
};

const valueOf = async (metric: typeof zonal, items: typeof reference, name = metric.name) =>
  (await (await metric.prepare(new ItemSet(reference), context)).compare(new ItemSet(items)))[name]!.value;

Deno.test("metrics of fields become worse with noise and with a shift", async () => {
  const noise = randomNormal({ seed: 2, stream: "test", step: 0 }, POINTS);
  const changed = (strength: number, shift: number) =>
    fields(
      (_x, _y, _z, i) => strength * noise[i]! + shift,
      (_x, _y, z, i) => 0.1 * z + strength * noise[i]! + shift,
    );
  for (
    const [metric, change] of [
      [angular, (strength: number) => changed(strength, 0)],
      [marginal, (strength: number) => changed(strength, 0)],
      [zonal, (strength: number) => changed(0, strength)],
      [marginal, (strength: number) => changed(0, strength)],
    ] as const
  ) {
    const values = [];
    for (const strength of [0.01, 0.05, 0.2]) values.push(await valueOf(metric, change(strength)));
    assert(values[0]! < values[1]! && values[1]! < values[2]!, `${metric.name} ${values}`);
  }
});

Deno.test("angularSpectrum() has the power of one harmonic at its degree alone", async () => {
  const space = angularSpectrum(request);
  const third = (x: number, y: number, z: number) => 2 * sphericalHarmonics(3, x, y, z)[9 + 3 - 2]!;
  const powers = await space.extract(await fields(third).read(0, 1), 1);
  assertEquals(powers.length, 10);
  powers.forEach((power, degree) => assertAlmostEquals(power, degree === 3 ? 4 / 7 : 0, 1e-4));
  space.release!();
});

Deno.test("zonal is the shift of all values in the data's units, and 0 for the reference", async () => {
  assertEquals(await valueOf(zonal, reference), 0);
  const shifted = fields(() => 0.2, (_x, _y, z) => 0.2 + 0.1 * z);
  assertAlmostEquals(await valueOf(zonal, shifted), 0.2 * 50, 1e-4);
});

Deno.test("angular-spectrum of doubled fields is 6 dB in each degree that has power", async () => {
  const waves = (scale: number) => fields((x, y, z) => scale * (1 + x + y * z + x * y * z));
  const prepared = await angular.prepare(new ItemSet(waves(0.1)), context);
  const value = (await prepared.compare(new ItemSet(waves(0.2))))["angular-spectrum"]!.value;
  // Four of the ten degrees: constant, linear, quadratic and cubic
  assertAlmostEquals(value, 20 * Math.log10(2) * Math.sqrt(4 / 10), 1e-3);
});

Deno.test("marginal agrees with SciPy's Wasserstein distance within the width of a bin", async () => {
  const shares = (values: Float64Array) => {
    const inside = values.map((value) => Math.min(1, Math.max(-1, value)));
    return fields((_x, _y, _z, i) => inside[i % inside.length]!);
  };
  // Weighted by area, a whole field of one value per point has no simple marginal: constant fields have
  const [a, b] = [numbers(wasserstein.a), numbers(wasserstein.b)];
  const constant = (values: Float64Array) => fields(...Array.from(values, (value) => () => value));
  const prepared = await marginal.prepare(new ItemSet(constant(a)), context);
  const { value } = (await prepared.compare(new ItemSet(constant(b))))["marginal"]!;
  assertAlmostEquals(value, 50 * wasserstein.value, 50 / 64);
  const histogram = areaHistogram(request);
  const sums = await histogram.extract(await shares(a).read(0, 1), 1);
  assertAlmostEquals(Array.from(sums).reduce((total, share) => total + share, 0), 1, 1e-12);
});

Deno.test("seam is near 1 for functions of space and large for functions of longitude", async () => {
  const smooth = await valueOf(seam, fields((x, y) => 0.3 * x + 0.2 * y));
  assert(Math.abs(smooth - 1) < 0.8, `${smooth}`);
  const torn = await valueOf(seam, fields((x, y) => Math.atan2(-y, -x) / 4));
  assertAlmostEquals(torn, 35, 0.01);
  // At the date line, as flat maps of the method grid
  assertAlmostEquals(await valueOf(seam, fields((x, y) => Math.atan2(y, x) / 4)), 35, 0.01);
});

Deno.test("seam grows with the jump where a flat map has its edges", async () => {
  const values = [];
  for (const strength of [0, 0.1, 0.3]) {
    const stepped = fields((x, y, z) => z + 0.2 * x + strength * Math.atan2(y, x) / Math.PI);
    values.push(await valueOf(seam, stepped));
  }
  assert(values[0]! < values[1]! && values[1]! < values[2]!, values.join());
});
