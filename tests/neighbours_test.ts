import { farthestPoints, nearestNeighbours } from "@gasp/pointconv";
import { parseSafetensors, toFloat32, toInt32 } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";

/** Tensors of a file of the authors' index tables. */
function open(file: string) {
  const { tensors } = parseSafetensors(Deno.readFileSync(new URL(`./fixtures/${file}`, import.meta.url)));
  return {
    has: (name: string) => tensors.has(name),
    floats: (name: string) => toFloat32(tensors.get(name)!),
    integers: (name: string) => toInt32(tensors.get(name)!),
  };
}

function takeRows(points: Float32Array, index: Int32Array, dimension: number): Float32Array {
  return Float32Array.from(
    { length: index.length * dimension },
    (_, i) => points[index[Math.floor(i / dimension)]! * dimension + i % dimension]!,
  );
}

Deno.test("nearestNeighbours() and farthestPoints() find the authors' tables on random points", () => {
  const { floats, integers } = open("g_knn2d.safetensors");
  const points = floats("in.points");
  for (const [name, norm] of [["l1", 1], ["l2", 2], ["l3", 3], ["linf", Infinity]] as const) {
    for (const queries of ["subset", "free"]) {
      const found = nearestNeighbours(points, floats(`in.queries_${queries}`), { dimension: 2, k: 9, norm });
      assertEquals(found.index, integers(`${name}.${queries}.idx_sorted_by_distance`));
      const distances = floats(`${name}.${queries}.distances`);
      assert(found.distances.every((distance, i) => Math.abs(distance - distances[i]!) < 1e-7));
    }
    assertEquals(farthestPoints(points, { dimension: 2, count: 50, norm }), integers(`${name}.fps_idx`));
  }
});

Deno.test("farthestPoints() picks the authors' points on the 28 × 28 grid, where rounding decides ties", () => {
  const { has, floats, integers } = open("g_grid28_index_tables.safetensors");
  let points = floats("in.coordinates"), compared = 0;
  for (let layer = 0; has(`layer${layer}.ambiguous`); layer++) {
    const inputs = points;
    if (has(`layer${layer}.subsample`)) {
      const expected = integers(`layer${layer}.subsample`);
      assertEquals(farthestPoints(points, { dimension: 2, count: expected.length }), expected);
      points = takeRows(points, expected, 2);
      compared++;
    }
    const neighbours = integers(`layer${layer}.neighbors_sorted_by_index`);
    const k = neighbours.length / (points.length / 2);
    const { index } = nearestNeighbours(inputs, points, { dimension: 2, k });
    const ambiguous = integers(`layer${layer}.ambiguous`);
    for (let query = 0; query < ambiguous.length; query++) {
      if (ambiguous[query] !== 0) continue;
      const row = index.slice(query * k, (query + 1) * k).sort();
      assertEquals(row, neighbours.slice(query * k, (query + 1) * k));
    }
  }
  assertEquals(compared, 4);
});
