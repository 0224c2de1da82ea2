/**
 * Conversion between flat indices and axes.
 * @module
 */
import type { Axis } from "./axes.ts";
import type { NamedAxis } from "./block.ts";
import type { Shader } from "./shader.ts";

/** Product of sizes. */
export function volume(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** Row-major strides of an array of the given sizes. */
export function contiguous(sizes: readonly number[]): number[] {
  const strides = new Array<number>(sizes.length).fill(1);
  for (let i = sizes.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * sizes[i + 1]!;
  return strides;
}

/** Axes of the given sizes that correspond to the kernel's axes `first`, `first + 1`, …, without those of size 1. */
export function axesOf(sizes: readonly number[], first: number = 0): Axis[] {
  return sizes.map((size, i) => ({ size, from: first + i })).filter(({ size }) => size !== 1);
}

/**
 * Emits the axis indices of a row-major flat index.
 *
 * @param lines List that the statements are appended to.
 * @param shader Shader that holds the sizes.
 * @param axes Axes, outermost first.
 * @param flat Name of the flat index.
 * @param prefix Prefix of the names of the axes.
 * @returns The axes with their names.
 */
export function unravel(
  lines: string[],
  shader: Shader,
  axes: readonly Axis[],
  flat: string,
  prefix: string,
): NamedAxis[] {
  let rest = flat;
  for (let i = axes.length - 1; i > 0; i--) {
    const size = shader.param("size", axes[i]!.size);
    lines.push(
      `let ${prefix}${i}_rest = ${rest} / ${size};`,
      `let ${prefix}${i} = ${rest} - ${prefix}${i}_rest * ${size};`,
    );
    rest = `${prefix}${i}_rest`;
  }
  if (axes.length > 0) lines.push(`let ${prefix}0 = ${rest};`);
  return axes.map(({ from }, i) => ({ name: `${prefix}${i}`, from }));
}

/** Indents statements by one level. */
export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
