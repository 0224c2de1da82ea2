/**
 * Finds nearest neighbours in a point cloud, and all neighbours within a radius. Both are exact on every device and with any
 * number of threads.
 *
 *     deno run -A examples/neighbour_search.ts [POINTS]
 *
 * @module
 */
import { nearestNeighbours, withinRadius } from "@gasp/pointconv";
import { openDevice, randomUniform } from "@gasp/tensor";

const K = 8, DIMENSION = 3;
const count = Number(Deno.args[0] ?? 20_000);

const device = await openDevice("wasm");
/** Uniformly distributed points in the cube [-1, 1]³, `[count, 3]`. */
const points = randomUniform({ seed: 0, stream: "cloud", step: 0 }, count * DIMENSION, -1, 1);

// The queries are the points themselves, so the nearest neighbour of each is the point itself, at distance 0.
const started = performance.now();
const { index, distances } = await nearestNeighbours(points, points, { dimension: DIMENSION, k: K, device });
const seconds = (performance.now() - started) / 1000;
console.log(`${K} nearest neighbours of each of ${count} points in ${seconds.toFixed(2)} s`);
for (let rank = 0; rank < 3; rank++) {
  console.log(`  neighbour ${rank} of point 0: point ${index[rank]} at ${distances[rank]!.toFixed(4)}`);
}

// The radius within which 20 points are expected, away from the faces of the cube.
const radius = Math.cbrt(20 * 8 / count / (4 / 3 * Math.PI));
const centre = new Float32Array(DIMENSION);
const within = await withinRadius(points, centre, { dimension: DIMENSION, radius, device });
console.log(`${within.index.length} points within ${radius.toFixed(4)} of the centre, 20 expected`);

await device.close();
