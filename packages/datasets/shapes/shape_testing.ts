/**
 * Shapes and shape files for tests.
 *
 * @module
 */
import type { TriangleMesh } from "./formats/triangle_mesh.ts";

/**
 * Returns a box as twelve triangles with eight vertices.
 *
 * @param low Lowest x, y and z.
 * @param high Highest x, y and z.
 */
export function boxMesh(
  low: readonly [number, number, number],
  high: readonly [number, number, number],
): TriangleMesh {
  const positions = Array.from(
    { length: 8 },
    (_, i) => [0, 1, 2].map((axis) => (i >> axis) & 1 ? high[axis]! : low[axis]!),
  );
  const sides = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
  return {
    positions: Float32Array.from(positions.flat()),
    triangles: Uint32Array.from(sides.flatMap(([a, b, c, d]) => [a!, b!, c!, a!, c!, d!])),
  };
}

/** Concatenates two meshes. */
export function joined(a: TriangleMesh, b: TriangleMesh): TriangleMesh {
  const first = a.positions.length / 3;
  return {
    positions: Float32Array.from([...a.positions, ...b.positions]),
    triangles: Uint32Array.from([...a.triangles, ...b.triangles.map((corner) => corner + first)]),
  };
}

/** Returns the unit sphere, triangulated by latitude and longitude; axis-parallel rays hit many edges and vertices. */
export function sphereMesh(rings: number): TriangleMesh {
  const around = 2 * rings, positions: number[] = [], triangles: number[] = [];
  for (let ring = 0; ring <= rings; ring++) {
    for (let i = 0; i < around; i++) {
      const polar = Math.PI * ring / rings, azimuth = 2 * Math.PI * i / around;
      const radius = ring % rings === 0 ? 0 : Math.sin(polar);
      positions.push(radius * Math.cos(azimuth), radius * Math.sin(azimuth), Math.cos(polar));
      if (ring === rings) continue;
      const a = ring * around + i, b = ring * around + (i + 1) % around;
      triangles.push(a, a + around, b, b, a + around, b + around);
    }
  }
  return { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) };
}

/** Encodes a text. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Concatenates bytes. */
export function concatenated(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Writes a mesh as an OBJ file. */
export function objFile({ positions, triangles }: TriangleMesh): Uint8Array {
  const lines = ["# a comment"];
  for (let i = 0; i < positions.length; i += 3) lines.push(`v ${positions.slice(i, i + 3).join(" ")}`);
  for (let i = 0; i < triangles.length; i += 3) {
    lines.push(`f ${Array.from(triangles.slice(i, i + 3), (corner) => `${corner + 1}//1`).join(" ")}`);
  }
  return ascii(lines.join("\n"));
}

/** Writes a mesh as a PLY file, with an extra property and an extra element. */
export function plyFile(
  { positions, triangles }: TriangleMesh,
  format: "ascii" | "binary_little_endian" | "binary_big_endian",
): Uint8Array {
  const vertices = positions.length / 3, faces = triangles.length / 3;
  const header = ascii(
    `ply\nformat ${format} 1.0\ncomment for a test\nelement note 1\nproperty list uchar short words\n` +
      `element vertex ${vertices}\nproperty float x\nproperty float32 y\nproperty float z\nproperty uchar red\n` +
      `element face ${faces}\nproperty list uchar int vertex_indices\nend_header\n`,
  );
  if (format === "ascii") {
    const lines = ["2 7 8"];
    for (let i = 0; i < vertices; i++) lines.push(`${positions.slice(3 * i, 3 * i + 3).join(" ")} 255`);
    for (let i = 0; i < faces; i++) lines.push(`3 ${triangles.slice(3 * i, 3 * i + 3).join(" ")}`);
    return concatenated(header, ascii(lines.join("\n")));
  }
  const little = format === "binary_little_endian";
  const body = new DataView(new ArrayBuffer(5 + 13 * vertices + 13 * faces));
  body.setUint8(0, 2);
  positions.forEach((x, i) => body.setFloat32(5 + 13 * Math.floor(i / 3) + 4 * (i % 3), x, little));
  for (let i = 0; i < faces; i++) {
    const at = 5 + 13 * vertices + 13 * i;
    body.setUint8(at, 3);
    for (let corner = 0; corner < 3; corner++) {
      body.setInt32(at + 1 + 4 * corner, triangles[3 * i + corner]!, little);
    }
  }
  return concatenated(header, new Uint8Array(body.buffer));
}

/** Writes a mesh as a GLB file, with further members of the document. */
export function glbFile(
  { positions, triangles }: TriangleMesh,
  document: Readonly<Record<string, unknown>> = { scenes: [{ nodes: [0] }], nodes: [{ mesh: 0 }] },
): Uint8Array {
  const positionBytes = new Uint8Array(positions.slice().buffer),
    indexBytes = new Uint8Array(triangles.slice().buffer);
  const json = JSON.stringify({
    asset: { version: "2.0" },
    buffers: [{ byteLength: positionBytes.length + indexBytes.length }],
    bufferViews: [
      { buffer: 0, byteLength: positionBytes.length },
      { buffer: 0, byteOffset: positionBytes.length, byteLength: indexBytes.length },
    ],
    accessors: [
      { bufferView: 0, componentType: 5126, type: "VEC3", count: positions.length / 3 },
      { bufferView: 1, componentType: 5125, type: "SCALAR", count: triangles.length },
    ],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    ...document,
  });
  const text = ascii(json.padEnd(Math.ceil(json.length / 4) * 4));
  const words = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
  const binaryLength = positionBytes.length + indexBytes.length;
  return concatenated(
    words(0x46546c67, 2, 28 + text.length + binaryLength, text.length, 0x4e4f534a),
    text,
    words(binaryLength, 0x004e4942),
    positionBytes,
    indexBytes,
  );
}

/** Counts the voxels inside. */
export function volume(voxels: Uint8Array): number {
  return voxels.reduce((sum, voxel) => sum + voxel, 0);
}

/** Returns a grid without mirror symmetry, `[x, y, z]`. */
export function lopsided(resolution: number): Uint8Array {
  return Uint8Array.from({ length: resolution ** 3 }, (_, i) => {
    const x = Math.floor(i / resolution ** 2),
      y = Math.floor(i / resolution) % resolution,
      z = i % resolution;
    return x + 2 * y + 3 * z < 2 * resolution ? 1 : 0;
  });
}

/** Writes a binvox file of voxels in the file's order: x, then z, then y. */
export function binvoxFile(
  resolution: number,
  voxels: Uint8Array,
  dim = `${resolution} ${resolution} ${resolution}`,
) {
  const runs: number[] = [];
  for (let at = 0; at < voxels.length;) {
    let length = 1;
    while (length < 255 && at + length < voxels.length && voxels[at + length] === voxels[at]) length++;
    runs.push(voxels[at]!, length);
    at += length;
  }
  return concatenated(
    ascii(`#binvox 1\ndim ${dim}\ntranslate -0.5 -0.25 0\nscale 1.5\ndata\n`),
    Uint8Array.from(runs),
  );
}

/** Writes a mesh as an OFF file. @param first Its first line, before the counts. */
export function offFile({ positions, triangles }: TriangleMesh, first: string = "OFF\n"): Uint8Array {
  const lines = [`${first}${positions.length / 3} ${triangles.length / 3} 0`];
  for (let i = 0; i < positions.length; i += 3) lines.push(positions.slice(i, i + 3).join(" "));
  for (let i = 0; i < triangles.length; i += 3) lines.push(`3 ${triangles.slice(i, i + 3).join(" ")}`);
  return ascii(lines.join("\n"));
}

/** Writes a mesh as an STL file. @param format Text or binary. @param comment The first bytes of a binary file. */
export function stlFile(
  { positions, triangles }: TriangleMesh,
  format: "text" | "binary",
  comment: string = "",
): Uint8Array {
  const corners = Array.from(triangles, (vertex) => [...positions.slice(3 * vertex, 3 * vertex + 3)]);
  if (format === "text") {
    const facets = corners.flatMap((corner, i) => [
      ...(i % 3 === 0 ? ["facet normal 0 0 0", "outer loop"] : []),
      `  vertex ${corner.map((x) => x.toExponential(8)).join(" ")}`,
      ...(i % 3 === 2 ? ["endloop", "endfacet"] : []),
    ]);
    return ascii(["solid a shape", ...facets, "endsolid a shape", ""].join("\n"));
  }
  const bytes = new Uint8Array(84 + 50 * triangles.length / 3), view = new DataView(bytes.buffer);
  bytes.set(ascii(comment.slice(0, 80)));
  view.setUint32(80, triangles.length / 3, true);
  corners.forEach((corner, i) => {
    const at = 84 + 50 * Math.floor(i / 3) + 12 + 12 * (i % 3);
    corner.forEach((x, axis) => view.setFloat32(at + 4 * axis, x, true));
  });
  return bytes;
}
