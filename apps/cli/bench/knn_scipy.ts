/**
 * Nearest neighbour search of SciPy, if installed.
 * @module
 */

const PROGRAM = `
import sys, time
import numpy
from scipy.spatial import cKDTree
d, k = int(sys.argv[1]), int(sys.argv[2])
points = numpy.frombuffer(sys.stdin.buffer.read(), dtype=numpy.float32).reshape(-1, d)
cKDTree(points[:1000]).query(points[:1000], k=min(k, 1000), workers=1)
start = time.perf_counter()
cKDTree(points).query(points, k=k, workers=1)
print(time.perf_counter() - start)
`;

/**
 * Builds a cKDTree and searches it on one thread, in a separate process.
 *
 * @param points `[points, d]`.
 * @param d Dimension of the coordinates.
 * @param k Number of neighbours of each query.
 * @returns Seconds; `undefined` if python3 or SciPy is not installed.
 */
export async function timeScipy(points: Float32Array, d: number, k: number): Promise<number | undefined> {
  try {
    const command = new Deno.Command("python3", {
      args: ["-c", PROGRAM, String(d), String(k)],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    });
    const child = command.spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new Uint8Array(points.buffer, points.byteOffset, points.byteLength));
    await writer.close();
    const { success, stdout } = await child.output();
    return success ? Number(new TextDecoder().decode(stdout)) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.BrokenPipe) return undefined;
    throw error;
  }
}
