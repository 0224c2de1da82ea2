/**
 * Coastlines: Natural Earth's public-domain lines at 1:110 million, from the package `world-atlas`, loaded on first use.
 * @module
 */

/**
 * Points along a coast, in degrees east and north.
 *
 * @category Files of samples
 */
export type Coastline = readonly (readonly [longitude: number, latitude: number])[];

/** The part of TopoJSON that is used: delta-encoded integer lines. */
interface Topology {
  readonly arcs: readonly (readonly (readonly number[])[])[];
  readonly transform: { readonly scale: readonly number[]; readonly translate: readonly number[] };
}

async function load(): Promise<readonly Coastline[]> {
  const file = await import("world-atlas/land-110m.json", { with: { type: "json" } });
  const { arcs, transform: { scale, translate } } = file.default as unknown as Topology;
  return arcs.flatMap((arc) => {
    let x = 0, y = 0;
    const line = arc.map(([dx, dy]) => {
      x += dx!;
      y += dy!;
      return [x * scale[0]! + translate[0]!, y * scale[1]! + translate[1]!] as const;
    });
    return cutAtEdges(line);
  });
}

let loaded: Promise<readonly Coastline[]> | undefined;

/**
 * Loads the coastlines of the world.
 *
 * @example
 * ```ts
 * import { coastlines } from "@gasp/gasp";
 * import { assert } from "@std/assert";
 *
 * const lines = await coastlines();
 * assert(lines.length > 50);
 * ```
 *
 * @category Files of samples
 */
export function coastlines(): Promise<readonly Coastline[]> {
  return loaded ??= load().catch((error) => {
    // A failure is not cached: the next call loads again.
    loaded = undefined;
    throw error;
  });
}

/** Removes the edges of the map, which close the polygons of Antarctica and Russia but are not coasts. */
function cutAtEdges(line: Coastline): Coastline[] {
  const pieces: (readonly [number, number])[][] = [[]];
  line.forEach((point, i) => {
    const isEdge = ([longitude, latitude]: readonly [number, number]) =>
      Math.abs(longitude) > 179.9 || latitude < -85;
    if (i > 0 && isEdge(point) && isEdge(line[i - 1]!)) pieces.push([]);
    pieces.at(-1)!.push(point);
  });
  return pieces.filter((piece) => piece.length > 1);
}
