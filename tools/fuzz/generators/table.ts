/**
 * The table of everything that programs call. It does not compile while an operation of `@gasp/tensor` is missing, and
 * records of the table of element-wise operations take part by themselves.
 * @module
 */
import type * as t from "@gasp/tensor";
import { elementwise, type ElementwiseName } from "@gasp/tensor/compiler";
import type { Draft, Generator } from "./draft.ts";
import { elementwiseGenerators, elementwiseNode } from "./elementwise.ts";
import { indexingGenerators } from "./indexing.ts";
import { layerGenerators, pointConvArguments } from "./layers.ts";
import { movementGenerators } from "./movement.ts";
import { reductionGenerators } from "./reduction.ts";
import { spatialGenerators } from "./spatial.ts";

/** Functions whose results are tensors, but which are no operations on tensors. */
type Helper =
  | "tensor"
  | "placeholder"
  | "randomKey"
  | "indexTable"
  /** The identity in programs of one rank; `tests/ranks_test.ts` tests them on several. */
  | "allReduce"
  | "allMean"
  | "allGather"
  | "ownRows"
  /** Functions of functions: ways to run a program. */
  | "scope"
  | "treeLeaves"
  | "treeMap"
  | "treeUnflatten"
  | "deserializeTree";

type Result<F> = F extends (...args: never[]) => infer R ? R : never;

/** Exported functions that return tensors. */
type Operation = {
  [K in keyof typeof t]: [Result<(typeof t)[K]>] extends [never] ? never
    : Result<(typeof t)[K]> extends t.Tensor | readonly t.Tensor[] | Readonly<Record<string, t.Tensor>> ? K
    : never;
}[keyof typeof t];

const operations: Readonly<Record<Exclude<Operation, Helper>, Generator>> = {
  ...elementwiseGenerators,
  ...movementGenerators,
  ...reductionGenerators,
  ...indexingGenerators,
  ...spatialGenerators,
};

/** Everything that programs call: a family is chosen first, then one of its members. */
export interface Family {
  readonly name: string;
  /** How often it is chosen. */
  readonly weight: number;
  /** Functions and their arguments. */
  readonly members: readonly (readonly [call: string, arguments_: Generator])[];
}

const members = (module: string, table: Readonly<Record<string, Generator>>) =>
  Object.entries(table).map(([name, generator]) => [`${module}.${name}`, generator] as const);

const known = new Set(Object.keys(elementwiseGenerators));

/** Element-wise operations that no function is named after. */
const unnamed = (Object.keys(elementwise) as ElementwiseName[]).filter((name) => !known.has(name));

/** The families. */
export const FAMILIES: readonly Family[] = [
  { name: "elementwise", weight: 6, members: members("t", elementwiseGenerators) },
  { name: "movement", weight: 4, members: members("t", movementGenerators) },
  { name: "reduction", weight: 4, members: members("t", reductionGenerators) },
  { name: "indexing", weight: 2, members: members("t", indexingGenerators) },
  { name: "spatial", weight: 1, members: members("t", spatialGenerators) },
  {
    name: "layers",
    weight: 1,
    members: [...members("ad", layerGenerators), ["pc.pointConv", pointConvArguments]],
  },
  {
    name: "primitives",
    weight: 0.3,
    members: unnamed.map((name) => ["c.makeNode", (draft: Draft) => elementwiseNode(draft, name)] as const),
  },
];

/** Names of all operations of the tensor package that programs call. */
export const OPERATIONS: readonly string[] = Object.keys(operations);
