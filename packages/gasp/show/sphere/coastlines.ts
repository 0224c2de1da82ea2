/**
 * Where land and sea meet: Natural Earth's lines at 1:110 million, which are in the public domain, from the package
 * `world-atlas`. They are loaded when they are first asked for.
 * @module
 */

/**
 * Places along a coast: degrees east and north.
 *
 * @category Files of samples
 */
export type Coastline = readonly (readonly [longitude: number, latitude: number])[];

/** The part of TopoJSON that is read: lines as steps of whole numbers. */
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
 * The coasts of the world.
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

/** Leaves out the sides of the map, which close Antarctica and Russia but are no coasts. */
function cutAtEdges(line: Coastline): Coastline[] {
  const pieces: (readonly [number, number])[][] = [[]];
  line.forEach((place, i) => {
    const isEdge = ([longitude, latitude]: readonly [number, number]) =>
      Math.abs(longitude) > 179.9 || latitude < -85;
    if (i > 0 && isEdge(place) && isEdge(line[i - 1]!)) pieces.push([]);
    pieces.at(-1)!.push(place);
  });
  return pieces.filter((piece) => piece.length > 1);
}
