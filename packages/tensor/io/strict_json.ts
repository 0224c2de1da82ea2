/**
 * A strict JSON parser for file headers: objects become maps, which preserve the order of all names, and a duplicate
 * name is an error, which `JSON.parse` would hide.
 *
 * @module
 */
import { FileFormatError } from "./file_format_error.ts";

/** A JSON value; objects are maps. */
export type JsonValue = null | boolean | number | string | JsonValue[] | Map<string, JsonValue>;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  #position = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#match(SPACE);
    if (this.#position < this.#text.length) this.#fail("unexpected text after the value");
    return value;
  }

  #fail(problem: string): never {
    throw new FileFormatError(`invalid JSON at character ${this.#position}: ${problem}`);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    this.#position += found?.length ?? 0;
    return found;
  }

  /** Consumes a character if it comes next, ignoring spaces. */
  #take(character: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #string(): string | undefined {
    const start = this.#position;
    if (this.#text[start] !== '"') return undefined;
    let end = this.#text.indexOf('"', start + 1);
    while (end >= 0 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end < 0) this.#fail("unterminated string");
    try {
      const value: unknown = JSON.parse(this.#text.slice(start, end + 1));
      this.#position = end + 1;
      return String(value);
    } catch {
      this.#fail("invalid character or escape in a string");
    }
  }

  /** Whether the position is preceded by an odd number of backslashes. */
  #isEscaped(position: number): boolean {
    let first = position;
    while (this.#text[first - 1] === "\\") first--;
    return (position - first) % 2 === 1;
  }

  #value(depth: number): JsonValue {
    if (depth > this.#maxDepth) this.#fail(`nested deeper than ${this.#maxDepth}`);
    if (this.#take("{")) return this.#object(depth);
    if (this.#take("[")) return this.#array(depth);
    const string = this.#string();
    if (string !== undefined) return string;
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number);
    const word = this.#match(WORD);
    if (word === undefined) this.#fail("expected a value");
    return word === "null" ? null : word === "true";
  }

  #array(depth: number): JsonValue[] {
    const values: JsonValue[] = [];
    if (this.#take("]")) return values;
    do values.push(this.#value(depth + 1)); while (this.#take(","));
    if (!this.#take("]")) this.#fail("expected , or ]");
    return values;
  }

  #object(depth: number): Map<string, JsonValue> {
    const members = new Map<string, JsonValue>();
    if (this.#take("}")) return members;
    do {
      this.#match(SPACE);
      const name = this.#string();
      if (name === undefined) this.#fail("expected a name in quotes");
      if (members.has(name)) this.#fail(`the name ${JSON.stringify(name)} is duplicated`);
      if (!this.#take(":")) this.#fail("expected :");
      members.set(name, this.#value(depth + 1));
    } while (this.#take(","));
    if (!this.#take("}")) this.#fail("expected , or }");
    return members;
  }
}

/**
 * Parses JSON.
 *
 * @param text JSON text.
 * @param maxDepth Maximum nesting depth of arrays and objects.
 * @returns The value.
 * @throws {FileFormatError} If it is invalid, nested deeper, or an object has duplicate names.
 */
export function parseStrictJson(text: string, maxDepth = 8): JsonValue {
  return new Parser(text, maxDepth).document();
}
