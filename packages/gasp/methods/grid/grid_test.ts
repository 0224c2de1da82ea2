import { sphereCoordinates } from "@gasp/datasets";
import { tensor } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../config/user_error.ts";
import { assertClose, numbers } from "../gasp/gasp_testing.ts";
import { flatCoordinates, flatten } from "../core/flat_map.ts";
import { grid } from "./grid.ts";

Deno.test("flatCoordinates() are evenly spaced on a grid, equally along both axes", () => {
  const rows = 5, columns = 8, flat = flatCoordinates(sphereCoordinates(rows, columns));
  for (let row = 1; row < rows - 1; row++) {
    for (let column = 0; column < columns; column++) {
      const at = 2 * (row * columns + column), longitude = column <= 4 ? column / 2 : column / 2 - 4;
      assertAlmostEquals(flat[at]!, 1 - row / 2, 1e-6);
      assertAlmostEquals(Math.abs(flat[at + 1]!), Math.abs(longitude), 1e-6);
    }
  }
});

Deno.test("flatten() equals flatCoordinates()", async () => {
  const points = sphereCoordinates(6, 7), flat = flatCoordinates(points);
  assertClose(await numbers(flatten(tensor(points, [42, 3]))), [...flat], 1e-6);
  assertClose(await numbers(flatten(tensor(points, [6, 7, 3]))), [...flat], 1e-6);
});

Deno.test("the functions of grid jump at the meridian of 180°, where a small step crosses the edge of the map", async () => {
  const config = grid.presets["tiny"]!,
    state = grid.initialState(config),
    weights = grid.weights!(state, "latest");
  const generator = grid.generator!(config), shared = generator.shared(weights);
  const functions = generator.functions(weights, tensor([[1, -1, 0.5, 2]]));
  const at = (degrees: number) => [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180), 0];
  const values = async (...longitudes: number[]) =>
    await numbers(
      generator.evaluate(functions, generator.encode(shared, tensor(longitudes.map(at))), shared),
    );
  const [east, west, before, after] = await values(179.99, -179.99, -0.01, 0.01);
  assert(Math.abs(east! - west!) > 100 * Math.abs(before! - after!), `${east} ${west} ${before} ${after}`);
});

Deno.test("grid is for fields on the sphere", () => {
  const sizes = { name: "faces", items: 3, pointCount: 25, coordinateDim: 3, featureDim: 1 };
  const image = { kind: "image", height: 5, width: 5, channels: 1 } as const;
  assertThrows(
    () => grid.checkData!(grid.presets["tiny"]!, { ...sizes, display: image }),
    UserError,
    "use the method gasp",
  );
  assertEquals(grid.presets["climate"]!.model.coordinateDim, 3);
});
