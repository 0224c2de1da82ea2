/**
 * Convolution and pooling over points that lie anywhere: exact neighbour search, farthest-point sampling, PointConv.
 *
 * @module
 */
export { cloudOf, mergeEqualClouds, type PointSet, pointSet } from "./point_set.ts";
export { type Nearest, nearestNeighbours, type NearestOptions, type SearchOptions } from "./knn.ts";
export { type RadiusOptions, type Within, withinRadius } from "./radius.ts";
export { type FarthestOptions, farthestPoints } from "./farthest_point.ts";
export {
  type CloudTensor,
  type LayerIndices,
  layerIndices,
  type LayerPoints,
  type LayerPointsOptions,
} from "./layer_points.ts";
export {
  findNeighbourhoods,
  type Neighbourhood,
  neighbourhoodFrom,
  type NeighbourhoodSearch,
  neighbourhoodSearch,
} from "./neighbourhood.ts";
export {
  type ConvTableOptions,
  type ConvTables,
  convTables,
  countDistinctOffsets,
  type DistinctOffsets,
  type PoolTables,
  poolTables,
} from "./tables.ts";
export { tracedConvTables, tracedPoolTables, tracedTables } from "./program_tables.ts";
export type { TableTree } from "./table_tree.ts";
export { initPointConv, initWeightNet, type PointConvSizes, type WeightNetSizes } from "./init.ts";
export { type NeighbourWeights, weightNet, type WeightNetOptions } from "./weight_net.ts";
export {
  type ContractOptions,
  convolve,
  pointConv,
  project,
  type ProjectOptions,
  sumNeighbours,
} from "./point_conv.ts";
export type { Contraction } from "./contraction.ts";
export type { KernelGroup } from "./kernel_groups.ts";
export { pointPool } from "./point_pool.ts";
export { curveOrder } from "./curve_order.ts";
export { takeRows } from "./take_rows.ts";
export type { LayerResult, Mode, NetworkState, RandomSource, StateDict } from "@gasp/autograd";
export type {
  Device,
  DeviceBuffer,
  DeviceInfo,
  DType,
  HostArray,
  IndexTable,
  KernelDevice,
  ReferenceDevice,
  SearchMethod,
  Shape,
  Tensor,
} from "@gasp/tensor";
export { type Coordinates, toBatchMajor, toPointMajor } from "./layout.ts";
