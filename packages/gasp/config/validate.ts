/**
 * Checks of values that people wrote, with messages that name the field, the value and what is allowed.
 * @module
 */
import * as v from "valibot";
import { UserError } from "./user_error.ts";

/** A check for values of one type, made by the functions of this module. */
export interface Schema<T> {
  /** Stands for the type alone; no value is there. */
  readonly accepted: T;
}

function wrap<T>(schema: v.GenericSchema<unknown, T>): Schema<T> {
  return schema as unknown as Schema<T>;
}

function unwrap<T>(schema: Schema<T>): v.GenericSchema<unknown, T> {
  return schema as unknown as v.GenericSchema<unknown, T>;
}

/**
 * A whole number in a range.
 *
 * @param min Least value.
 * @param max Largest value; by default any that is exact.
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
 * A finite number in a range.
 *
 * @param min Least value.
 * @param max Largest value.
 * @param allowed What to say of the range: `a number above 0`.
 */
export function numberWithin(min: number, max: number, allowed: string): Schema<number> {
  return wrap(v.custom<number>(
    (x) => typeof x === "number" && Number.isFinite(x) && x >= min && x <= max,
    allowed,
  ));
}

/** A number above 0. */
export function positiveNumber(): Schema<number> {
  return numberWithin(Number.MIN_VALUE, Infinity, "a number above 0");
}

/**
 * One of several words or numbers.
 *
 * @param values The values allowed.
 */
export function oneOf<const W extends string | number>(values: readonly W[]): Schema<W> {
  return wrap(v.picklist(values, `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`));
}

/** True or false. */
export function trueOrFalse(): Schema<boolean> {
  return wrap(v.boolean("true or false"));
}

/** Text of at least one character. @param what What it is: `a folder`. */
export function nonEmptyText(what: string): Schema<string> {
  return wrap(v.pipe(v.string(what), v.minLength(1, what)));
}

/**
 * An object with exactly the given fields.
 *
 * @param entries Check of each field.
 */
export function fields<T extends object>(entries: { readonly [K in keyof T]-?: Schema<T[K]> }): Schema<T> {
  const known = Object.keys(entries).join(", ");
  const schema = v.strictObject(entries as unknown as Record<string, v.GenericSchema>, (issue) => {
    if (issue.expected === "never") return `is not a known field; known here are ${known}`;
    return issue.expected === "Object" ? `must be an object with the fields ${known}` : "is missing";
  });
  return schema as unknown as Schema<T>;
}

/**
 * A list.
 *
 * @param item Check of each element.
 * @param min Least length.
 */
export function listOf<T>(item: Schema<T>, min: number): Schema<T[]> {
  const what = min === 0 ? "a list" : `a list of at least ${min}`;
  return wrap(v.pipe(v.array(unwrap(item), what), v.minLength(min, what)));
}

/**
 * An object of one of several kinds, told apart by a field.
 *
 * @param key The field.
 * @param kinds Check of each kind by the value of the field.
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
 * A value that may also be null.
 *
 * @param schema What it is otherwise.
 */
export function orNull<T>(schema: Schema<T>): Schema<T | null> {
  return wrap(v.nullable(unwrap(schema)));
}

/**
 * A field that may be left out.
 *
 * @param schema What it is otherwise.
 */
export function optionalField<T>(schema: Schema<T>): Schema<T | undefined> {
  return v.exactOptional(unwrap(schema)) as unknown as Schema<T | undefined>;
}

/**
 * Checks a value.
 *
 * @param schema What it must be.
 * @param value The value.
 * @param where Where it comes from, for the message: `runs/a/config.json`.
 * @returns The value, typed.
 * @throws {UserError} For the first field that is not as it must be.
 */
export function validate<T>(schema: Schema<T>, value: unknown, where: string): T {
  const result = v.safeParse(unwrap(schema), value, { abortEarly: true });
  if (result.success) return result.output;
  throw new UserError(`${where}: ${describeIssue(result.issues[0])}`);
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue);
  const name = field === null ? "the whole" : `"${field}"`;
  if (issue.type === "strict_object") {
    return issue.expected === "Object"
      ? `${name} is ${show(issue.input)} and ${issue.message}`
      : `${name} ${issue.message}`;
  }
  return `${name} is ${show(issue.input)}, but must be ${issue.message}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
