import { displayCoordinates, imageDataset } from "@gasp/datasets";
import { checkGradients } from "@gasp/autograd";
import { type Tensor, tensor } from "@gasp/tensor";
import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../config/user_error.ts";
import { assertClose, numbers, randomTensor } from "../gasp/gasp_testing.ts";
import { gridOf, interpolateGrid, requireGrid } from "./feature_grid.ts";

const scale = { low: 0, high: 1 };
const DISPLAYS = [
  { kind: "image", height: 4, width: 6, channels: 1 },
  { kind: "volume", resolution: 3 },
  { kind: "curve", samples: 5 },
  { kind: "sphere", latitudes: 6, longitudes: 8, scale },
] as const;

for (const display of DISPLAYS) {
  Deno.test(`interpolateGrid() of ${display.kind} returns the values at the points of the grid`, async () => {
    const grid = gridOf(display, "convgan"), at = displayCoordinates(display);
    const cells = grid.shape.reduce((product, size) => product * size), dimension = at.length / cells;
    // The poles of a grid on the sphere are points of one value
    const values = await numbers(randomTensor("values", [2, cells, 2]));
    if (display.kind === "sphere") {
      for (const array of [0, 1]) {
        for (const row of [0, 5]) for (let i = 0; i < 16; i++) values[(array * 48 + row * 8) * 2 + i] = row;
      }
    }
    const arrays = tensor(values, [2, cells, 2]);
    assertClose(await numbers(interpolateGrid(arrays, grid, tensor(at, [cells, dimension]))), values, 1e-5);
    const own = tensor(Float32Array.from([...at, ...at]), [2, cells, dimension]);
    assertClose(await numbers(interpolateGrid(arrays, grid, own)), values, 1e-5);
  });
}

Deno.test("interpolateGrid() is bilinear between points, and constant beyond the edge", async () => {
  const values = tensor([[[0], [1], [2], [4]]]), grid = { kind: "regular", shape: [2, 2] } as const;
  const at = tensor([[0, 0], [-1, 0], [0.5, 1], [3, -9]]);
  assertClose(await numbers(interpolateGrid(values, grid, at)), [1.75, 0.5, 3.25, 2]);
});

Deno.test("interpolateGrid() on the sphere joins the last longitude with the first", async () => {
  const values = tensor([Array.from({ length: 12 }, (_, i) => [i >= 4 && i < 8 ? i - 4 : 0])]);
  const grid = { kind: "sphere", shape: [3, 4] } as const, angle = 315 * Math.PI / 180;
  const at = tensor([[Math.cos(angle), Math.sin(angle), 0]]);
  assertClose(await numbers(interpolateGrid(values, grid, at)), [1.5], 1e-6);
});

Deno.test("interpolateGrid() has the gradients of finite differences", async () => {
  const grid = { kind: "regular", shape: [3, 4] } as const;
  await checkGradients(
    (values: Tensor, at: Tensor) => interpolateGrid(values, grid, at),
    [randomTensor("values", [2, 12, 1]), tensor([[0.3, -0.4], [-0.7, 0.1]])],
    { order: 2 },
  );
});

Deno.test("requireGrid() accepts pictures, and rejects points that are not on their grid", () => {
  const pixels = new Uint8Array(2 * 20).fill(7);
  const data = imageDataset("few", { count: 2, height: 4, width: 5, channels: 1, pixels });
  requireGrid(data, "convgan");
  const moved = { ...data, display: data.display, coordinates: data.coordinates.map((x) => x + 0.1) };
  assertThrows(() => requireGrid(moved, "convgan"), UserError, "the method convgan learns arrays");
  assertThrows(() => gridOf({ kind: "cloud", scales: [] }, "convgan"), UserError, "such as gasp");
  assertEquals(gridOf({ kind: "sphere", latitudes: 3, longitudes: 5, scale }, "x").shape, [3, 5]);
});
