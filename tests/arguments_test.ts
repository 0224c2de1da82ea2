/**
 * Public functions reject numbers that are fractional, NaN or out of range, unsupported element types, and values that are not
 * tensors. The tables have an entry for every function that `@gasp/tensor`, `@gasp/autograd` and `@gasp/pointconv`
 * export; a missing one fails.
 * @module
 */
import * as nn from "@gasp/autograd";
import * as points from "@gasp/pointconv";
import * as t from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import type { Bad, Entry } from "./refusals.ts";
import { elementwiseRefusals } from "./refusals_elementwise.ts";
import { indexRefusals } from "./refusals_index.ts";
import { layerRefusals } from "./refusals_layers.ts";
import { shapeRefusals } from "./refusals_shape.ts";
import { spatialRefusals } from "./refusals_spatial.ts";

const entries: Readonly<Record<string, Entry>> = {
  ...elementwiseRefusals,
  ...shapeRefusals,
  ...indexRefusals,
  ...spatialRefusals,
};

/** Messages of accidental errors, not raised by a check. */
const ACCIDENT =
  /Cannot read|is not a function|is not iterable|undefined \(|Invalid array length|Maximum call stack/;

for (
  const [what, exported, table] of [["tensors", t, entries], [
    "layers",
    { ...nn, ...points },
    layerRefusals,
  ]] as const
) {
  Deno.test(`every exported function of ${what} has an entry`, () => {
    const functions = Object.entries(exported).flatMap(([name, value]) =>
      typeof value === "function" ? [name] : []
    );
    assertEquals(functions.filter((name) => !Object.hasOwn(table, name)), [], "functions without an entry");
    const known = new Set(Object.keys(exported));
    assertEquals(Object.keys(table).filter((name) => !known.has(name)), [], "entries without a function");
  });
}

for (const [name, entry] of [...Object.entries(entries), ...Object.entries(layerRefusals)]) {
  if ("nothing" in entry && typeof entry.nothing === "string") continue;
  Deno.test(`${name}() rejects invalid arguments with a specific error`, () => {
    const problems: string[] = [];
    for (const [what, call] of Object.entries(entry as Bad)) {
      try {
        const result = call();
        problems.push(
          `${what}: nothing was thrown${result instanceof t.Tensor ? `, shape ${result.shape}` : ""}`,
        );
      } catch (error) {
        assert(error instanceof Error);
        const chosen = (error instanceof RangeError || error instanceof TypeError) &&
          !ACCIDENT.test(error.message);
        if (!chosen) problems.push(`${what}: ${error.name}: ${error.message}`);
      }
    }
    assertEquals(problems, []);
  });
}
