/**
 * Tensors that have a shape and no elements: a state of which only names and sizes matter, or the arguments of a program
 * that is planned.
 * @module
 */
import { makeNode, type Shape, type Tensor } from "@gasp/tensor";

/**
 * An f32 tensor without elements.
 *
 * @param shape Sizes of the axes.
 */
export function abstractTensor(shape: Shape): Tensor {
  return makeNode("input", {}, [], shape, "f32");
}
