/**
 * Speed of the k nearest neighbour search compared with brute force, an npm package and SciPy.
 * @module
 */
import { nearestNeighbours } from "@gasp/pointconv";
import { type KernelDevice, openDevice, type SearchMethod } from "@gasp/tensor";
import { type CloudKind, makeCloud } from "./clouds.ts";
import { timeKdTree } from "./knn_npm.ts";
import { timeScipy } from "./knn_scipy.ts";
import { median } from "./report.ts";

/** Points and neighbours of a benchmark. */
export interface KnnRequest {
  /** Number of points, all of which are also queries. */
  readonly n: number;
  /** Dimension of the coordinates. */
  readonly d: number;
  /** Number of neighbours of each query. */
  readonly k: number;
  /** Distribution of the points. */
  readonly points: CloudKind;
}

/** Seconds of one search for all points; null if a library to compare with is not installed. */
export interface KnnReport extends KnnRequest {
  /** Kind and name of the measured device. */
  readonly device: string;
  /** Number of threads of the device. */
  readonly threads: number;
  /** Time of a search for one query, nearly all of which is building the grid. */
  readonly buildSeconds: number;
  /** Rest of the time of a search for all points. */
  readonly searchSeconds: number;
  /** Time from coordinates on the host to indices and distances on the host. */
  readonly totalSeconds: number;
  /** Total time with all threads of the machine; null on devices other than `wasm`. */
  readonly parallelSeconds: number | null;
  /** Time of this package's brute-force search, measured for some queries and scaled to all. */
  readonly bruteSeconds: number;
  /** Number of queries that brute force was measured with. */
  readonly bruteQueries: number;
  /** Time of `@thi.ng/geom-accel` to build and search, measured for some queries and scaled to all. */
  readonly npmSeconds: number;
  /** Time of SciPy's cKDTree to build and search on one thread. */
  readonly ckdtreeSeconds: number | null;
  /** Times of the others divided by `totalSeconds`. */
  readonly ratios: { readonly brute: number; readonly npm: number; readonly ckdtree: number | null };
}

const RUNS = 5;
/** Number of distances that brute force computes. */
const BRUTE_PAIRS = 4e8;
/** Maximum number of queries to the npm package. */
const NPM_QUERIES = 20_000;

/**
 * Searches on a device and with the other libraries in turn.
 *
 * @param device The device; on `wasm`, one with a single thread, as the other libraries use one.
 * @param request Points and neighbours.
 */
export async function benchKnn(device: KernelDevice, request: KnnRequest): Promise<KnnReport> {
  const { n, d, k } = request;
  const points = makeCloud(request.points, n, d);
  const search = async (on: KernelDevice, queries: Float32Array, method: SearchMethod) => {
    const start = performance.now();
    await nearestNeighbours(points, queries, { dimension: d, k, method, device: on });
    return (performance.now() - start) / 1000;
  };
  const bruteQueries = Math.max(1, Math.min(n, Math.floor(BRUTE_PAIRS / n)));
  const some = points.subarray(0, d * bruteQueries);
  const times = {
    total: [] as number[],
    build: [] as number[],
    brute: [] as number[],
    ckdtree: [] as number[],
  };
  for (let run = -1; run < RUNS; run++) {
    const total = await search(device, points, "auto");
    const build = await search(device, points.subarray(0, d), "grid");
    const brute = await search(device, some, "brute") * n / bruteQueries;
    const ckdtree = await timeScipy(points, d, k);
    // The first run is a warm-up
    if (run < 0) continue;
    times.total.push(total);
    times.build.push(build);
    times.brute.push(brute);
    if (ckdtree !== undefined) times.ckdtree.push(ckdtree);
  }
  const totalSeconds = median(times.total), bruteSeconds = median(times.brute);
  const npmSeconds = timeKdTree(points, d, k, NPM_QUERIES);
  const ckdtreeSeconds = times.ckdtree.length > 0 ? median(times.ckdtree) : null;
  return {
    ...request,
    device: `${device.info.kind} (${device.info.name})`,
    threads: device.info.threads,
    buildSeconds: median(times.build),
    searchSeconds: totalSeconds - median(times.build),
    totalSeconds,
    parallelSeconds: device.info.kind === "wasm"
      ? await timeParallel((on) => search(on, points, "auto"))
      : null,
    bruteSeconds,
    bruteQueries,
    npmSeconds,
    ckdtreeSeconds,
    ratios: {
      brute: bruteSeconds / totalSeconds,
      npm: npmSeconds / totalSeconds,
      ckdtree: ckdtreeSeconds && ckdtreeSeconds / totalSeconds,
    },
  };
}

async function timeParallel(search: (device: KernelDevice) => Promise<number>): Promise<number> {
  const device = await openDevice("wasm");
  const times: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const time = await search(device);
    if (run >= 0) times.push(time);
  }
  await device.close();
  return median(times);
}
