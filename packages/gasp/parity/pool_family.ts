/**
 * Fixtures of average pooling over point neighbourhoods (family c).
 * @module
 */
import { gradients } from "@gasp/autograd";
import { pointPool, poolTables, toPointMajor } from "@gasp/pointconv";
import { type Device, mul, sum } from "@gasp/tensor";
import type { Comparison } from "./comparison.ts";
import type { Fixture } from "./fixture.ts";
import { observe } from "./observe.ts";
import { pointsOf, repeatedCoordinates, storedNeighbourhood, toReferenceLayout } from "./shared.ts";

/**
 * Compares a pooling layer.
 *
 * @param fixture Fixture of family c.
 * @param comparison Collects the errors.
 * @param device Device that computes.
 */
export async function comparePool(fixture: Fixture, comparison: Comparison, device: Device): Promise<void> {
  const points = pointsOf(fixture, "in.coordinates", "idx.neighbors");
  const neighbourhood = storedNeighbourhood(fixture, points, "idx.");
  const features = fixture.tensor("in.features");
  const layout = points.clouds === 1 ? "shared" : "own";
  const output = toReferenceLayout(
    pointPool(toPointMajor(features, layout), poolTables(neighbourhood)),
    neighbourhood,
  );
  const [gradient] = gradients([sum(mul(output, fixture.tensor("in.grad_out")))], [features]);
  const observed = await observe({ "out.features": output, "grad.features": gradient! }, device);
  for (const [name, values] of observed) comparison.relative(name, values);
  const stored = fixture.floats("out.coordinates").data.length;
  comparison.relative("out.coordinates", repeatedCoordinates(neighbourhood.outputs, stored));
}
