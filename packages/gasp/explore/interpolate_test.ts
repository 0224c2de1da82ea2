/** @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { sampleLatents } from "../sampling/sampler.ts";
import { interpolateLatents, LATENT_PATHS } from "./interpolate.ts";

const DIM = 12;
const [from, to] = [sampleLatents(0, 1, DIM), sampleLatents(5, 1, DIM)];
const norm = (values: Float32Array) => Math.hypot(...values);
const row = (values: Float32Array, i: number) => values.slice(i * DIM, (i + 1) * DIM);

Deno.test("interpolateLatents() starts and ends with the given latents, bit for bit", () => {
  for (const path of LATENT_PATHS) {
    const way = interpolateLatents({ from, to, steps: 7, path });
    assertEquals([way.length, row(way, 0), row(way, 6)], [7 * DIM, from, to]);
  }
});

Deno.test("interpolateLatents() preserves the norm on the spherical path, in equal angles", () => {
  const equal = to.map((value) => value * norm(from) / norm(to)), steps = 9;
  const way = interpolateLatents({ from, to: equal, steps, path: "spherical" });
  const rows = Array.from({ length: steps }, (_, i) => row(way, i));
  const turns = rows.slice(1).map((latent, i) => {
    return latent.reduce((sum, value, axis) => sum + value * rows[i]![axis]!, 0) / norm(from) ** 2;
  });
  for (const latent of rows) assert(Math.abs(norm(latent) / norm(from) - 1) < 1e-6);
  for (const turn of turns) assert(Math.abs(turn - turns[0]!) < 1e-5);
  const straight = interpolateLatents({ from, to: equal, steps, path: "linear" });
  assert(norm(row(straight, 4)) < 0.95 * norm(from));
});

Deno.test("interpolateLatents() interpolates the norm linearly between latents of different norms", () => {
  const way = interpolateLatents({ from, to, steps: 3, path: "spherical" });
  assert(Math.abs(norm(row(way, 1)) - (norm(from) + norm(to)) / 2) < 1e-5);
});

Deno.test("interpolateLatents() falls back to the straight line if no unique arc joins the ends", () => {
  for (const end of [from, from.map((value) => -value), new Float32Array(DIM)]) {
    const way = interpolateLatents({ from, to: end, steps: 3, path: "spherical" });
    assertEquals(row(way, 1), from.map((value, i) => value * 0.5 + end[i]! * 0.5));
  }
});

Deno.test("interpolateLatents() throws for a single step and for latents of different models", () => {
  assertThrows(() => interpolateLatents({ from, to, steps: 1, path: "linear" }), RangeError, "got 1");
  const short = to.slice(1);
  assertThrows(
    () => interpolateLatents({ from, to: short, steps: 2, path: "linear" }),
    RangeError,
    "12 and 11 elements",
  );
});
