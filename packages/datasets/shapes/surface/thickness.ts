/**
 * The typical thickness of a solid.
 *
 * @module
 */

/**
 * Returns twice the volume of a solid divided by its area: the thickness of a plate, the radius of a rod.
 *
 * @param corners Vertices, `[vertices, 3]`.
 * @param triangles Vertex indices, `[triangles, 3]`, oriented outwards.
 * @returns Thickness in the units of the vertices; 0 for a sheet.
 */
export function shapeThickness(corners: ArrayLike<number>, triangles: Uint32Array): number {
  let volume = 0, area = 0;
  // Volumes about a corner of the surface, for accuracy.
  const o = 3 * (triangles[0] ?? 0);
  for (let i = 0; i < triangles.length; i += 3) {
    const a = 3 * triangles[i]!, b = 3 * triangles[i + 1]!, c = 3 * triangles[i + 2]!;
    const ux = corners[b]! - corners[a]!, uy = corners[b + 1]! - corners[a + 1]!;
    const uz = corners[b + 2]! - corners[a + 2]!, vx = corners[c]! - corners[a]!;
    const vy = corners[c + 1]! - corners[a + 1]!, vz = corners[c + 2]! - corners[a + 2]!;
    const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    volume += nx * (corners[a]! - corners[o]!) + ny * (corners[a + 1]! - corners[o + 1]!) +
      nz * (corners[a + 2]! - corners[o + 2]!);
    area += Math.sqrt(nx * nx + ny * ny + nz * nz);
  }
  return area > 0 ? 2 * (Math.abs(volume) / 6) / (area / 2) : 0;
}
