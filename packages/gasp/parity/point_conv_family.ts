/**
 * Fixtures of one PointConv layer (families a and b; section 3.3 of the paper): outputs, intermediate values and gradients
 * in training and evaluation mode.
 * @module
 */
import { gradients, type Mode } from "@gasp/autograd";
import {
  type ConvTables,
  convTables,
  type Neighbourhood,
  project,
  sumNeighbours,
  toPointMajor,
  weightNet,
} from "@gasp/pointconv";
import { type Device, mul, sum, type Tensor } from "@gasp/tensor";
import type { Comparison } from "./comparison.ts";
import type { Fixture } from "./fixture.ts";
import { observe } from "./observe.ts";
import {
  biasesBeforeNorm,
  byChannel,
  offsetsByChannel,
  pointsOf,
  repeatedCoordinates,
  splitStatistics,
  storedNeighbourhood,
  toReferenceLayout,
} from "./shared.ts";

/**
 * Compares a PointConv layer.
 *
 * @param fixture Fixture of family a or b.
 * @param comparison Collects the errors.
 * @param device Device that computes.
 */
export async function comparePointConv(
  fixture: Fixture,
  comparison: Comparison,
  device: Device,
): Promise<void> {
  const points = pointsOf(fixture, "in.coordinates", "idx.neighbors");
  const neighbourhood = storedNeighbourhood(fixture, points, "idx.");
  const tables = convTables(neighbourhood);
  for (const mode of ["train", "eval"] as const) {
    const tensors = layerTensors(fixture, neighbourhood, tables, mode);
    for (const [name, values] of await observe(tensors, device)) comparison.relative(name, values);
    const coordinates = `${mode}.out.coordinates`, stored = fixture.floats(coordinates).data.length;
    comparison.relative(coordinates, repeatedCoordinates(neighbourhood.outputs, stored));
  }
  for (const name of biasesBeforeNorm(Object.keys(fixture.floatsUnder("param.")))) {
    comparison.exclude(`train.grad.${name}`);
  }
}

/** All results of a mode, by name. */
function layerTensors(
  fixture: Fixture,
  neighbourhood: Neighbourhood,
  tables: ConvTables,
  mode: Mode,
): Record<string, Tensor> {
  const { params, statistics } = splitStatistics(fixture.tensorsUnder("param."));
  const { clouds } = neighbourhood.outputs;
  const features = fixture.tensor("in.features");
  const rows = toPointMajor(features, clouds === 1 ? "shared" : "own");
  const net = weightNet(tables, { params, statistics }, { mode, copies: rows.shape[1]! });
  const sums = sumNeighbours(rows, net.weights, tables.neighbours);
  const output = toReferenceLayout(project(sums, params), neighbourhood);
  const left = mode === "train" ? biasesBeforeNorm(Object.keys(statistics)) : new Set<string>();
  const trained = Object.keys(params).filter((name) => !left.has(name));
  const [forFeatures, ...forParams] = gradients(
    [sum(mul(output, fixture.tensor("in.grad_out")))],
    [features, ...trained.map((name) => params[name]!)],
  );
  return {
    [`${mode}.out.features`]: output,
    [`${mode}.mid.weightnet_in`]: offsetsByChannel(tables, clouds),
    [`${mode}.mid.weightnet_out`]: byChannel(net.weights, clouds),
    [`${mode}.mid.linear_in`]: toReferenceLayout(sums, neighbourhood),
    [`${mode}.grad.features`]: forFeatures!,
    ...Object.fromEntries(trained.map((name, i) => [`${mode}.grad.${name}`, forParams[i]!])),
    ...(mode === "train" &&
      Object.fromEntries(Object.entries(net.statistics).map(([name, x]) => [`train.after.${name}`, x]))),
  };
}
