/**
 * Formats arrays as NumPy does: nested brackets, columns aligned at the decimal point, the middle of long axes elided.
 * @module
 */
import type { DType } from "../ir/dtype.ts";
import { contiguousStrides, type Shape, sizeOf } from "./shape.ts";

/** Larger arrays are elided. */
const MAX_ELEMENTS = 100;
/** Entries shown at either end of an elided axis: of the last two axes, and of the axes before them. */
const INNER_EDGE = 3, OUTER_EDGE = 1;
/** Significant digits of a float. */
const DIGITS = 6;
const ELLIPSIS = "…";

/**
 * Formats an array.
 *
 * @param data Row-major elements.
 * @param shape Shape.
 * @param dtype Element type: `bool` is shown as `true` and `false`.
 * @returns One line for up to one axis, else several.
 */
export function formatArray(data: ArrayLike<number>, shape: Shape, dtype: DType): string {
  const layout = new Layout(data, shape, dtype);
  return layout.text();
}

/** Formats one value, without padding. */
function formatNumber(value: number, dtype: DType): string {
  if (dtype === "bool") return value === 0 ? "false" : "true";
  if (dtype !== "f32" || !Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? "-0" : String(Number(value.toPrecision(DIGITS)));
}

class Layout {
  readonly #shape: Shape;
  readonly #strides: readonly number[];
  readonly #shown: readonly (readonly (number | typeof ELLIPSIS)[])[];
  readonly #cell: (offset: number) => string;

  constructor(data: ArrayLike<number>, shape: Shape, dtype: DType) {
    this.#shape = shape;
    this.#strides = contiguousStrides(shape);
    const isShortened = sizeOf(shape) > MAX_ELEMENTS;
    this.#shown = shape.map((size, axis) => {
      const edge = axis >= shape.length - 2 ? INNER_EDGE : OUTER_EDGE;
      if (!isShortened || size <= 2 * edge) return Array.from({ length: size }, (_, i) => i);
      const first = Array.from({ length: edge }, (_, i) => i);
      return [...first, ELLIPSIS, ...first.map((i) => size - edge + i)];
    });
    const texts = new Map(this.#offsets(0, 0).map((at) => [at, formatNumber(data[at]!, dtype)]));
    const { before, after } = columnWidths([...texts.values()]);
    this.#cell = (offset) =>
      shape.length === 0 ? texts.get(offset)! : align(texts.get(offset)!, before, after);
  }

  text(): string {
    return this.#axis(0, 0);
  }

  /** Offsets of all elements shown. */
  #offsets(axis: number, offset: number): number[] {
    if (axis === this.#shape.length) return [offset];
    return this.#shown[axis]!.flatMap((i) =>
      i === ELLIPSIS ? [] : this.#offsets(axis + 1, offset + i * this.#strides[axis]!)
    );
  }

  #axis(axis: number, offset: number): string {
    if (axis === this.#shape.length) return this.#cell(offset);
    const entries = this.#shown[axis]!.map((i) =>
      i === ELLIPSIS ? ELLIPSIS : this.#axis(axis + 1, offset + i * this.#strides[axis]!)
    );
    const deeper = this.#shape.length - axis - 1;
    const separator = deeper === 0 ? ", " : `,${"\n".repeat(deeper)}${" ".repeat(axis + 1)}`;
    return `[${entries.join(separator)}]`;
  }
}

/** Splits a number before its decimal point. */
function splitAtPoint(text: string): [string, string] {
  const at = text.search(/[.e]/);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

function columnWidths(texts: readonly string[]): { before: number; after: number } {
  const parts = texts.map(splitAtPoint);
  return {
    before: Math.max(0, ...parts.map(([whole]) => whole.length)),
    after: Math.max(0, ...parts.map(([, rest]) => rest.length)),
  };
}

function align(text: string, before: number, after: number): string {
  const [whole, rest] = splitAtPoint(text);
  return whole.padStart(before) + rest.padEnd(after);
}
