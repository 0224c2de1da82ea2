/**
 * Convolution and pooling over arbitrary points: exact neighbour search, farthest-point sampling, PointConv.
 *
 * @module
 */
export { cloudOf, mergeEqualClouds, type PointSet, pointSet } from "./search/point_set.ts";
export { type Nearest, nearestNeighbours, type NearestOptions, type SearchOptions } from "./search/knn.ts";
export { type RadiusOptions, type Within, withinRadius } from "./search/radius.ts";
export {
  countCovering,
  type NearestRows,
  nearestRows,
  type NearestRowsOptions,
} from "./search/nearest_rows.ts";
export { type DistanceTile, type Rows, squaredDistance, visitDistances } from "./search/row_distances.ts";
export { type FarthestOptions, farthestPoints } from "./search/farthest_point.ts";
export {
  type CloudTensor,
  type LayerIndices,
  layerIndices,
  type LayerPoints,
  type LayerPointsOptions,
} from "./tables/layer_points.ts";
export {
  findNeighbourhoods,
  type Neighbourhood,
  neighbourhoodFrom,
  type NeighbourhoodSearch,
  neighbourhoodSearch,
} from "./tables/neighbourhood.ts";
export {
  type ConvTableOptions,
  type ConvTables,
  convTables,
  countDistinctOffsets,
  type DistinctOffsets,
  type PoolTables,
  poolTables,
} from "./tables/tables.ts";
export { tracedConvTables, tracedPoolTables, tracedTables } from "./tables/program_tables.ts";
export type { TableTree } from "./tables/table_tree.ts";
export { initPointConv, initWeightNet, type PointConvSizes, type WeightNetSizes } from "./layers/init.ts";
export { type NeighbourWeights, weightNet, type WeightNetOptions } from "./layers/weight_net.ts";
export {
  type ContractOptions,
  convolve,
  pointConv,
  project,
  type ProjectOptions,
  sumNeighbours,
} from "./layers/point_conv.ts";
export type { Contraction } from "./layers/contraction.ts";
export type { KernelGroup } from "./tables/kernel_groups.ts";
export { pointPool } from "./layers/point_pool.ts";
export { curveOrder } from "./search/curve_order.ts";
export { takeRows } from "./search/take_rows.ts";
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
export { type Coordinates, toBatchMajor, toPointMajor } from "./layers/layout.ts";
