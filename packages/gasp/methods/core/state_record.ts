/**
 * A training state as one flat record on the host, and back: what a checkpoint holds.
 * @module
 */
import { type Tensor, tensor, type Tree, treeLeaves, treeMap, treePaths } from "@gasp/tensor";
import type { RunConfig } from "../../config/run_settings.ts";
import { type HostRecord, type HostTensor, tensorToHost } from "../../state/host_record.ts";
import { joinStack, splitStacks, type Stack, stackOf } from "../../state/stack.ts";
import type { WeightsKind } from "./function_generator.ts";
import type { Method } from "./method.ts";

/**
 * The tensors of a state under the names of a record, where they are: {@link stateToRecord} before it copies.
 *
 * @param method The method.
 * @param config Configuration of the run.
 * @param state Tensors anywhere.
 */
export function stackState<Config extends RunConfig, State extends Tree>(
  method: Method<Config, State>,
  config: Config,
  state: State,
): ReadonlyMap<string, Stack<Tensor>> {
  return method.stack?.(state, config) ??
    new Map([...treePaths(state)].map(([path, leaf]) => [path, stackOf([leaf])]));
}

/**
 * Brings a state to the host.
 *
 * @param method The method.
 * @param config Configuration of the run.
 * @param state Concrete tensors; they stay as they are.
 * @returns Tensors by the names that a checkpoint has for them.
 */
export async function stateToRecord<Config extends RunConfig, State extends Tree>(
  method: Method<Config, State>,
  config: Config,
  state: State,
): Promise<HostRecord> {
  const record: Record<string, HostTensor> = {};
  for (const [name, { shape, blocks }] of stackState(method, config, state)) {
    const copies: HostTensor[] = [];
    for (const block of blocks) copies.push(await tensorToHost(block));
    record[name] = joinStack({ shape, blocks: copies });
  }
  return record;
}

/**
 * A state from a record. The opposite of {@link stateToRecord}.
 *
 * @param method The method.
 * @param config Configuration of the run.
 * @param record Tensors by name; others than those of the state are ignored.
 * @throws {RangeError} If a tensor is missing or has another shape; the message names it.
 */
export function stateFromRecord<Config extends RunConfig, State extends Tree>(
  method: Method<Config, State>,
  config: Config,
  record: HostRecord,
): State {
  const shapes = shapesOf(method, config);
  return filled(shapes, record, stackState(method, config, shapes));
}

/** Where the weights of a generator are in a record. */
export interface WeightsLayout {
  /** Which weights: `latest` where the method keeps no average. */
  readonly kind: WeightsKind;
  /** Their tensors, by the names that a checkpoint has for them; shapes only. */
  readonly stacks: ReadonlyMap<string, Stack<Tensor>>;
  /** The tree of the same tensors that the generator takes. */
  readonly shapes: Tree;
}

/**
 * Finds the weights of a generator among the tensors of a state.
 *
 * @param method The method.
 * @param config Configuration of the run.
 * @param asked Which weights are wanted.
 * @returns `undefined` if the method has no generator.
 */
export function weightsLayout(
  method: Method,
  config: RunConfig,
  asked: WeightsKind,
): WeightsLayout | undefined {
  if (!method.weights) return undefined;
  const state = shapesOf(method, config);
  const [latest, shapes] = [method.weights(state, "latest"), method.weights(state, asked)];
  const wanted = new Set(treeLeaves(shapes));
  const hasAverage = treeLeaves(latest).some((leaf) => !wanted.has(leaf));
  const stacks = [...stackState(method, config, state)].filter(([, { blocks }]) => wanted.has(blocks[0]!));
  return { kind: hasAverage ? asked : "latest", stacks: new Map(stacks), shapes };
}

/**
 * The weights of a generator from a record that holds at least their tensors.
 *
 * @param layout Where they are.
 * @param record Tensors by the names of the layout.
 * @throws {RangeError} If a tensor is missing or has another shape; the message names it.
 */
export function weightsFromRecord({ shapes, stacks }: WeightsLayout, record: HostRecord): Tree {
  return filled(shapes, record, stacks);
}

/**
 * Weights of a generator under the names of a layout.
 *
 * @param layout Where they are.
 * @param weights A tree like that of the layout, with elements.
 */
export function stackWeights({ shapes, stacks }: WeightsLayout, weights: Tree): Map<string, Stack<Tensor>> {
  const leaves = treeLeaves(weights), expected = treeLeaves(shapes);
  if (leaves.length !== expected.length) {
    throw new RangeError(`this generator has ${expected.length} tensors, got ${leaves.length}`);
  }
  const found = new Map(expected.map((shape, i) => [shape, leaves[i]!]));
  return new Map([...stacks].map(([name, { shape, blocks }]) => [
    name,
    { shape, blocks: blocks.map((block) => found.get(block)!) },
  ]));
}

function shapesOf<Config extends RunConfig, State extends Tree>(
  method: Method<Config, State>,
  config: Config,
): State {
  return method.abstractState?.(config) ?? method.initialState(config);
}

/** A tree with the elements of a record. */
function filled<T extends Tree>(
  shapes: T,
  record: HostRecord,
  stacks: ReadonlyMap<string, Stack<Tensor>>,
): T {
  const parts = splitStacks(record, stacks);
  return treeMap(shapes, (leaf) => {
    const { data, shape } = parts.get(leaf)!;
    return leaf.dtype === "f32" ? tensor(data, shape) : tensor(Float64Array.from(data), shape, leaf.dtype);
  });
}
