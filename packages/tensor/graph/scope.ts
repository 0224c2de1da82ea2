/**
 * Scopes: named parts of a graph. Every tensor records the scope it was created in, so that a profile can attribute
 * kernels. Scopes have no meaning to the compiler: equal subgraphs of different scopes are still merged.
 * @module
 */

let current = "";

/**
 * Returns the current scope, such as `discriminator/layers.0`; empty outside of any.
 *
 * @category Compiler
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { scope } from "@gasp/tensor";
 * import { currentScope } from "@gasp/tensor/compiler";
 *
 * assertEquals([currentScope(), scope("generator", currentScope)], ["", "generator"]);
 * ```
 */
export function currentScope(): string {
  return current;
}

/**
 * Names the tensors that a function creates. Scopes can be nested; their names are joined by `/`.
 *
 * @param name Name of the scope.
 * @param create Creates tensors, synchronously: after an `await` the scope no longer applies.
 * @returns The result of the function.
 *
 * @example
 * ```ts
 * import { add, scope, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = scope("network", () => scope("layer", () => add(tensor([1]), 1)));
 * assertEquals(y.scope, "network/layer");
 * ```
 *
 * @category Compilation
 */
export function scope<T>(name: string, create: () => T): T {
  return runInScope(current === "" ? name : `${current}/${name}`, create);
}

/**
 * Runs a function in an absolute scope, regardless of the current one: for graph transformations that replace tensors,
 * and for gradients.
 *
 * @param whole Full name of the scope.
 * @param create Creates tensors, synchronously.
 * @returns The result of the function.
 * @category Compiler
 *
 * @example Unlike `scope`, it replaces the current scope
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { scope } from "@gasp/tensor";
 * import { currentScope, runInScope } from "@gasp/tensor/compiler";
 *
 * assertEquals(scope("network", () => runInScope("optimiser", currentScope)), "optimiser");
 * ```
 */
export function runInScope<T>(whole: string, create: () => T): T {
  const before = current;
  current = whole;
  try {
    return create();
  } finally {
    current = before;
  }
}
