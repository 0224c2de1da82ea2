/**
 * Operations over the ranks that compute a program together: each rank has its own part of a batch, and `allReduce` sums
 * over the parts. In a program of one rank they return their argument, so that it is not changed by them.
 *
 * Every rank traces the same function. Derivatives are those of the sum of all ranks' outputs, as if the ranks were one
 * program: so differentiate the loss of a rank's own part, and reduce it and its gradients afterwards.
 *
 * @module
 */
import { currentRanks } from "../../graph/ranks.ts";
import { showShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { requireType } from "../shape/check.ts";
import { slice } from "../shape/movement.ts";

/**
 * Returns the number of ranks that the function being compiled will run on; 1 without a communicator.
 *
 * @category Ranks
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { rankCount } from "@gasp/tensor";
 *
 * assertEquals(rankCount(), 1);
 * ```
 */
export function rankCount(): number {
  return currentRanks().size;
}

/**
 * Sums a tensor over all ranks of the communicator that the function is compiled with. All ranks get the same bytes. It
 * is its own adjoint.
 *
 * @param x f32, of the same shape on every rank.
 * @returns The sum, of the shape of `x`; `x` itself if there is one rank.
 * @throws {TypeError} If x is not f32.
 * @category Ranks
 *
 * @example Two ranks within one process
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { allReduce, compile, localCommunicators, reference, type Tensor } from "@gasp/tensor";
 *
 * const sums = await Promise.all(localCommunicators(2).map(async (communicator) => {
 *   using total = compile((x: Tensor) => allReduce(x), { device: reference, communicator });
 *   return await (await total([1, 10 * communicator.rank])).data();
 * }));
 * assertEquals(sums, [Float64Array.of(2, 10), Float64Array.of(2, 10)]);
 * ```
 */
export function allReduce(x: Tensor): Tensor {
  requireType("allReduce", x, ["f32"]);
  const { size } = currentRanks();
  return size === 1 ? x : makeNode("allReduce", { ranks: size }, [x], x.shape, "f32");
}

/**
 * Averages a tensor over all ranks: the mean over a batch from the means over the ranks' equal parts.
 *
 * @param x f32, of the same shape on every rank.
 * @returns The mean, of the shape of `x`; `x` itself if there is one rank.
 * @throws {TypeError} If x is not f32.
 * @category Ranks
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { allMean, compile, localCommunicators, mean, reference, type Tensor } from "@gasp/tensor";
 *
 * const batch = [[1, 2], [3, 6]]; // a row for each rank
 * const means = await Promise.all(localCommunicators(2).map(async (communicator) => {
 *   using average = compile((x: Tensor) => allMean(mean(x)), { device: reference, communicator });
 *   return await (await average(batch[communicator.rank]!)).item();
 * }));
 * assertEquals(means, [3, 3]);
 * ```
 */
export function allMean(x: Tensor): Tensor {
  requireType("allMean", x, ["f32"]);
  const { size } = currentRanks();
  return size === 1 ? x : mul(allReduce(x), 1 / size);
}

/**
 * Concatenates the tensors of all ranks along axis 0, in the order of the ranks. Its adjoint is the own part of the
 * sum over ranks.
 *
 * @param x f32, `[rows, ...]`, of the same shape on every rank.
 * @returns `[ranks · rows, ...]`; `x` itself if there is one rank.
 * @throws {TypeError} If x is not f32.
 * @throws {RangeError} If x has no axis.
 * @category Ranks
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { allGather, compile, localCommunicators, reference, type Tensor } from "@gasp/tensor";
 *
 * const all = await Promise.all(localCommunicators(2).map(async (communicator) => {
 *   using gather = compile((x: Tensor) => allGather(x), { device: reference, communicator });
 *   return await (await gather([[communicator.rank, 5]])).data();
 * }));
 * assertEquals(all, [Float64Array.of(0, 5, 1, 5), Float64Array.of(0, 5, 1, 5)]);
 * ```
 */
export function allGather(x: Tensor): Tensor {
  requireType("allGather", x, ["f32"]);
  const [rows, ...rest] = x.shape, { rank, size } = currentRanks();
  if (rows === undefined) {
    throw new RangeError(
      `allGather needs an axis of rows, got shape ${showShape(x.shape)}: use expandDims()`,
    );
  }
  return size === 1 ? x : makeNode("allGather", { rank, ranks: size }, [x], [size * rows, ...rest], "f32");
}

/**
 * Returns the rows of this rank, of a tensor that all ranks have: the part of {@link allGather} that came from it.
 *
 * @param x Any type, `[ranks · rows, ...]`.
 * @returns `[rows, ...]`; `x` itself if there is one rank.
 * @throws {RangeError} If the rows cannot be divided among the ranks.
 * @category Ranks
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compile, localCommunicators, ownRows, reference, type Tensor } from "@gasp/tensor";
 *
 * const parts = await Promise.all(localCommunicators(2).map(async (communicator) => {
 *   using part = compile((x: Tensor) => ownRows(x), { device: reference, communicator });
 *   return await (await part([1, 2, 3, 4])).data();
 * }));
 * assertEquals(parts, [Float64Array.of(1, 2), Float64Array.of(3, 4)]);
 * ```
 */
export function ownRows(x: Tensor): Tensor {
  const { rank, size } = currentRanks();
  if (size === 1) return x;
  const [all = 0, ...rest] = x.shape, rows = all / size;
  if (!Number.isInteger(rows)) {
    throw new RangeError(
      `ownRows: the ${all} rows of shape ${showShape(x.shape)} cannot be divided among ${size} ranks`,
    );
  }
  return slice(x, [rank * rows, ...rest.map(() => 0)], [(rank + 1) * rows, ...rest]);
}
