/**
 * Fixtures of the hypernetwork and the function network (family e).
 * @module
 */
import { gradients } from "@gasp/autograd";
import { type Device, mul, sum, type Tensor } from "@gasp/tensor";
import { encodeCoordinates } from "../model/fourier.ts";
import { functionNetwork } from "../model/function_network.ts";
import { fromHost } from "../state/host_record.ts";
import type { FunctionModel } from "../model/function_model.ts";
import { hypernetwork } from "../model/hypernetwork.ts";
import { joinHypernetwork, splitHypernetwork } from "../model/hypernetwork_record.ts";
import type { Comparison } from "./comparison.ts";
import type { Fixture } from "./fixture.ts";
import { observe, type Observed } from "./observe.ts";

/**
 * Compares a hypernetwork with the functions that it writes.
 *
 * @param fixture The file.
 * @param comparison Where errors are collected.
 * @param device Where to compute.
 */
export async function compareFunction(
  fixture: Fixture,
  comparison: Comparison,
  device: Device,
): Promise<void> {
  const model = modelFrom(fixture);
  const params = fromHost(splitHypernetwork(fixture.floatsBehind("param."), model));
  const latents = fixture.tensor("in.z");
  const frequencies = model.fourier ? fixture.tensor("param.frequency_matrix") : undefined;

  const layers = hypernetwork(params, model, latents);
  const encoding = encodeCoordinates(fixture.tensor("in.coordinates"), frequencies);
  const features = functionNetwork(encoding, layers);
  const loss = sum(mul(features, fixture.tensor("in.grad_out")));
  const names = Object.keys(params);
  const [forLatents, ...forParams] = gradients([loss], [latents, ...names.map((name) => params[name]!)]);

  const written = [...layers.map((layer) => layer.weight), ...layers.map((layer) => layer.bias)];
  const inParts = await observe(Object.fromEntries(written.map((part, i) => [String(i), part])), device);
  comparison.relative("out.hypernet", rowByRow([...inParts.values()], latents.shape[0]!));
  const observed = await observe({
    "out.encoding": encoding,
    "out.features": features,
    "out.loss": loss,
    "grad.z": forLatents!,
  }, device);
  for (const [name, values] of observed) comparison.relative(name, values);
  const parts = Object.fromEntries(names.map((name, i) => [name, forParams[i]!]));
  for (const [name, values] of Object.entries(joined(await observe(parts, device), parts, model))) {
    comparison.relative(`grad.${name}`, values.data);
  }
}

/**
 * Tensors of the hypernetwork, observed in parts, under the names of the original.
 *
 * @param observed Values by name.
 * @param recipes Tensors of the same names, for their shapes.
 * @param model The networks.
 */
export function joined(
  observed: Observed,
  recipes: { readonly [name: string]: Tensor },
  model: FunctionModel,
): ReturnType<typeof joinHypernetwork> {
  const record = Object.entries(recipes).map(([name, { shape }]) =>
    [name, { shape, data: Float32Array.from(observed.get(name)!) }] as const
  );
  return joinHypernetwork(Object.fromEntries(record), model);
}

/** Joins `[batch, ...]` parts to `[batch, all]`. */
function rowByRow(parts: readonly ArrayLike<number>[], batch: number): number[] {
  return Array.from({ length: batch }, (_, row) =>
    parts.flatMap((part) => {
      const size = part.length / batch;
      return Array.from(part).slice(row * size, (row + 1) * size);
    })).flat();
}

/** The networks that tensor shapes and the stored partition tell of; `[start, end, out, in]` for each weight. */
function modelFrom(fixture: Fixture): FunctionModel {
  const hidden = numbered(fixture, /^param\.(\d+)\.weight$/).map((name) => fixture.floats(name).shape);
  const weights = numbered(fixture, /^partition\.weight(\d+)$/).map((name) => fixture.integers(name).data);
  const frequencies = fixture.has("param.frequency_matrix")
    ? fixture.floats("param.frequency_matrix").shape
    : undefined;
  return {
    coordinateDim: fixture.floats("in.coordinates").shape[2]!,
    featureDim: fixture.floats("in.grad_out").shape[2]!,
    latentDim: fixture.floats("in.z").shape[1]!,
    hyperHidden: hidden.slice(0, -1).map((shape) => shape[0]!),
    functionHidden: weights.slice(0, -1).map((partition) => partition[2]!),
    fourier: frequencies ? { count: frequencies[0]!, sigma: 1 } : null,
  };
}

/** Names that match, in the order of the number in them. */
function numbered(fixture: Fixture, pattern: RegExp): string[] {
  const number = (name: string) => Number(pattern.exec(name)![1]);
  return fixture.names.filter((name) => pattern.test(name)).sort((a, b) => number(a) - number(b));
}
