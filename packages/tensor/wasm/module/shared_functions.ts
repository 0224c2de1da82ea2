/**
 * Functions of a module that several kernels call.
 * @module
 */
import type { ModuleBuilder } from "./assembler.ts";

/** Functions of a module that kernels share, by what they do. */
export class SharedFunctions {
  readonly #known = new Map<string, number>();

  /**
   * Starts with none.
   *
   * @param module Module that gets the functions.
   */
  constructor(readonly module: ModuleBuilder) {}

  /** The function with a key, added on first use. */
  get(key: string, add: (module: ModuleBuilder) => number): number {
    let index = this.#known.get(key);
    if (index === undefined) this.#known.set(key, index = add(this.module));
    return index;
  }
}
