/**
 * What is known of an expression before it is printed into a loop nest: which axes each node depends on, at which
 * loop level it can be computed, how often it is used, and the cursors of its addresses.
 * @module
 */
import type { Affine, Load, Scalar, Store } from "../../ir/kernel.ts";
import { operands, topological } from "../../ir/rewrite.ts";
import { CursorTable } from "./cursors.ts";
import type { Local } from "../module/function_builder.ts";

/** Level of values that need finished accumulators: never hoisted. */
const AFTER_LOOPS = Infinity;

/** An affine function as a cursor and a constant. */
export interface Place {
  /** Number of the cursor in the table. */
  readonly cursor: number;
  /** What to add to the cursor, in elements. */
  readonly delta: number;
}

/** Where a load reads. */
export interface LoadPlace extends Place {
  /** Positions that must be in range. */
  readonly guards: readonly (Place & { readonly size: number })[];
}

/** The analysed expressions of a kernel. */
export class Nest {
  /** Cursors that the loops have to keep. */
  readonly cursors: CursorTable = new CursorTable();
  /** All nodes, operands first. */
  readonly nodes: readonly Scalar[];
  readonly #levels = new Map<Scalar, number>();
  readonly #varying = new Set<Scalar>();
  readonly #uses = new Map<Scalar, number>();
  readonly #parents = new Map<Scalar, Scalar[]>();
  readonly #loads = new Map<Load, LoadPlace>();
  readonly #positions = new Map<Scalar, Place>();
  readonly #stores = new Map<Store, Place>();
  readonly #roots: ReadonlySet<Scalar>;

  /**
   * Analyses expressions.
   *
   * @param roots Values of accumulators, then of stores.
   * @param stores Stores, for their addresses.
   * @param pointers Start of each buffer.
   * @param levels Loop level of each axis, 1 for the outermost.
   * @param vector The axis of the lanes, if any.
   * @param varyingAccumulators Whether accumulators differ from lane to lane.
   */
  constructor(
    roots: readonly Scalar[],
    stores: readonly Store[],
    pointers: readonly Local[],
    levels: readonly number[],
    readonly vector: number | undefined,
    varyingAccumulators: boolean,
  ) {
    this.#roots = new Set(roots);
    this.nodes = topological(roots);
    for (const root of roots) this.#uses.set(root, (this.#uses.get(root) ?? 0) + 1);
    for (const node of this.nodes) {
      for (const operand of operands(node)) {
        this.#uses.set(operand, (this.#uses.get(operand) ?? 0) + 1);
        this.#parents.set(operand, [...this.#parents.get(operand) ?? [], node]);
      }
      const affines = this.#place(node, pointers);
      const axes = (affine: Affine) =>
        affine.strides.map((stride, axis) => stride === 0 ? 0 : levels[axis] ?? 0);
      const own = node.op === "accumulator" ? AFTER_LOOPS : Math.max(0, ...affines.flatMap(axes));
      this.#levels.set(node, Math.max(own, ...operands(node).map((operand) => this.level(operand))));
      const varies = node.op === "accumulator"
        ? varyingAccumulators
        : affines.some(({ strides }) => vector !== undefined && (strides[vector] ?? 0) !== 0);
      if (varies || operands(node).some((operand) => this.#varying.has(operand))) this.#varying.add(node);
    }
    for (const store of stores) {
      this.#stores.set(store, this.cursors.find(store.address, pointers[store.buffer]));
    }
  }

  /** Makes the cursors of a node. @returns Its affine functions. */
  #place(node: Scalar, pointers: readonly Local[]): readonly Affine[] {
    if (node.op === "affine") {
      this.#positions.set(node, this.cursors.find(node.affine));
      return [node.affine];
    }
    if (node.op !== "load") return [];
    const free = node.guards.length > 0 || node.address.indirect.length > 0;
    const guards = node.guards.map((guard) => ({ ...this.cursors.find(guard), size: guard.size }));
    this.#loads.set(node, { ...this.cursors.find(node.address, pointers[node.buffer], free), guards });
    return [node.address, ...node.guards];
  }

  /** The loop level at which a node is known. */
  level(node: Scalar): number {
    return this.#levels.get(node) ?? 0;
  }

  /** Whether a node differs from lane to lane. */
  varies(node: Scalar): boolean {
    return this.#varying.has(node);
  }

  /** Whether a node is used more than once. */
  shared(node: Scalar): boolean {
    return (this.#uses.get(node) ?? 0) > 1;
  }

  /** Nodes to compute on entering a loop level: known there, and used further inside. */
  hoisted(level: number, roots: readonly Scalar[]): Scalar[] {
    const needed = new Set(topological(roots));
    return this.nodes.filter((node) =>
      needed.has(node) && this.level(node) === level &&
      (this.#roots.has(node) || (this.#parents.get(node) ?? []).some((parent) => this.level(parent) > level))
    );
  }

  /** Where a load reads. */
  load(node: Load): LoadPlace {
    return found(this.#loads.get(node));
  }

  /** Where an `affine` node has its value. */
  position(node: Scalar): Place {
    return found(this.#positions.get(node));
  }

  /** Where a store writes. */
  store(store: Store): Place {
    return found(this.#stores.get(store));
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("an expression was printed that was not analysed");
  return value;
}
