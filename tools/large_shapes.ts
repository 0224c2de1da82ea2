/**
 * Measures binvox files of 512³ and 1024³: writes a ball, describes it at a resolution, compares what is read with the ball, and
 * deletes it: `deno run -A tools/large_shapes.ts [RESOLUTION]`. It prints seconds and peak memory, and fails on a difference.
 *
 * @module
 */
import { readBinvoxAt } from "../packages/datasets/shapes/binvox.ts";
import { cliCommand } from "../tests/cli.ts";
import { measured } from "./measured.ts";

/** Radius of the ball in half sides of the grid, and its centre. */
const RADIUS = 0.7, CENTRE = [0.1, -0.05, 0.15] as const;

/** Longest run of the format. */
const MOST = 255;

/** Distance of a point from the centre of the ball; points are in [-1, 1]. */
function distance(at: readonly [x: number, y: number, z: number]): number {
  return Math.hypot(...at.map((coordinate, axis) => coordinate - CENTRE[axis]!));
}

/** Writes the ball: x varies slowest, then z, then y, along which the inside is one run. */
async function writeBall(path: string, side: number): Promise<void> {
  using file = await Deno.create(path);
  const text = `#binvox 1\ndim ${side} ${side} ${side}\ntranslate 0 0 0\nscale 1\ndata\n`;
  await file.write(new TextEncoder().encode(text));
  let value = 0, length = 0, bytes: number[] = [];
  const run = (next: number, count: number) => {
    if (count === 0) return;
    if (next !== value) flush();
    value = next;
    length += count;
  };
  const flush = () => {
    for (; length > 0; length -= Math.min(length, MOST)) bytes.push(value, Math.min(length, MOST));
  };
  const place = (index: number) => (2 * index + 1) / side - 1;
  for (let x = 0; x < side; x++) {
    for (let z = 0; z < side; z++) {
      const half = Math.sqrt(
        Math.max(0, RADIUS ** 2 - (place(x) - CENTRE[0]) ** 2 - (place(z) - CENTRE[2]) ** 2),
      );
      // Cells with their centres in the ball.
      const index = (y: number) => ((y + 1) * side - 1) / 2;
      const first = Math.ceil(index(CENTRE[1] - half)),
        end = half > 0 ? Math.floor(index(CENTRE[1] + half)) + 1 : first;
      run(0, first);
      run(1, end - first);
      run(0, side - end);
    }
    if (x === side - 1) flush();
    await file.write(Uint8Array.from(bytes));
    bytes = [];
  }
}

/** Number of voxels that are wrong though their cell, enlarged by one of the file, is inside or outside as a whole. */
function wrongVoxels(voxels: Uint8Array, side: number, fileSide: number): number {
  const margin = Math.sqrt(3) * (1 / side + 2 / fileSide);
  let wrong = 0;
  for (let i = 0; i < voxels.length; i++) {
    const [x, y, z] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side]
      .map((index) => (2 * index + 1) / side - 1) as [number, number, number];
    const depth = RADIUS - distance([x, y, z]);
    if (Math.abs(depth) > margin && (depth > 0 ? 1 : 0) !== voxels[i]) wrong++;
  }
  return wrong;
}

const resolution = Number(Deno.args[0] ?? 64), folder = await Deno.makeTempDir({ prefix: "gasp-large-" });
let failed = false;
try {
  for (const side of [512, 1024]) {
    const path = `${folder}/ball${side}.binvox`;
    await writeBall(path, side);
    const command = cliCommand(["data", "inspect", path, "--resolution", String(resolution)]);
    console.log(
      `${side}³ at ${resolution}³, ${
        ((await Deno.stat(path)).size / 1e6).toFixed(1)
      } MB: data inspect ${await measured(command, folder)}`,
    );
    const voxels = readBinvoxAt(await Deno.readFile(path), path, resolution, "z-up");
    const wrong = wrongVoxels(voxels, resolution, side),
      inside = voxels.reduce((sum, voxel) => sum + voxel, 0);
    console.log(`  ${inside} of ${voxels.length} voxels inside, ${wrong} wrong`);
    failed ||= wrong > 0 || inside === 0;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
if (failed) Deno.exit(1);
