/**
 * Test helpers for PointConv layers: all results of a layer, up to second derivatives.
 * @module
 */
import { gradients, type Mode, type NetworkState } from "@gasp/autograd";
import { type Device, evaluate, mul, reference, square, sum } from "@gasp/tensor";
import { toBatchMajor, toPointMajor } from "./layout.ts";
import type { Neighbourhood } from "../tables/neighbourhood.ts";
import { type ContractOptions, pointConv } from "./point_conv.ts";
import type { ConvTables } from "../tables/tables.ts";
import { randomTensor } from "../testing.ts";

/** A layer under test. */
export interface LayerUnderTest {
  /** Its parameters and statistics. */
  readonly layer: NetworkState;
  /** Its points. */
  readonly neighbourhood: Neighbourhood;
  /** Batch size. */
  readonly batch: number;
  /** Input channels. */
  readonly channels: number;
}

/** Options of {@link everything}. */
export interface EvaluateOptions extends ContractOptions {
  /** Training or evaluation. */
  readonly mode: Mode;
  /** Device. Default: the reference interpreter. */
  readonly target?: Device;
}

/** Values by name. */
export type Outcome = Record<string, number[]>;

/**
 * Computes output, updated statistics, gradients, and the derivatives of the squared gradient with respect to features,
 * as in the R1 penalty.
 *
 * @param subject Layer.
 * @param tables Tables over its points.
 * @param options Mode, contraction, device.
 */
export async function everything(
  { layer, neighbourhood, batch, channels }: LayerUnderTest,
  tables: ConvTables,
  options: EvaluateOptions,
): Promise<Outcome> {
  const { clouds, points } = neighbourhood.outputs;
  const features = randomTensor("features", [batch, neighbourhood.inputs.points, channels]);
  const rows = toPointMajor(features, clouds === 1 ? "shared" : "own");
  const result = pointConv(rows, layer, tables, options.mode, options);
  const output = toBatchMajor(result.features, points);
  const loss = sum(mul(square(output), randomTensor("cotangent", output.shape)));
  const names = Object.keys(layer.params), wrt = names.map((name) => layer.params[name]!);
  const [first, ...forParams] = gradients([loss], [features, ...wrt]);
  const second = gradients([sum(square(first!))], [features, ...wrt]);
  const values = await evaluate({
    output,
    first: first!,
    ...result.statistics,
    ...Object.fromEntries(names.map((name, i) => [`gradient ${name}`, forParams[i]!])),
    ...Object.fromEntries(["features", ...names].map((name, i) => [`second ${name}`, second[i]!])),
  }, options.target ?? reference);
  const outcome: Outcome = {};
  for (const [name, x] of Object.entries(values)) {
    outcome[name] = [...await x.data()];
    x.dispose();
  }
  return outcome;
}

/**
 * Asserts that two outcomes agree. Errors are relative to the maximum magnitude of each kind (output, gradients, second
 * derivatives, statistics), since a gradient may be zero up to rounding.
 *
 * @param actual Computed values.
 * @param expected Expected values.
 * @param tolerance Maximum relative error. Default: 1e-12.
 */
export function assertSame(actual: Outcome, expected: Outcome, tolerance = 1e-12): void {
  const kindOf = (name: string) => name.split(" ")[0]!;
  const largest = new Map<string, number>();
  for (const [name, values] of Object.entries(expected)) {
    const before = largest.get(kindOf(name)) ?? Number.MIN_VALUE;
    largest.set(kindOf(name), values.reduce((most, value) => Math.max(most, Math.abs(value)), before));
  }
  if (Object.keys(actual).join() !== Object.keys(expected).join()) {
    throw new Error(`got ${Object.keys(actual)}, expected ${Object.keys(expected)}`);
  }
  for (const [name, values] of Object.entries(actual)) {
    values.forEach((value, i) => {
      const error = Math.abs(value - expected[name]![i]!) / largest.get(kindOf(name))!;
      if (!(error <= tolerance)) {
        throw new Error(`${name}[${i}] is ${value}, expected ${expected[name]![i]}: off by ${error}`);
      }
    });
  }
}
