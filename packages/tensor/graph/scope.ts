/**
 * Names for parts of a graph: every tensor remembers in which part of the model it was made, so that a profile can say
 * where a kernel comes from. Names have no meaning to the compiler: equal subgraphs of different parts still merge.
 * @module
 */

let current = "";

/** The part of the model that tensors made now belong to, `discriminator/layers.0`; empty outside of any. */
export function currentScope(): string {
  return current;
}

/**
 * Names what a function makes. Scopes may lie within each other; their names are joined by `/`.
 *
 * @param name Name of this part of the model.
 * @param make Makes tensors, at once: what it does after an `await` has no name.
 * @returns What the function gives.
 *
 * @example
 * ```ts
 * import { add, scope, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = scope("network", () => scope("layer", () => add(tensor([1]), 1)));
 * assertEquals(y.scope, "network/layer");
 * ```
 */
export function scope<T>(name: string, make: () => T): T {
  return runInScope(current === "" ? name : `${current}/${name}`, make);
}

/**
 * Puts what a function makes into a scope, whichever it is called in: for passes that make new tensors in place of old
 * ones, and for gradients.
 *
 * @param whole Whole name of the scope.
 * @param make Makes tensors, at once.
 * @returns What the function gives.
 */
export function runInScope<T>(whole: string, make: () => T): T {
  const before = current;
  current = whole;
  try {
    return make();
  } finally {
    current = before;
  }
}
