/**
 * Nearest neighbours in a cloud of points, and all neighbours within a radius. Both are exact, whatever the device or the
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
/** Points spread evenly over the cube [-1, 1]³, `[count, 3]`. */
const points = randomUniform({ seed: 0, stream: "cloud", step: 0 }, count * DIMENSION, -1, 1);

// Each point is a query too, so the nearest point of each is the point itself, at distance 0.
const started = performance.now();
const { index, distances } = await nearestNeighbours(points, points, { dimension: DIMENSION, k: K, device });
const seconds = (performance.now() - started) / 1000;
console.log(`${K} nearest of each of ${count} points in ${seconds.toFixed(2)} s`);
for (let rank = 0; rank < 3; rank++) {
  console.log(`  of point 0, number ${rank}: point ${index[rank]} at ${distances[rank]!.toFixed(4)}`);
}

// The radius whose ball holds 20 points of such a cloud, itself not counted, away from the border of the cube.
const radius = Math.cbrt(20 * 8 / count / (4 / 3 * Math.PI));
const middle = new Float32Array(DIMENSION);
const within = await withinRadius(points, middle, { dimension: DIMENSION, radius, device });
console.log(`${within.index.length} points within ${radius.toFixed(4)} of the middle, 20 expected`);

await device.close();
