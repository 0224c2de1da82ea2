/**
 * Schemas for configurations, with error messages that name the field, its value and what is allowed.
 * @module
 */
import * as v from "valibot";
import { UserError } from "./user_error.ts";

/**
 * Validates values of type `T`; constructed by the functions of this module.
 *
 * @category Configuration
 */
export interface Schema<T> {
  /** Carries the type only; has no value at run time. */
  readonly accepted: T;
}

function wrap<T>(schema: v.GenericSchema<unknown, T>): Schema<T> {
  return schema as unknown as Schema<T>;
}

function unwrap<T>(schema: Schema<T>): v.GenericSchema<unknown, T> {
  return schema as unknown as v.GenericSchema<unknown, T>;
}

/**
 * An integer in `[min, max]`.
 *
 * @param min Minimum.
 * @param max Maximum. Default: the largest safe integer.
 * @category Configuration
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { UserError, validate, wholeNumber } from "@gasp/gasp";
 *
 * const schema = wholeNumber(1, 10);
 * assertEquals(validate(schema, 3, "config.json"), 3);
 * assertThrows(() => validate(schema, 0.5, "config.json"), UserError, "a whole number from 1 to 10");
 * ```
 */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  const allowed = max === Number.MAX_SAFE_INTEGER
    ? `a whole number of at least ${min}`
    : `a whole number from ${min} to ${max}`;
  return wrap(
    v.custom<number>((x) => Number.isSafeInteger(x) && Number(x) >= min && Number(x) <= max, allowed),
  );
}

/**
 * A finite number in `[min, max]`.
 *
 * @param min Minimum.
 * @param max Maximum.
 * @param allowed Description of the range for error messages, such as `a number above 0`.
 * @category Configuration
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { numberWithin, UserError, validate } from "@gasp/gasp";
 *
 * const schema = numberWithin(0, 1, "a share from 0 to 1");
 * assertEquals(validate(schema, 0.25, "config.json"), 0.25);
 * assertThrows(() => validate(schema, 2, "config.json"), UserError, "is 2, but must be a share from 0 to 1");
 * ```
 */
export function numberWithin(min: number, max: number, allowed: string): Schema<number> {
  return wrap(v.custom<number>(
    (x) => typeof x === "number" && Number.isFinite(x) && x >= min && x <= max,
    allowed,
  ));
}

/**
 * A number above 0.
 *
 * @category Configuration
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { positiveNumber, UserError, validate } from "@gasp/gasp";
 *
 * const schema = positiveNumber();
 * assertEquals(validate(schema, 1e-4, "config.json"), 1e-4);
 * assertThrows(() => validate(schema, 0, "config.json"), UserError, "is 0, but must be a number above 0");
 * ```
 */
export function positiveNumber(): Schema<number> {
  return numberWithin(Number.MIN_VALUE, Infinity, "a number above 0");
}

/**
 * One of several strings or numbers.
 *
 * @param values Allowed values.
 * @category Configuration
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { oneOf, UserError, validate } from "@gasp/gasp";
 *
 * const schema = oneOf(["sgd", "adam"]);
 * assertEquals(validate(schema, "adam", "config.json"), "adam");
 * assertThrows(() => validate(schema, "adan", "config.json"), UserError, 'one of "sgd", "adam"');
 * ```
 */
export function oneOf<const W extends string | number>(values: readonly W[]): Schema<W> {
  return wrap(v.picklist(values, `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`));
}

/**
 * A boolean.
 *
 * @category Configuration
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { trueOrFalse, UserError, validate } from "@gasp/gasp";
 *
 * const schema = trueOrFalse();
 * assertEquals(validate(schema, true, "config.json"), true);
 * assertThrows(() => validate(schema, 1, "config.json"), UserError, "is 1, but must be true or false");
 * ```
 */
export function trueOrFalse(): Schema<boolean> {
  return wrap(v.boolean("true or false"));
}

/**
 * A non-empty string.
 *
 * @param what Description for error messages, such as `a folder`.
 * @category Configuration
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { nonEmptyText, UserError, validate } from "@gasp/gasp";
 *
 * const schema = nonEmptyText("the name of a folder");
 * assertEquals(validate(schema, "runs/a", "config.json"), "runs/a");
 * assertThrows(() => validate(schema, "", "config.json"), UserError, "but must be the name of a folder");
 * ```
 */
export function nonEmptyText(what: string): Schema<string> {
  return wrap(v.pipe(v.string(what), v.minLength(1, what)));
}

/**
 * An object with exactly the given fields.
 *
 * @param entries Schema of each field.
 * @category Configuration
 *
 * @example A misspelled field is refused, not ignored
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { fields, positiveNumber, UserError, validate } from "@gasp/gasp";
 *
 * const schema = fields<{ rate: number }>({ rate: positiveNumber() });
 * assertEquals(validate(schema, { rate: 0.1 }, "config.json"), { rate: 0.1 });
 * assertThrows(() => validate(schema, { rate: 0.1, rates: 1 }, "config.json"), UserError, "known fields are rate");
 * ```
 */
export function fields<T extends object>(entries: { readonly [K in keyof T]-?: Schema<T[K]> }): Schema<T> {
  const known = Object.keys(entries).join(", ");
  const schema = v.strictObject(entries as unknown as Record<string, v.GenericSchema>, (issue) => {
    if (issue.expected === "never") return `is not a known field; known fields are ${known}`;
    return issue.expected === "Object" ? `an object with the fields ${known}` : "is missing";
  });
  return schema as unknown as Schema<T>;
}

/**
 * An array.
 *
 * @param item Schema of the elements.
 * @param min Minimum length.
 * @param max Maximum length. Default: unlimited.
 * @category Configuration
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { listOf, UserError, validate, wholeNumber } from "@gasp/gasp";
 *
 * const schema = listOf(wholeNumber(1), 1);
 * assertEquals(validate(schema, [16, 32], "config.json"), [16, 32]);
 * assertThrows(() => validate(schema, [16, 0], "config.json"), UserError, "is 0, but must be");
 * ```
 */
export function listOf<T>(item: Schema<T>, min: number, max: number = Infinity): Schema<T[]> {
  const what = max < Infinity
    ? `a list of ${min} to ${max} elements`
    : min === 0
    ? "a list"
    : `a list of length at least ${min}`;
  // The length is checked first: there is no use in checking a million elements of a list that is too long
  const ofLength = v.custom<unknown[]>(
    (value) => Array.isArray(value) && value.length >= min && value.length <= max,
    what,
  );
  return wrap(v.pipe(ofLength, v.array(unwrap(item), what)));
}

/**
 * A discriminated union of objects.
 *
 * @param key The discriminating field.
 * @param kinds Schema for each value of that field.
 * @category Configuration
 *
 * @example Two kinds of one block
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { fields, oneOf, UserError, validate, variants, wholeNumber } from "@gasp/gasp";
 *
 * const schema = variants<object>("kind", {
 *   constant: fields({ kind: oneOf(["constant"]) }),
 *   step: fields({ kind: oneOf(["step"]), steps: wholeNumber(1) }),
 * });
 * assertEquals(validate(schema, { kind: "step", steps: 9 }, "config.json"), { kind: "step", steps: 9 });
 * assertThrows(() => validate(schema, { kind: "constant", steps: 9 }, "config.json"), UserError, "steps");
 * ```
 */
export function variants<T extends object>(
  key: string,
  kinds: { readonly [kind: string]: Schema<T> },
): Schema<T> {
  const names = Object.keys(kinds);
  const known = unwrap(oneOf(names));
  return wrap(v.lazy((input): v.GenericSchema<unknown, T> => {
    const kind = typeof input === "object" && input !== null
      ? (input as Record<string, unknown>)[key]
      : undefined;
    const schema = typeof kind === "string" && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    return schema
      ? unwrap(schema)
      : v.looseObject({ [key]: known }, `an object with a field "${key}"`) as unknown as v.GenericSchema<
        unknown,
        T
      >;
  }));
}

/**
 * A value or null.
 *
 * @param schema Schema of the value.
 * @category Configuration
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { orNull, UserError, validate, wholeNumber } from "@gasp/gasp";
 *
 * const schema = orNull(wholeNumber(1));
 * assertEquals(validate(schema, null, "config.json"), null);
 * assertThrows(() => validate(schema, 0, "config.json"), UserError, "is 0, but must be a whole number");
 * ```
 */
export function orNull<T>(schema: Schema<T>): Schema<T | null> {
  return wrap(v.nullable(unwrap(schema)));
}

/**
 * An optional field.
 *
 * @param schema Schema of its value.
 * @category Configuration
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { fields, nonEmptyText, optionalField, UserError, validate, wholeNumber } from "@gasp/gasp";
 *
 * const schema = fields<{ seed: number; note?: string }>({
 *   seed: wholeNumber(0),
 *   note: optionalField(nonEmptyText("a note")),
 * });
 * assertEquals(validate(schema, { seed: 1 }, "config.json"), { seed: 1 });
 * assertThrows(() => validate(schema, { seed: 1, note: "" }, "config.json"), UserError, "must be a note");
 * ```
 */
export function optionalField<T>(schema: Schema<T>): Schema<T | undefined> {
  return v.exactOptional(unwrap(schema)) as unknown as Schema<T | undefined>;
}

/**
 * Validates a value.
 *
 * @param schema Schema to check against.
 * @param value Value to check.
 * @param where Source of the value for error messages, such as `runs/a/config.json`.
 * @returns The value, typed.
 * @throws {UserError} For the first invalid field.
 *
 * @example The message names the source, the field, the value and what is allowed
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { fields, positiveNumber, UserError, validate } from "@gasp/gasp";
 *
 * const schema = fields<{ rate: number }>({ rate: positiveNumber() });
 * const error = assertThrows(() => validate(schema, { rate: -1 }, "config.json"), UserError);
 * assertEquals(error.message, 'config.json: "rate" is -1, but must be a number above 0');
 * ```
 *
 * @category Configuration
 */
export function validate<T>(schema: Schema<T>, value: unknown, where: string): T {
  const result = v.safeParse(unwrap(schema), value, { abortEarly: true });
  if (result.success) return result.output;
  throw new UserError(`${where}: ${describeIssue(result.issues[0])}`);
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue);
  const name = field === null ? "the value" : `"${field}"`;
  if (issue.type === "strict_object" && issue.expected !== "Object") return `${name} ${issue.message}`;
  return `${name} is ${show(issue.input)}, but must be ${issue.message}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
