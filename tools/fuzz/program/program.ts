/**
 * Programs as data: a list of steps, each a leaf or a call of a public function, whose arguments refer to earlier
 * steps. Plain data can be shrunk, printed as source and built again.
 * @module
 */
import type { DType, Shape } from "@gasp/tensor";

/** The result of an earlier step, or a part of it: `x3.indices[0]`. */
export class Reference {
  /**
   * Refers to a step.
   *
   * @param step Index of the step.
   * @param path Keys that lead from its result to the tensor.
   */
  constructor(readonly step: number, readonly path: readonly (string | number)[] = []) {}
}

/** An argument of a call; records may have references anywhere. */
export type Argument =
  | undefined
  | null
  | boolean
  | number
  | string
  | Reference
  | readonly Argument[]
  | { readonly [key: string]: Argument };

/** How the elements of a leaf are chosen. */
export type LeafData =
  /** Random elements of a kind, see `leaf_values.ts`. */
  | { readonly kind: DataKind; readonly seed: number; readonly bound?: number }
  /** These elements. */
  | { readonly kind: "values"; readonly values: readonly number[] };

/** Kinds of random elements. */
export type DataKind =
  /** Uniform in (-2, 2). */
  | "uniform"
  /** Small integers, for which sums and products are exact in any order. */
  | "whole"
  /** Many zeros, few other numbers. */
  | "sparse"
  /** Uniform in (0.1, 2). */
  | "positive"
  /** NaN, infinities, zeros of both signs, subnormal and very large numbers among others. */
  | "special"
  /** Integers from 0 to `bound - 1`. */
  | "index"
  /** Any 32 bits. */
  | "words"
  /** Points in few clusters, with duplicates. */
  | "clusters"
  /** Points of a grid, which has many equal distances. */
  | "grid"
  /** Points of a line through the origin; `bound` is their dimension. */
  | "line"
  /** Points of a plane that no axis is orthogonal to. */
  | "plane"
  /** The same point again and again. */
  | "same"
  /** A small cluster and few points very far from it. */
  | "outliers"
  /** Points so close to each other that their differences have few digits. */
  | "close";

/** A tensor with known elements. */
export interface Leaf {
  readonly kind: "leaf";
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: LeafData;
  /** Whether the compiled function receives it as an argument or closes over it. */
  readonly role: "argument" | "captured";
}

/** A call of a function: `t.softmax`, `ad.batchNorm`. */
export interface Call {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Argument[];
  /** Scope of the call, if any. */
  readonly scope?: string;
}

/** A step of a program. */
export type Step = Leaf | Call;

/** How a program runs. */
export interface RunOptions {
  /** Worker threads of `wasm`. */
  readonly threads: 1 | 2;
  /** Limit of the memory as a part of what the program takes without one. */
  readonly memoryPart?: number;
  /** Leaves that are donated, by step. */
  readonly donated: readonly number[];
  /** Pairs of leaves by step: the second receives the same tensor as the first. */
  readonly shared: readonly (readonly [number, number])[];
  /** Runs with further data on the same compiled function. */
  readonly repeats: number;
  /** Whether these runs are started at once. */
  readonly concurrent: boolean;
  /** Number of derivatives by the f32 arguments: 0 to 3. */
  readonly order: number;
  /** Batch of `vmap`: leaves that are mapped, the size; none without one. */
  readonly batch?: { readonly size: number; readonly mapped: readonly number[] };
  /** Run by `evaluate()` instead of `compile()`. */
  readonly evaluated: boolean;
}

/** A program and how it runs. */
export interface Program {
  readonly steps: readonly Step[];
  readonly outputs: readonly Reference[];
  readonly run: RunOptions;
  /** Another program that runs on the same device: at once if this one runs concurrently, else after it. */
  readonly beside?: Program;
}

/**
 * Returns the references in arguments.
 *
 * @param argument Arguments.
 */
export function referencesIn(argument: Argument): Reference[] {
  if (argument instanceof Reference) return [argument];
  if (typeof argument !== "object" || argument === null) return [];
  return Object.values(argument).flatMap(referencesIn);
}

/**
 * Replaces parts of arguments.
 *
 * @param argument Arguments.
 * @param replace Returns the new value of a reference or number.
 */
export function mapArgument(
  argument: Argument,
  replace: (part: Reference | number) => Argument,
): Argument {
  if (argument instanceof Reference || typeof argument === "number") return replace(argument);
  if (typeof argument !== "object" || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((part) => mapArgument(part, replace));
  return Object.fromEntries(
    Object.entries(argument).map(([key, part]) => [key, mapArgument(part, replace)]),
  );
}

/**
 * Removes the steps that no output needs, and renumbers the others.
 *
 * @param program A program.
 */
export function withoutUnused({ steps, outputs, run, beside }: Program): Program {
  const needed = new Set(outputs.map(({ step }) => step));
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]!;
    if (!needed.has(i) || step.kind === "leaf") continue;
    for (const { step } of referencesIn(steps[i]!.kind === "call" ? (steps[i] as Call).args : [])) {
      needed.add(step);
    }
  }
  const order = [...needed].sort((a, b) => a - b);
  const place = new Map(order.map((step, i) => [step, i]));
  const moved = (reference: Reference) => new Reference(place.get(reference.step)!, reference.path);
  const kept = (list: readonly number[]) => list.flatMap((step) => place.get(step) ?? []);
  return {
    steps: order.map((i) => {
      const step = steps[i]!;
      if (step.kind === "leaf") return step;
      const args = step.args.map((argument) =>
        mapArgument(argument, (part) => part instanceof Reference ? moved(part) : part)
      );
      return { ...step, args };
    }),
    outputs: outputs.map(moved),
    ...(beside && { beside: withoutUnused(beside) }),
    run: {
      ...run,
      donated: kept(run.donated),
      shared: run.shared.map(kept).filter((pair): pair is [number, number] => pair.length === 2),
      ...(run.batch && { batch: { size: run.batch.size, mapped: kept(run.batch.mapped) } }),
    },
  };
}
