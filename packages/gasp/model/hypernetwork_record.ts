/**
 * The hypernetwork's last layer as files hold it: one matrix, as in the reference, with rows for all function weights, then
 * rows for all function biases. A program has a matrix for each of them.
 * @module
 */
import type { Shape } from "@gasp/tensor";
import { type HostRecord, type HostTensor, requireTensor } from "../state/host_record.ts";
import { joinStack, splitStacks, type Stack, stackOf } from "../state/stack.ts";
import type { FunctionModel } from "./function_model.ts";
import { hypernetworkShapes } from "./hypernetwork.ts";

/**
 * From the parts that a program holds to the single last layer of the reference, without copying anything.
 *
 * @param tensors Tensors of `hypernetworkShapes`, or their moments or averages, anywhere.
 * @param model The networks.
 * @returns `0.weight`, `0.bias`, ..., `4.weight` `[parameters, hidden]`, `4.bias` `[parameters]`.
 * @throws {RangeError} If a tensor is missing or has another shape.
 */
export function stackHypernetwork<T extends { readonly shape: Shape }>(
  tensors: { readonly [name: string]: T },
  model: FunctionModel,
): { readonly [name: string]: Stack<T> } {
  const blocks = new Map<string, T[]>();
  for (const [name, shape] of hypernetworkShapes(model)) {
    // `4.weight0.bias` is a block of `4.bias`, `0.bias` the only one of itself
    const [layer, ...part] = name.split("."), whole = `${layer}.${part.at(-1)}`;
    const tensor = requireTensor(tensors, name, shape), others = blocks.get(whole);
    if (others) others.push(tensor);
    else blocks.set(whole, [tensor]);
  }
  return Object.fromEntries([...blocks].map(([name, parts]) => [name, stackOf(parts)]));
}

/**
 * {@link stackHypernetwork} of a record, each layer as one tensor.
 *
 * @param record Tensors of `hypernetworkShapes`, or their moments or averages.
 * @param model The networks.
 * @throws {RangeError} If a tensor is missing or has another shape.
 */
export function joinHypernetwork(record: HostRecord, model: FunctionModel): HostRecord {
  const stacks = Object.entries(stackHypernetwork(record, model));
  return Object.fromEntries(stacks.map(([name, stack]) => [name, joinStack(stack)]));
}

/**
 * From the single last layer of the reference to the parts that a program holds, as views of it. The opposite of
 * {@link joinHypernetwork}.
 *
 * @param record `0.weight`, `0.bias`, ..., `4.weight` `[parameters, hidden]`, `4.bias` `[parameters]`; other tensors are
 *   ignored.
 * @param model The networks.
 * @throws {RangeError} If a tensor is missing or has another shape.
 */
export function splitHypernetwork(record: HostRecord, model: FunctionModel): HostRecord {
  const shapes = Object.fromEntries([...hypernetworkShapes(model)].map(([name, shape]) => [name, { shape }]));
  const parts = splitStacks(record, new Map(Object.entries(stackHypernetwork(shapes, model))));
  const entries = Object.entries(shapes).map((
    [name, part],
  ): [string, HostTensor] => [name, parts.get(part)!]);
  return Object.fromEntries(entries);
}
