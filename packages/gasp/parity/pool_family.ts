/**
 * Fixtures of average pooling (family c).
 * @module
 */
import { gradients } from "@gasp/autograd";
import { pointPool, poolTables, toPointMajor } from "@gasp/pointconv";
import { type Device, mul, sum } from "@gasp/tensor";
import type { Comparison } from "./comparison.ts";
import type { Fixture } from "./fixture.ts";
import { observe } from "./observe.ts";
import { asStored, pointsOf, repeatedCoordinates, storedNeighbourhood } from "./shared.ts";

/**
 * Compares a pooling layer.
 *
 * @param fixture The file.
 * @param comparison Where errors are collected.
 * @param device Where to compute.
 */
export async function comparePool(fixture: Fixture, comparison: Comparison, device: Device): Promise<void> {
  const points = pointsOf(fixture, "in.coordinates", "idx.neighbors");
  const neighbourhood = storedNeighbourhood(fixture, points, "idx.");
  const features = fixture.tensor("in.features");
  const layout = points.clouds === 1 ? "shared" : "own";
  const output = asStored(
    pointPool(toPointMajor(features, layout), poolTables(neighbourhood)),
    neighbourhood,
  );
  const [gradient] = gradients([sum(mul(output, fixture.tensor("in.grad_out")))], [features]);
  const observed = await observe({ "out.features": output, "grad.features": gradient! }, device);
  for (const [name, values] of observed) comparison.relative(name, values);
  const stored = fixture.floats("out.coordinates").data.length;
  comparison.relative("out.coordinates", repeatedCoordinates(neighbourhood.outputs, stored));
}
