/**
 * The discriminator kind `pointconv` (section 3.3 of the paper).
 * @module
 */
import { type Coordinates, toPointMajor } from "@gasp/pointconv";
import { broadcastTo, concatenate, expandDims, type Tensor } from "@gasp/tensor";
import { UserError } from "../../../../config/user_error.ts";
import {
  fields,
  listOf,
  numberWithin,
  oneOf,
  optionalField,
  positiveNumber,
  type Schema,
  trueOrFalse,
  variants,
  wholeNumber,
} from "../../../../config/validate.ts";
import type { Discriminator, DiscriminatorKind } from "../core/discriminator.ts";
import type { ConvLayer, LayerConfig, PointConvConfig, PointConvNetwork, PoolLayer } from "./config.ts";
import { discriminate, evaluateWeightNets, type WeightNetOutputs } from "./discriminate.ts";
import { MAX_LAYERS, networkSize } from "../../../core/schemas.ts";
import { discriminatorShapes } from "./shapes.ts";
import { type DiscriminatorTables, TableBuilder, tracedDiscriminatorTables } from "./tables.ts";

const layer: Schema<LayerConfig> = variants<LayerConfig>("kind", {
  conv: fields<ConvLayer>({
    kind: oneOf(["conv"]),
    channels: networkSize,
    points: wholeNumber(1),
    neighbours: wholeNumber(1),
    radius: optionalField(positiveNumber()),
    weightNetSizes: optionalField(listOf(wholeNumber(1, 1024), 1, MAX_LAYERS)),
  }),
  pool: fields<PoolLayer>({
    kind: oneOf(["pool"]),
    points: wholeNumber(1),
    neighbours: wholeNumber(1),
    radius: optionalField(positiveNumber()),
  }),
});

const schema: Schema<PointConvConfig> = fields<PointConvConfig>({
  kind: oneOf(["pointconv"]),
  layers: listOf(layer, 1, MAX_LAYERS),
  norm: numberWithin(1, 1e6, "a number of at least 1"),
  head: optionalField(listOf(networkSize, 1, MAX_LAYERS)),
  featureNorm: optionalField(oneOf(["batch", "none"])),
  weightNorm: optionalField(oneOf(["batch", "none"])),
  positions: optionalField(trueOrFalse()),
});

/** Points, prepared for the discriminator. */
export interface PointConvPoints {
  /** Tables of all layers. */
  readonly tables: DiscriminatorTables;
  /** `[points, coordinateDim]` or `[batch, points, coordinateDim]`; present if the first layer reads coordinates. */
  readonly positions?: Tensor;
}

/** PointConv as a kind of discriminator. */
export const pointConvKind: DiscriminatorKind<PointConvConfig> = {
  schema,
  check: checkLayers,
  checkPoints: ({ layers }, { count, reason, where }) => checkReads(layers[0]!, 0, count, reason, where),
  open: (config, { coordinateDim, featureDim }) => openPointConv({ ...config, coordinateDim, featureDim }),
};

/**
 * Constructs a PointConv discriminator.
 *
 * @param network Configuration, and dimensions of the data.
 */
export function openPointConv(
  network: PointConvNetwork,
): Discriminator<DiscriminatorTables, PointConvPoints, WeightNetOutputs> {
  return {
    shapes: discriminatorShapes(network),
    tableBuilder: (device) => new TableBuilder(network, { device }),
    points: (coordinates, tables = tracedDiscriminatorTables(coordinates, network)) => ({
      tables,
      ...(network.positions && { positions: coordinates }),
    }),
    evaluateShared: (state, { tables }, options) => evaluateWeightNets(network, state, tables, options),
    evaluate: (features, state, { tables, positions }, shared, mode) =>
      discriminate(withPositions(features, positions), network, state, tables, shared, mode),
  };
}

/** Appends to each feature the coordinates of its point, if the discriminator reads them. */
function withPositions(features: Tensor, positions: Tensor | undefined): Tensor {
  if (!positions) return features;
  const layout: Coordinates = positions.rank === 2 ? "shared" : "own";
  const coordinates = toPointMajor(layout === "shared" ? expandDims(positions, 0) : positions, layout);
  const shape = [...features.shape.slice(0, 2), coordinates.shape[2]!];
  return concatenate([features, broadcastTo(coordinates, shape)], 2);
}

/** The discriminator must end in a single logit, and no layer may have more points than its predecessor. */
function checkLayers({ layers, head }: PointConvConfig, where: string): void {
  layers.slice(1).forEach((layer, i) => {
    const before = layers[i]!.points;
    checkReads(layer, i + 1, before, `layer ${i} has ${before} points`, where);
  });
  const last = layers.at(-1)!;
  if (head === undefined && !(last.kind === "conv" && last.channels === 1 && last.points === 1)) {
    throw new UserError(
      `${where}: "model.discriminator.layers" must end in a "conv" with 1 channel at 1 point, or have a "head"`,
    );
  }
  if (head !== undefined && head.at(-1) !== 1) {
    throw new UserError(`${where}: "model.discriminator.head" is ${JSON.stringify(head)}, but must end in 1`);
  }
}

function checkReads(
  layer: LayerConfig,
  index: number,
  available: number,
  reason: string,
  where: string,
): void {
  for (const field of ["points", "neighbours"] as const) {
    if (layer[field] > available) {
      throw new UserError(
        `${where}: "model.discriminator.layers.${index}.${field}" is ${
          layer[field]
        }, but must be at most ${available}: ${reason}`,
      );
    }
  }
}
