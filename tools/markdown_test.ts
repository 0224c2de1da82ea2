/** @module */
import { assertEquals } from "@std/assert";
import { toHtml } from "./markdown.ts";

Deno.test("toHtml() converts headings, paragraphs, emphasis, code and links", () => {
  assertEquals(
    toHtml(
      "# A `b`\n\ntwo\nlines, **bold**, _soft_, snake_case, `a < b | **c**`\n\n[`x`](y.md) ![p](q.png)",
      (target) => `/${target}`,
    ),
    "<h1>A <code>b</code></h1>\n" +
      "<p>two lines, <strong>bold</strong>, <em>soft</em>, snake_case, <code>a &lt; b | **c**</code></p>\n" +
      '<p><a href="/y.md"><code>x</code></a> <img alt="p" src="/q.png"></p>',
  );
});

Deno.test("toHtml() converts code with blank lines, lists and tables", () => {
  assertEquals(
    toHtml(
      "text\n```ts\nconst a = 1 < 2;\n\nb();\n```\n\n- one\n- two\n  more\n\n1. first\n\n| a | b |\n| - | - |\n| `x` | y \\| z |",
    ),
    "<p>text</p>\n<pre><code>const a = 1 &lt; 2;\n\nb();</code></pre>\n<ul><li>one</li><li>two more</li></ul>\n<ol><li>first</li></ol>\n" +
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><code>x</code></td><td>y | z</td></tr></tbody></table>",
  );
});
