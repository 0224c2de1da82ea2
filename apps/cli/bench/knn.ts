/**
 * Speed of the neighbour search against brute force, an npm package and SciPy.
 * @module
 */
import { nearestNeighbours } from "@gasp/pointconv";
import { type KernelDevice, openDevice, type SearchMethod } from "@gasp/tensor";
import { type CloudKind, makeCloud } from "./clouds.ts";
import { timeKdTree } from "./knn_npm.ts";
import { timeScipy } from "./knn_scipy.ts";
import { median } from "./report.ts";

/** What is searched. */
export interface KnnRequest {
  /** Points; every one is a query too. */
  readonly n: number;
  /** Coordinates of a point. */
  readonly d: number;
  /** Neighbours of each query. */
  readonly k: number;
  /** How they lie. */
  readonly points: CloudKind;
}

/** Seconds of one search for all points; null where a peer is not there. */
export interface KnnReport extends KnnRequest {
  /** The device that gave the numbers, and its threads. */
  readonly device: string;
  readonly threads: number;
  /** A search for one query, which is nearly all building. */
  readonly buildSeconds: number;
  /** The rest of the search for all. */
  readonly searchSeconds: number;
  /** From coordinates on the host to numbers and distances on the host. */
  readonly totalSeconds: number;
  /** The same on all threads of the machine; null on other devices than `wasm`. */
  readonly parallelSeconds: number | null;
  /** Our search through all points, measured for some queries and scaled to all. */
  readonly bruteSeconds: number;
  /** For so many queries it was measured. */
  readonly bruteQueries: number;
  /** `@thi.ng/geom-accel`, building and searching, measured for some queries and scaled to all. */
  readonly npmSeconds: number;
  /** SciPy's cKDTree, building and searching on one thread. */
  readonly ckdtreeSeconds: number | null;
  /** Their time over ours. */
  readonly ratios: { readonly brute: number; readonly npm: number; readonly ckdtree: number | null };
}

const RUNS = 5;
/** Pairs of a query and a point that brute force looks at. */
const BRUTE_PAIRS = 4e8;
/** Queries that the npm package answers. */
const NPM_QUERIES = 20_000;

/**
 * Searches on a device and with the peers, turn by turn on one machine.
 *
 * @param device The device; on `wasm`, one with a single thread, since the peers use one.
 * @param request What is searched.
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
    // The first run is for the engine to compile
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
