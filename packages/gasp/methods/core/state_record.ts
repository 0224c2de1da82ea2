/**
 * Conversion between a training state and the flat record of named host tensors that a checkpoint stores.
 * @module
 */
import { type Tensor, tensor, type Tree, treeLeaves, treeMap, treePaths } from "@gasp/tensor";
import type { RunConfig } from "../../config/run_settings.ts";
import { type HostRecord, type HostTensor, tensorToHost } from "../../state/host_record.ts";
import { joinStack, splitStacks, type Stack, stackOf } from "../../state/stack.ts";
import type { WeightsKind } from "./function_generator.ts";
import type { Method } from "./method.ts";

/**
 * Names the tensors of a state as in a record, without copying them to the host.
 *
 * @param method Training method.
 * @param config Configuration of the run.
 * @param state Tensors on any device.
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
 * Copies a state to the host.
 *
 * @param method Training method.
 * @param config Configuration of the run.
 * @param state Concrete tensors; they remain valid.
 * @returns Tensors by their names in checkpoints.
 * @category Training methods
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
 * Restores a state from a record. The inverse of {@link stateToRecord}.
 *
 * @param method Training method.
 * @param config Configuration of the run.
 * @param record Tensors by name; tensors that do not belong to the state are ignored.
 * @throws {RangeError} If a tensor is missing or has another shape; the message names it.
 * @category Training methods
 */
export function stateFromRecord<Config extends RunConfig, State extends Tree>(
  method: Method<Config, State>,
  config: Config,
  record: HostRecord,
): State {
  const shapes = shapesOf(method, config);
  return fill(shapes, record, stackState(method, config, shapes));
}

/** Location of a generator's weights in a record. */
export interface WeightsLayout {
  /** Which weights: `latest` if the method has no moving average. */
  readonly kind: WeightsKind;
  /** Their tensors by name in checkpoints; shapes only. */
  readonly stacks: ReadonlyMap<string, Stack<Tensor>>;
  /** The same tensors as the tree that the generator expects. */
  readonly shapes: Tree;
}

/**
 * Locates the weights of a generator among the tensors of a state.
 *
 * @param method Training method.
 * @param config Configuration of the run.
 * @param asked Requested weights.
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
  const hasEma = treeLeaves(latest).some((leaf) => !wanted.has(leaf));
  const stacks = [...stackState(method, config, state)].filter(([, { blocks }]) => wanted.has(blocks[0]!));
  return { kind: hasEma ? asked : "latest", stacks: new Map(stacks), shapes };
}

/**
 * Reads the weights of a generator from a record that contains at least their tensors.
 *
 * @param layout Location of the weights.
 * @param record Tensors by the names of the layout.
 * @throws {RangeError} If a tensor is missing or has another shape; the message names it.
 */
export function weightsFromRecord({ shapes, stacks }: WeightsLayout, record: HostRecord): Tree {
  return fill(shapes, record, stacks);
}

/**
 * Names the weights of a generator as in a layout.
 *
 * @param layout Location of the weights.
 * @param weights A tree of the same structure as that of the layout, with elements.
 */
export function stackWeights({ shapes, stacks }: WeightsLayout, weights: Tree): Map<string, Stack<Tensor>> {
  const leaves = treeLeaves(weights), expected = treeLeaves(shapes);
  if (leaves.length !== expected.length) {
    throw new RangeError(`expected the ${expected.length} tensors of this generator, got ${leaves.length}`);
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

/** Fills a tree of shapes with the elements of a record. */
function fill<T extends Tree>(
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
