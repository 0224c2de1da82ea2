/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { categoryOf, withCategory } from "./categories.ts";

Deno.test("categoryOf() takes the longest path that fits", () => {
  assertEquals(categoryOf("packages/tensor/ops/index/search.ts", "knn"), "Points");
  assertEquals(categoryOf("packages/tensor/ops/index/take.ts", "take"), "Indexing and order");
  assertEquals(categoryOf("packages/autograd/transform.ts", "grad"), "Gradients");
  assertEquals(categoryOf("packages/tensor/graph/tensor.ts", "Tensor"), "Tensors");
  assertEquals(categoryOf("packages/tensor/graph/tensor.ts", "GraphNode"), "Compiler");
  assertThrows(() => categoryOf("packages/new/file.ts", "f"), RangeError, "does not say which category");
});

const lines = (...text: string[]) => text.join("\n");

Deno.test("withCategory() adds a tag to a comment of one line, of text, of tags, and behind an example", () => {
  const tagged = (source: string) =>
    withCategory(source, source.split("\n").indexOf("export const x = 1;"), "Data");
  assertEquals(
    tagged(lines("/** Other. */", "/** A number. */", "export const x = 1;")),
    lines("/** Other. */", "/**", " * A number.", " *", " * @category Data", " */", "export const x = 1;"),
  );
  assertEquals(
    tagged(lines("/** A. @returns 1. */", "export const x = 1;")),
    lines("/**", " * A.", " *", " * @returns 1.", " * @category Data", " */", "export const x = 1;"),
  );
  assertEquals(
    tagged(lines("/**", " * A number.", " */", "export const x = 1;")),
    lines("/**", " * A number.", " *", " * @category Data", " */", "export const x = 1;"),
  );
  assertEquals(
    tagged(lines("/**", " * A.", " *", " * @returns 1.", " */", "export const x = 1;")),
    lines("/**", " * A.", " *", " * @returns 1.", " * @category Data", " */", "export const x = 1;"),
  );
  assertEquals(
    tagged(
      lines(
        "/**",
        " * A.",
        " *",
        " * @example",
        " * ```ts",
        " * f();",
        " * ```",
        " */",
        "export const x = 1;",
      ),
    ),
    lines(
      "/**",
      " * A.",
      " *",
      " * @example",
      " * ```ts",
      " * f();",
      " * ```",
      " *",
      " * @category Data",
      " */",
      "export const x = 1;",
    ),
  );
  assertThrows(() => withCategory("export const x = 1;", 0, "Data"), Error, "no JSDoc comment above line 1");
});
