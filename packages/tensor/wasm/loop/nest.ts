/**
 * Analysis of expressions before they are emitted into a loop nest: the axes each node depends on, the loop level at
 * which it can be computed, its number of uses, and the cursors of its addresses.
 * @module
 */
import type { Affine, Load, Scalar, Store } from "../../ir/kernel.ts";
import { operands, topological } from "../../ir/rewrite.ts";
import { CursorTable } from "./cursors.ts";
import type { Local } from "../module/function_builder.ts";

/** Level of values that depend on final accumulators: never hoisted. */
const AFTER_LOOPS = Infinity;

/** An affine function as a cursor and a constant. */
export interface Place {
  /** Index of the cursor in the table. */
  readonly cursor: number;
  /** Offset from the cursor, in elements. */
  readonly delta: number;
}

/** The address of a load. */
export interface LoadPlace extends Place {
  /** Indices that must be in range. */
  readonly guards: readonly (Place & { readonly size: number })[];
}

/** The analysed expressions of a kernel. */
export class Nest {
  /** Cursors that the loops maintain. */
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
   * @param pointers Address of each buffer.
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
        const parents = this.#parents.get(operand);
        if (parents) parents.push(node);
        else this.#parents.set(operand, [node]);
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

  /** Creates the cursors of a node. @returns Its affine functions. */
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

  /** Returns the loop level at which a node can be computed. */
  level(node: Scalar): number {
    return this.#levels.get(node) ?? 0;
  }

  /** Returns whether a node differs from lane to lane. */
  varies(node: Scalar): boolean {
    return this.#varying.has(node);
  }

  /** Returns whether a node is used more than once. */
  shared(node: Scalar): boolean {
    return (this.#uses.get(node) ?? 0) > 1;
  }

  /** Returns the nodes to compute on entering a loop level: available there, and used further inside. */
  hoisted(level: number, roots: readonly Scalar[]): Scalar[] {
    const needed = new Set(topological(roots));
    return this.nodes.filter((node) =>
      needed.has(node) && this.level(node) === level &&
      (this.#roots.has(node) || (this.#parents.get(node) ?? []).some((parent) => this.level(parent) > level))
    );
  }

  /** Returns the address of a load. */
  load(node: Load): LoadPlace {
    return found(this.#loads.get(node));
  }

  /** Returns the cursor of an `affine` node. */
  position(node: Scalar): Place {
    return found(this.#positions.get(node));
  }

  /** Returns the address of a store. */
  store(store: Store): Place {
    return found(this.#stores.get(store));
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("emitted an expression that was not analysed");
  return value;
}
