/**
 * Damaged copies of files and of JSON values.
 * @module
 */
import type { Random } from "./random.ts";

/** Bytes of numbers that break size arithmetic. */
const NASTY: readonly (readonly number[])[] = [
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0x7f, 0xff, 0xff, 0xff],
  [0, 0, 0, 0],
  [0x80, 0, 0, 0],
  [1, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0x7f],
];

/**
 * Damages a file: one to four bytes are changed, numbers replaced, parts removed, repeated or cut off.
 *
 * @param original File.
 * @param random Random numbers.
 */
export function mutateBytes(original: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let bytes = new Uint8Array(original);
  for (let changes = 1 + random.below(4); changes > 0 && bytes.length > 0; changes--) {
    // Mostly near the start or the end, where headers and directories are
    const near = Math.min(400, bytes.length);
    const at = random.pick([
      random.below(bytes.length),
      random.below(near),
      bytes.length - 1 - random.below(near),
    ]);
    const length = 1 + random.below(16);
    switch (random.below(7)) {
      case 0:
      case 1:
        bytes[at] = random.below(256);
        break;
      case 2:
        bytes[at]! ^= 1 << random.below(8);
        break;
      case 3:
        bytes.set(random.pick(NASTY).slice(0, bytes.length - at), at);
        break;
      case 4:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 5:
        bytes = joined(bytes.subarray(0, at + length), bytes.subarray(at));
        break;
      default:
        if (random.below(3) === 0) bytes = bytes.slice(0, at);
    }
  }
  return bytes;
}

/** Joins arrays of bytes. @param parts Arrays. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Values that a configuration should not contain, or that are at the ends of ranges. */
const HOSTILE: readonly unknown[] = [
  ...[0, -1, 0.5, 1, 2, 3, 1e9, 65_536, 65_537, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -1e308, 1e-300],
  ...["", "x", "__proto__", "\u001b[31m", "../../x", "a".repeat(1000), "NaN", "1"],
  ...[null, true, false, [], {}, [[]], [0], [1, 1, 1], { kind: "conv" }, { kind: "constructor" }],
  Array.from({ length: 100_000 }, () => 1),
];

/** A JSON object or array. */
type Container = Record<string, unknown> | unknown[];

/**
 * Damages a JSON value: one to three fields are replaced, removed, added or repeated.
 *
 * @param original Value.
 * @param random Random numbers.
 */
export function mutateJson(original: unknown, random: Random): unknown {
  const root = { value: structuredClone(original) };
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const holders = containersOf(root), holder = random.pick(holders);
    const keys = Object.keys(holder), key = random.pick(keys.length > 0 ? keys : ["added"]);
    const record = holder as Record<string, unknown>;
    switch (random.below(8)) {
      case 0:
        if (holder !== root && !Array.isArray(holder)) delete record[key];
        break;
      case 1:
        if (Array.isArray(holder)) holder.push(...holder);
        else if (holder !== root) {
          record[random.pick(["extra", "constructor", "kind", "toString"])] = random.pick(HOSTILE);
        }
        break;
      default:
        record[key] = structuredClone(random.pick(HOSTILE));
    }
  }
  return root.value;
}

function containersOf(value: Container): Container[] {
  const inner = Object.values(value).filter((child): child is Container =>
    typeof child === "object" && child !== null
  );
  // A list of a hundred thousand numbers has no containers worth visiting
  return [value, ...inner.slice(0, 100).flatMap(containersOf)];
}
