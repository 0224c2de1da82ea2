/**
 * Convolution and pooling over points that lie anywhere: exact neighbour search, farthest-point sampling, PointConv.
 *
 * @module
 */
export { type PointSet, pointSet } from "./point_set.ts";
export { type Nearest, nearestNeighbours, type NearestOptions } from "./knn.ts";
export { type FarthestOptions, farthestPoints } from "./farthest_point.ts";
export {
  findNeighbourhood,
  type Neighbourhood,
  neighbourhoodFrom,
  type NeighbourhoodOptions,
} from "./neighbourhood.ts";
export {
  type ConvTableOptions,
  type ConvTables,
  convTables,
  type DistinctOffsets,
  type PoolTables,
  poolTables,
  type TableTree,
} from "./tables.ts";
export { named, type NamedTensors, withoutPrefix, withPrefix } from "./named_tensors.ts";
export {
  type LayerResult,
  type Mode,
  type NetworkState,
  normalise,
  type NormaliseOptions,
  updateAgain,
} from "./normalise.ts";
export { type NeighbourWeights, weightNet, type WeightNetOptions } from "./weight_net.ts";
export { pointConv, project, type ProjectOptions, sumNeighbours } from "./point_conv.ts";
export { pointPool } from "./point_pool.ts";
export { byExample, byPoint, type Coordinates } from "./layout.ts";
