/**
 * The layout of features: `[points, batch, channels]`. A neighbour is then one contiguous row for the whole batch.
 * If every example has its own coordinates, the clouds are concatenated: `[batch · points, 1, channels]`.
 * @module
 */
import { reshape, showShape, type Tensor, transpose } from "@gasp/tensor";
import { checkTensor, checkWhole } from "@gasp/tensor/compiler";

/**
 * Whether the examples of a batch share their coordinates, or have their own.
 *
 * @category PointConv
 */
export type Coordinates = "shared" | "own";

/**
 * Transposes features from batch-major to point-major layout.
 *
 * @param features `[batch, points, channels]`.
 * @param coordinates Whether the examples share their coordinates.
 * @returns `[points, batch, channels]`, or `[batch · points, 1, channels]`.
 * @throws {RangeError} If the features do not have three axes.
 *
 * @example
 * ```ts
 * import { toPointMajor } from "@gasp/pointconv";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const features = tensor([[[1], [2], [3]], [[4], [5], [6]]]); // [batch, points, channels]
 * assertEquals(toPointMajor(features, "shared").shape, [3, 2, 1]);
 * assertEquals(toPointMajor(features, "own").shape, [6, 1, 1]);
 * ```
 *
 * @category PointConv
 */
export function toPointMajor(features: Tensor, coordinates: Coordinates): Tensor {
  const [batch, points, channels] = sizes(features);
  if (coordinates === "shared") return transpose(features, [1, 0, 2]);
  return reshape(features, [batch * points, 1, channels]);
}

/**
 * Transposes features from point-major to batch-major layout; the inverse of {@link toPointMajor}.
 *
 * @param features `[points, batch, channels]`, or `[batch · points, 1, channels]`.
 * @param points Points per example.
 * @returns `[batch, points, channels]`.
 * @throws {RangeError} If the features do not have three axes, or the rows are not a multiple of the points.
 *
 * @example
 * ```ts
 * import { toBatchMajor } from "@gasp/pointconv";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const features = tensor([[[1], [4]], [[2], [5]], [[3], [6]]]); // [points, batch, channels]
 * const byExample = await evaluate(toBatchMajor(features, 3));
 * assertEquals([...await byExample.data()], [1, 2, 3, 4, 5, 6]);
 * ```
 *
 * @category PointConv
 */
export function toBatchMajor(features: Tensor, points: number): Tensor {
  const [rows, batch, channels] = sizes(features);
  checkWhole("toBatchMajor()", "the number of points", points, 1);
  if (rows === points) return transpose(features, [1, 0, 2]);
  if (batch !== 1 || rows % points !== 0) {
    throw new RangeError(
      `features ${showShape(features.shape)} are not examples of ${points} points: ` +
        `expected [${points}, batch, channels] or [batch · ${points}, 1, channels]`,
    );
  }
  return reshape(features, [rows / points, points, channels]);
}

function sizes(features: Tensor): [number, number, number] {
  checkTensor("a layout of features", features);
  if (features.rank !== 3) {
    throw new RangeError(`features need three axes, got ${showShape(features.shape)}`);
  }
  return features.shape as unknown as [number, number, number];
}
