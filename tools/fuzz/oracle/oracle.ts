/**
 * The oracle: evaluates a graph in double precision, together with the error that a correct device may have at each
 * element.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import {
  type ElementwiseName,
  isElementwise,
  type StructuralName,
  topologicalOrder,
} from "@gasp/tensor/compiler";
import { type Arithmetic, type Bounded, exactly } from "./bounded.ts";
import { boundElementwise } from "./elementwise.ts";
import { referenceOf } from "../../../packages/tensor/reference/interpret.ts";
import { structuralRule } from "./structural.ts";

/**
 * Evaluates tensors with bounds.
 *
 * @param outputs Tensors.
 * @param bindings Values of their `input` and `data` nodes.
 * @param arithmetic Arithmetic of the device.
 */
export function evaluateBounded(
  outputs: readonly Tensor[],
  bindings: ReadonlyMap<Tensor, Float64Array>,
  arithmetic: Arithmetic,
): Bounded[] {
  const known = new Map<Tensor, Bounded>();
  for (const tensor of topologicalOrder(outputs)) {
    known.set(
      tensor,
      boundsOf(tensor, tensor.node.inputs.map((input) => known.get(input)!), bindings, arithmetic),
    );
  }
  return outputs.map((output) => known.get(output)!);
}

function boundsOf(
  tensor: Tensor,
  inputs: readonly Bounded[],
  bindings: ReadonlyMap<Tensor, Float64Array>,
  arithmetic: Arithmetic,
): Bounded {
  const { op } = tensor.node, given = bindings.get(tensor);
  if (given) return ofType(tensor, given, arithmetic);
  if (op === "data") {
    if (tensor.storage.kind !== "host") {
      throw new Error("the oracle needs the elements of tensors on a device");
    }
    return ofType(tensor, Float64Array.from(tensor.storage.data), arithmetic);
  }
  if (isElementwise(op)) return boundElementwise(op, tensor, inputs, scalarOf(op, tensor), arithmetic);
  return structuralRule(op as StructuralName)(tensor, inputs, arithmetic);
}

function ofType({ dtype }: Tensor, value: Float64Array, arithmetic: Arithmetic): Bounded {
  if (dtype !== "f32") return { value, error: new Float64Array(value.length) };
  const rounded = value.map(Math.fround), bounded = exactly(value, arithmetic);
  rounded.forEach((x, i) => {
    if (x !== value[i] && Number.isFinite(x)) bounded.error[i] = Math.abs(x - value[i]!);
  });
  return bounded;
}

/** The operation on numbers, integers wrapped. */
function scalarOf(name: ElementwiseName, out: Tensor): (...args: number[]) => number {
  const reference = referenceOf(name, out);
  if (out.dtype === "i32") return (...args) => reference(...args) | 0;
  return out.dtype === "u32" ? (...args) => reference(...args) >>> 0 : reference;
}
