/**
 * Helper functions of a module, shared by several kernels.
 * @module
 */
import type { ModuleBuilder } from "./assembler.ts";

/** Helper functions of a module, by key. */
export class SharedFunctions {
  readonly #known = new Map<string, number>();

  /**
   * Creates an empty cache.
   *
   * @param module Module that the functions are added to.
   */
  constructor(readonly module: ModuleBuilder) {}

  /** Returns the index of the function with a key, adding it on first use. */
  get(key: string, add: (module: ModuleBuilder) => number): number {
    let index = this.#known.get(key);
    if (index === undefined) this.#known.set(key, index = add(this.module));
    return index;
  }
}
