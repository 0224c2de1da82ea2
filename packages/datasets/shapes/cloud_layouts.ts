/**
 * Layouts of points with occupancy that other projects publish, one `.npz` file a shape:
 *
 * - Occupancy Networks, `points.npz`: `points` `[n, 3]` in [-0.55, 0.55]³ and `occupancies`, `[n]` or packed, 8 to a byte.
 * - DeepSDF: `pos` and `neg`, `[n, 4]` of coordinates and signed distance, outside and inside, in the ball of radius 1.03.
 *
 * @module
 */
import { type ArrayEntry, isNpz, type NumberArray, openArrayFile } from "../arrays/array_file.ts";
import { DataError } from "../core/data_error.ts";

/** A cloud `[n, 4]` of x, y, z and occupancy. */
export interface CloudLayout {
  /** Coordinates lie in [-extent, extent]. */
  readonly extent: number;
  /** The cloud. */
  readonly array: Omit<NumberArray, "dtype">;
}

const OCCUPANCY_NETWORKS = 0.55, DEEP_SDF = 1.03;

/**
 * Whether arrays are those of a known layout.
 *
 * @param arrays Arrays of a `.npz` file by name.
 */
export function isCloudLayout(arrays: ReadonlyMap<string, ArrayEntry>): boolean {
  return (arrays.has("points") && arrays.has("occupancies")) || (arrays.has("pos") && arrays.has("neg"));
}

/**
 * Reads a file of a known layout.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @returns The cloud; `undefined` if the file has another layout.
 * @throws {DataError} If its arrays do not match.
 */
export function cloudLayout(bytes: Uint8Array, name: string): CloudLayout | undefined {
  if (!isNpz(bytes)) return undefined;
  const arrays = openArrayFile(bytes, name);
  if (!isCloudLayout(arrays)) return undefined;
  return arrays.has("points")
    ? occupancyNetworks(arrays.get("points")!.read(), arrays.get("occupancies")!.read(), name)
    : deepSdf(arrays.get("pos")!, arrays.get("neg")!, name);
}

function occupancyNetworks(points: NumberArray, occupancies: NumberArray, name: string): CloudLayout {
  const count = points.shape[0]!, flags = occupancies.data;
  const isPacked = flags.length === Math.ceil(count / 8) && occupancies.dtype === "u1" && count > 1;
  if (points.shape.length !== 2 || points.shape[1] !== 3 || (!isPacked && flags.length !== count)) {
    throw new DataError(
      `${name} has points of shape (${points.shape.join(", ")}) with occupancies of shape (${
        occupancies.shape.join(", ")
      }): expected (n, 3) with (n) or, packed, (n / 8).`,
    );
  }
  const data = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) {
    for (let axis = 0; axis < 3; axis++) data[4 * i + axis] = points.data[3 * i + axis]!;
    // NumPy packs the first bit highest.
    data[4 * i + 3] = isPacked ? (flags[i >> 3]! >> (7 - (i & 7))) & 1 : flags[i]! > 0.5 ? 1 : 0;
  }
  return { extent: OCCUPANCY_NETWORKS, array: { shape: [count, 4], data } };
}

function deepSdf(outside: ArrayEntry, inside: ArrayEntry, name: string): CloudLayout {
  const parts = [outside, inside].map((entry, occupancy) => {
    const { shape, data } = entry.read();
    if (shape.length !== 2 || shape[1] !== 4) {
      throw new DataError(
        `${name} has ${occupancy === 0 ? "pos" : "neg"} of shape (${shape.join(", ")}): expected (n, 4).`,
      );
    }
    // Rows without a distance, where the ray tracer failed.
    const rows = Array.from({ length: shape[0]! }, (_, row) => row).filter((row) =>
      [0, 1, 2, 3].every((i) => Number.isFinite(data[4 * row + i]))
    );
    return { data, rows, occupancy };
  });
  const data = new Float32Array(4 * parts.reduce((sum, { rows }) => sum + rows.length, 0));
  // Both are spread evenly, so that any evenly spaced selection has points of both.
  const order = parts.flatMap(({ data, rows, occupancy }) =>
    rows.map((row, i) => ({ at: (i + 0.5) / rows.length, data, row, occupancy }))
  ).sort((a, b) => a.at - b.at);
  order.forEach(({ data: from, row, occupancy }, i) => {
    for (let axis = 0; axis < 3; axis++) data[4 * i + axis] = from[4 * row + axis]!;
    data[4 * i + 3] = occupancy;
  });
  if (order.length === 0) throw new DataError(`${name} has no point with a finite distance.`);
  return { extent: DEEP_SDF, array: { shape: [order.length, 4], data } };
}
