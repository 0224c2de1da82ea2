/**
 * A program while it is generated: the tensors so far, and what generators ask for.
 * @module
 */
import { type DType, type Shape, sizeOf, Tensor, tensor, type Tree, treePaths } from "@gasp/tensor";
import { callStep } from "../program/build.ts";
import type { Dice } from "../program/dice.ts";
import { leafValues } from "../program/leaf_values.ts";
import {
  type Argument,
  type DataKind,
  type Leaf,
  type LeafData,
  Reference,
  type Step,
} from "../program/program.ts";

/** A tensor of the draft. */
export interface Known {
  readonly reference: Reference;
  readonly tensor: Tensor;
}

/** What random tensors are like. */
export interface Flavour {
  /** Kind of data of f32 leaves. */
  readonly data: DataKind;
  /** Largest number of elements of a tensor. */
  readonly maxSize: number;
  /** Sizes of axes to choose from. */
  readonly sizes: readonly number[];
  /** How often f32 is chosen where other types are possible too; default: as often as each of them. */
  readonly real?: number;
  /** How often new tensors are constants; default: 0.1. */
  readonly constants?: number;
  /** How often a call takes the newest tensor that fits, so that programs are deep rather than wide; default: 0. */
  readonly chained?: number;
}

/** Arguments of a call; undefined if nothing fits. */
export type Arguments = readonly Argument[] | undefined;

/** Returns random arguments for a function. */
export type Generator = (draft: Draft) => Arguments;

/** How often new tensors are constants. */
const CONSTANTS = 0.1;

/** Most axes of a tensor. */
const MAX_RANK = 6;

/** A program while it is generated. */
export class Draft {
  readonly dice: Dice;
  readonly flavour: Flavour;
  readonly steps: Step[] = [];
  readonly known: Known[] = [];
  readonly #values: Tree[] = [];
  /** Whether new tensors are constants. */
  #constants = false;

  /**
   * Starts with no steps.
   *
   * @param dice Choices.
   * @param flavour What tensors are like.
   */
  constructor(dice: Dice, flavour: Flavour) {
    this.dice = dice;
    this.flavour = flavour;
  }

  /**
   * Adds a leaf.
   *
   * @param shape Shape.
   * @param dtype Type.
   * @param data Its elements; default: those of the flavour, or any for other types.
   * @param role Argument or captured; default: at random.
   * @throws {RangeError} If it is too large.
   */
  leaf(shape: Shape, dtype: DType = "f32", data?: LeafData, role?: Leaf["role"]): Reference {
    if (sizeOf(shape) > this.flavour.maxSize) throw new RangeError(`a leaf of shape [${shape}] is too large`);
    const seed = this.dice.below(2 ** 31);
    const kinds: Record<DType, DataKind> = {
      f32: this.flavour.data,
      i32: this.dice.chance(0.8) ? "whole" : "words",
      u32: "words",
      bool: "uniform",
    };
    const leaf: Leaf = {
      kind: "leaf",
      shape,
      dtype,
      data: data ?? { kind: kinds[dtype], seed },
      role: role ?? (this.dice.chance(0.8) ? "argument" : "captured"),
    };
    return this.#push(leaf, tensor(leafValues(leaf), shape, dtype))[0]!.reference;
  }

  /**
   * Adds a call.
   *
   * @param name Function.
   * @param args Arguments.
   * @param scope Scope, if any.
   * @returns The tensors of its result; none if they are too large, in which case nothing is added.
   * @throws {Error} If the function refuses the arguments.
   */
  call(name: string, args: readonly Argument[], scope?: string): Known[] {
    const step = { kind: "call", name, args, ...(scope !== undefined && { scope }) } as const;
    const value = callStep(step, this.#values);
    const results = [...treePaths(value).values()];
    const total = results.reduce((sum, { size }) => sum + size, 0);
    if (total > this.flavour.maxSize || results.some(({ rank }) => rank > MAX_RANK)) return [];
    return this.#push(step, value);
  }

  #push(step: Step, value: Tree): Known[] {
    this.steps.push(step);
    this.#values.push(value);
    const found = referencesOf(value).map((path) => ({
      reference: new Reference(this.steps.length - 1, path),
      tensor: path.reduce((part, key) => (part as Record<string | number, Tree>)[key]!, value) as Tensor,
    }));
    this.known.push(...found);
    return found;
  }

  /**
   * Returns the tensor that a reference stands for.
   *
   * @param reference A reference.
   */
  tensorOf(reference: Reference): Tensor {
    return this.known.find(({ reference: { step, path } }) =>
      step === reference.step && path.join() === reference.path.join()
    )!.tensor;
  }

  /**
   * Chooses a tensor, recent ones more often.
   *
   * @param fits Condition.
   */
  find(fits: (tensor: Tensor) => boolean): Known | undefined {
    const fitting = this.known.filter(({ tensor }) => fits(tensor));
    if (fitting.length === 0) return undefined;
    if (this.dice.chance(this.flavour.chained ?? 0)) return fitting.at(-1);
    return this.dice.chance(0.5)
      ? fitting.at(-1 - this.dice.below(Math.min(3, fitting.length)))
      : this.dice.pick(fitting);
  }

  /**
   * Chooses a tensor of some types, or adds a leaf.
   *
   * @param dtypes Types.
   * @param fits Further condition.
   * @param shape Shape of the leaf; default: at random.
   */
  any(dtypes: readonly DType[], fits: (tensor: Tensor) => boolean = () => true, shape?: Shape): Known {
    const found = !this.#constants && this.dice.chance(Math.max(0.9, this.flavour.chained ?? 0))
      ? this.find((x) => dtypes.includes(x.dtype) && fits(x))
      : undefined;
    if (found) return found;
    for (let attempt = 0; attempt < 20; attempt++) {
      const reference = this.#source(shape ?? this.shape(), this.#dtype(dtypes)),
        made = this.known.at(-1)!;
      if (fits(made.tensor)) return { reference, tensor: made.tensor };
    }
    throw new RangeError("no tensor fits");
  }

  /**
   * Returns arguments, now and then of constants alone, which compilers fold.
   *
   * @param generator Returns the arguments.
   */
  arguments(generator: Generator): Arguments {
    this.#constants = this.dice.chance(this.flavour.constants ?? CONSTANTS);
    try {
      return generator(this);
    } finally {
      this.#constants = false;
    }
  }

  #dtype(dtypes: readonly DType[]): DType {
    const { real } = this.flavour;
    return real !== undefined && dtypes.includes("f32") && this.dice.chance(real)
      ? "f32"
      : this.dice.pick(dtypes);
  }

  /** Adds a leaf or a constant. */
  #source(shape: Shape, dtype: DType): Reference {
    if (!this.#constants && !this.dice.chance(this.flavour.constants ?? CONSTANTS)) {
      return this.leaf(shape, dtype);
    }
    const value = dtype === "f32"
      ? this.dice.pick([0, 1, -1, 2, 0.5])
      : dtype === "bool"
      ? 1
      : this.dice.pick([0, 1, 2, 3, 5]);
    return this.call("t.full", [shape, value, dtype])[0]!.reference;
  }

  /**
   * Chooses a tensor of one type and shape, or adds a leaf.
   *
   * @param shape Shape.
   * @param dtype Type.
   */
  like(shape: Shape, dtype: DType = "f32"): Reference {
    const found = !this.#constants && this.dice.chance(0.7)
      ? this.find((x) => x.dtype === dtype && x.shape.join() === shape.join())
      : undefined;
    return found?.reference ?? this.#source(shape, dtype);
  }

  /**
   * Chooses a tensor that broadcasts with a shape, or a number.
   *
   * @param shape Shape.
   * @param dtype Type.
   */
  operand(shape: Shape, dtype: DType): Argument {
    if (this.dice.chance(0.15) && dtype !== "bool") {
      return dtype === "f32" ? this.dice.pick([0, 1, -1, 2, 0.5, -0.1, 3]) : this.dice.pick([0, 1, 2, 7]);
    }
    if (this.dice.chance(0.3)) return this.like(shape, dtype);
    const cut = this.dice.chance(0.4) ? 0 : this.dice.below(shape.length + 1);
    const smaller = shape.slice(cut).map((size) => this.dice.chance(0.4) ? 1 : size);
    const found = this.find((x) => x.dtype === dtype && broadcasts(x.shape, shape));
    return found && this.dice.chance(0.6) ? found.reference : this.like(smaller, dtype);
  }

  /**
   * Returns a random axis.
   *
   * @param x A tensor with axes.
   */
  axis(x: Tensor): number {
    return this.dice.between(-x.rank, x.rank - 1);
  }

  /** Returns a random size of an axis. */
  size(): number {
    return this.dice.pick(this.flavour.sizes);
  }

  /**
   * Returns a random shape.
   *
   * @param least Least number of axes.
   * @param most Largest number of axes.
   */
  shape(least = 0, most = 4): number[] {
    const shape = Array.from({ length: this.dice.between(least, most) }, () => this.size());
    while (sizeOf(shape) > this.flavour.maxSize / 4) {
      const largest = shape.indexOf(Math.max(...shape));
      shape[largest] = Math.ceil(shape[largest]! / 2);
    }
    return shape;
  }

  /**
   * Returns some axes of a tensor as an argument; undefined for all.
   *
   * @param x A tensor.
   */
  axes(x: Tensor): Argument {
    if (this.dice.chance(0.25)) return undefined;
    const all = x.shape.map((_, axis) => axis), some = all.filter(() => this.dice.chance(0.5));
    return x.rank > 0 && this.dice.chance(0.4) ? this.axis(x) : some;
  }

  /**
   * Returns indices below a bound, as a leaf.
   *
   * @param shape Shape.
   * @param bound Least index that is too large.
   */
  index(shape: Shape, bound: number): Reference {
    return this.leaf(shape, "i32", { kind: "index", bound, seed: this.dice.below(2 ** 31) });
  }
}

/** Whether a shape broadcasts to another without changing it. */
function broadcasts(shape: Shape, to: Shape): boolean {
  const lead = to.length - shape.length;
  return lead >= 0 && shape.every((size, i) => size === 1 || size === to[lead + i]);
}

/** Returns the paths of the tensors in a tree. */
function referencesOf(tree: Tree): (string | number)[][] {
  if (tree instanceof Tensor) return [[]];
  if (Array.isArray(tree)) return tree.flatMap((part, i) => referencesOf(part).map((path) => [i, ...path]));
  return Object.entries(tree as Record<string, Tree>).flatMap(([key, part]) =>
    part === undefined ? [] : referencesOf(part).map((path) => [key, ...path])
  );
}
