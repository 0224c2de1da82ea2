/**
 * Fixtures of the hypernetwork and the function network (family e; section 3.2 of the paper).
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
 * Compares a hypernetwork, and the function networks whose weights it outputs.
 *
 * @param fixture Fixture of family e.
 * @param comparison Collects the errors.
 * @param device Device that computes.
 */
export async function compareFunction(
  fixture: Fixture,
  comparison: Comparison,
  device: Device,
): Promise<void> {
  const model = modelFrom(fixture);
  const params = fromHost(splitHypernetwork(fixture.floatsUnder("param."), model));
  const latents = fixture.tensor("in.z");
  const frequencies = model.fourier ? fixture.tensor("param.frequency_matrix") : undefined;

  const layers = hypernetwork(params, model, latents);
  const encoding = encodeCoordinates(fixture.tensor("in.coordinates"), frequencies);
  const features = functionNetwork(encoding, layers);
  const loss = sum(mul(features, fixture.tensor("in.grad_out")));
  const names = Object.keys(params);
  const [forLatents, ...forParams] = gradients([loss], [latents, ...names.map((name) => params[name]!)]);

  const outputs = [...layers.map((layer) => layer.weight), ...layers.map((layer) => layer.bias)];
  const inParts = await observe(Object.fromEntries(outputs.map((part, i) => [String(i), part])), device);
  comparison.relative("out.hypernet", concatRows([...inParts.values()], latents.shape[0]!));
  const observed = await observe({
    "out.encoding": encoding,
    "out.features": features,
    "out.loss": loss,
    "grad.z": forLatents!,
  }, device);
  for (const [name, values] of observed) comparison.relative(name, values);
  const parts = Object.fromEntries(names.map((name, i) => [name, forParams[i]!]));
  for (const [name, values] of Object.entries(joinedRecord(await observe(parts, device), parts, model))) {
    comparison.relative(`grad.${name}`, values.data);
  }
}

/**
 * Concatenates the parameters of the hypernetwork's output layer, so that they have the names of the reference code.
 *
 * @param observed Elements by name.
 * @param tensors Tensors of the same names, for their shapes.
 * @param model The networks.
 */
export function joinedRecord(
  observed: Observed,
  tensors: { readonly [name: string]: Tensor },
  model: FunctionModel,
): ReturnType<typeof joinHypernetwork> {
  const record = Object.entries(tensors).map(([name, { shape }]) =>
    [name, { shape, data: Float32Array.from(observed.get(name)!) }] as const
  );
  return joinHypernetwork(Object.fromEntries(record), model);
}

/** Concatenates arrays `[batch, ...]` to `[batch, total]`. */
function concatRows(parts: readonly ArrayLike<number>[], batch: number): number[] {
  return Array.from({ length: batch }, (_, row) =>
    parts.flatMap((part) => {
      const size = part.length / batch;
      return Array.from(part).slice(row * size, (row + 1) * size);
    })).flat();
}

/** Infers the networks from shapes of tensors and the stored partition, `[start, end, out, in]` for each weight. */
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

/** Names that match a pattern, in the order of the number in them. */
function numbered(fixture: Fixture, pattern: RegExp): string[] {
  const number = (name: string) => Number(pattern.exec(name)![1]);
  return fixture.names.filter((name) => pattern.test(name)).sort((a, b) => number(a) - number(b));
}
