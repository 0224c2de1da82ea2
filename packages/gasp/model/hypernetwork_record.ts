/**
 * Conversion between the two layouts of the hypernetwork's last layer. Files store one matrix, as the reference code does,
 * with rows for all function weights followed by rows for all function biases; programs use a matrix for each of them.
 * @module
 */
import type { Shape } from "@gasp/tensor";
import { type HostRecord, type HostTensor, requireTensor } from "../state/host_record.ts";
import { joinStack, splitStacks, type Stack, stackOf } from "../state/stack.ts";
import type { FunctionModel } from "./function_model.ts";
import { hypernetworkShapes } from "./hypernetwork.ts";

/**
 * Groups the parts used by a program into the single last layer of the reference code, without copying.
 *
 * @param tensors Tensors of `hypernetworkShapes`, or their Adam moments or moving averages, on any device.
 * @param model Sizes of the networks.
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
 * Converts a record from the layout of programs to that of files, one tensor per layer.
 *
 * @param record Tensors of `hypernetworkShapes`, or their Adam moments or moving averages.
 * @param model Sizes of the networks.
 * @throws {RangeError} If a tensor is missing or has another shape.
 * @category Models
 */
export function joinHypernetwork(record: HostRecord, model: FunctionModel): HostRecord {
  const stacks = Object.entries(stackHypernetwork(record, model));
  return Object.fromEntries(stacks.map(([name, stack]) => [name, joinStack(stack)]));
}

/**
 * Splits the single last layer of the reference code into the parts used by a program, as views. The inverse of
 * {@link joinHypernetwork}.
 *
 * @param record `0.weight`, `0.bias`, ..., `4.weight` `[parameters, hidden]`, `4.bias` `[parameters]`; other tensors are
 *   ignored.
 * @param model Sizes of the networks.
 * @throws {RangeError} If a tensor is missing or has another shape.
 * @category Models
 */
export function splitHypernetwork(record: HostRecord, model: FunctionModel): HostRecord {
  const shapes = Object.fromEntries([...hypernetworkShapes(model)].map(([name, shape]) => [name, { shape }]));
  const parts = splitStacks(record, new Map(Object.entries(stackHypernetwork(shapes, model))));
  const entries = Object.entries(shapes).map((
    [name, part],
  ): [string, HostTensor] => [name, parts.get(part)!]);
  return Object.fromEntries(entries);
}
