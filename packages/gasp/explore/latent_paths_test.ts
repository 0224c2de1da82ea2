/** @module */
import { randomNormal } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { latentDirections } from "./latent_directions.ts";
import { combineLatents, latentOnPlane, latentWalk } from "./latent_paths.ts";

const normal = (step: number, size: number) => randomNormal({ seed: 1, stream: "test", step }, size);
const variance = (values: Float32Array) => values.reduce((sum, x) => sum + x * x, 0) / values.length;

Deno.test("combineLatents() adds, and restores the variance of the prior", () => {
  const [a, b, c] = [normal(0, 4000), normal(1, 4000), normal(2, 4000)] as const;
  const terms = [{ latent: a, weight: 1 }, { latent: b, weight: -1 }, { latent: c, weight: 1 }];
  assertEquals(combineLatents(terms)[5], Math.fround(a[5]! - b[5]! + c[5]!));
  assertAlmostEquals(variance(combineLatents(terms)), 3, 0.25);
  assertAlmostEquals(variance(combineLatents(terms, true)), 1, 0.1);
  assertThrows(() => combineLatents([]), RangeError, "at least one latent");
  assertThrows(() => combineLatents([{ latent: a, weight: 0 }], true), RangeError, "factors of 0");
});

Deno.test("latentOnPlane() passes through its corners and has the prior's variance between them", () => {
  const corners = [normal(0, 4000), normal(1, 4000), normal(2, 4000)] as const;
  assertEquals(latentOnPlane(corners, 0, 0), corners[0]);
  assertEquals(latentOnPlane(corners, 0, 1), corners[2]);
  assertAlmostEquals(variance(latentOnPlane(corners, 1 / 3, 1 / 3)), 1, 0.1);
});

Deno.test("latentWalk() is closed, smooth and stays in the prior", () => {
  const frames = 60, size = 3000, walk = latentWalk(3, frames, size);
  const at = (i: number) => walk.subarray((i % frames) * size, (i % frames + 1) * size);
  const step = (i: number) => Math.sqrt(variance(at(i).map((x, d) => x - at(i + 1)[d]!)));
  for (let i = 0; i < frames; i++) {
    assertAlmostEquals(variance(at(i)), 1, 0.15);
    // 2 pi / 60 times the root of the mean squared frequency, 14 / 3
    assertAlmostEquals(step(i), 2 * Math.PI / frames * Math.sqrt(14 / 3), 0.03);
  }
  assert(latentWalk(4, 1, 2)[0] !== latentWalk(3, 1, 2)[0]);
});

Deno.test("latentDirections() finds what samples depend on, strongest first", () => {
  const samples = 400, size = 5, latents = normal(0, samples * size);
  // Samples depend on latent 3 strongly and on latents 0 and 1 together weakly
  const values = new Float32Array(samples * 4);
  for (let i = 0; i < samples; i++) {
    const z = latents.subarray(size * i, size * (i + 1));
    values.set([3 * z[3]!, -3 * z[3]!, z[0]! + z[1]!, 1], 4 * i);
  }
  const { directions, shares } = latentDirections(latents, values, size, 2);
  assertAlmostEquals(Math.abs(directions[3]!), 1, 0.05);
  assertAlmostEquals(directions[size]! * directions[size + 1]!, 0.5, 0.1);
  assertAlmostEquals(shares[0]!, 18 / 20, 0.05);
  assertThrows(
    () => latentDirections(latents, values, size, samples),
    RangeError,
    "directions need at least",
  );
});
