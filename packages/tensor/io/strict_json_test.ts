/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { FileFormatError } from "./file_format_error.ts";
import { type JsonValue, parseStrictJson } from "./strict_json.ts";

/** The value with plain objects, as returned by `JSON.parse`. */
function plain(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) {
    return Object.fromEntries(Array.from(value, ([name, member]) => [name, plain(member)]));
  }
  return value;
}

Deno.test("parseStrictJson() agrees with JSON.parse on valid text", () => {
  const texts = [
    "0",
    " -12.5e-3 ",
    "[]",
    "{}",
    '[1, [2, {"a": null}], true, false]',
    '{"a\\"b\\\\": "\\u00e9\\n", "": {"x": [ ] , "y":1e2}}',
    '"\\\\\\""',
  ];
  for (const text of texts) assertEquals(plain(parseStrictJson(text)), JSON.parse(text));
});

Deno.test("parseStrictJson() rejects what JSON.parse rejects", () => {
  const texts = [
    "",
    "{",
    "[1,]",
    "{,}",
    '{"a"}',
    '{"a":1,}',
    "{a:1}",
    "01",
    "1.",
    "+1",
    ".5",
    "NaN",
    "tru",
    '"a',
    '"\\x"',
    '"\\',
    '"\n"',
    "[1 2]",
    "1 2",
    "\u00a01",
  ];
  for (const text of texts) {
    assertThrows(() => JSON.parse(text), SyntaxError);
    assertThrows(() => parseStrictJson(text), FileFormatError, "invalid JSON");
  }
});

Deno.test("parseStrictJson() preserves the order of numeric names, and names of the prototype", () => {
  const value = parseStrictJson('{"10":1,"9":2,"__proto__":3}');
  assertEquals(value instanceof Map ? [...value] : [], [["10", 1], ["9", 2], ["__proto__", 3]]);
});

Deno.test("parseStrictJson() rejects duplicate names and deep nesting", () => {
  assertThrows(
    () => parseStrictJson('{"a":1,"b":{"c":1,"c":2}}'),
    FileFormatError,
    'the name "c" is duplicated',
  );
  assertEquals(parseStrictJson("[[[1]]]", 3), [[[1]]]);
  assertThrows(() => parseStrictJson("[[[1]]]", 2), FileFormatError, "nested deeper than 2");
});
