import { assert, assertAlmostEquals } from "@std/assert";
import { randomUniform } from "@gasp/tensor";
import { sphereMesh } from "../shape_testing.ts";
import { WindingTree } from "./winding_tree.ts";

/** The sum of all solid angles, from the angles of the spherical triangle (Girard's theorem). */
function direct(positions: ArrayLike<number>, triangles: ArrayLike<number>, q: readonly number[]): number {
  let sum = 0;
  const cross = (u: number[], v: number[]) => [
    u[1]! * v[2]! - u[2]! * v[1]!,
    u[2]! * v[0]! - u[0]! * v[2]!,
    u[0]! * v[1]! - u[1]! * v[0]!,
  ];
  const dot = (u: number[], v: number[]) => u[0]! * v[0]! + u[1]! * v[1]! + u[2]! * v[2]!;
  const unit = (u: number[]) => u.map((x) => x / Math.hypot(...u));
  for (let i = 0; i < triangles.length; i += 3) {
    const corners = [0, 1, 2].map((j) =>
      unit([0, 1, 2].map((axis) => positions[3 * triangles[i + j]! + axis]! - q[axis]!))
    );
    const angle = [0, 1, 2].reduce((total, j) => {
      const [a, b, c] = [corners[j]!, corners[(j + 1) % 3]!, corners[(j + 2) % 3]!];
      const u = unit(cross(a, b)), v = unit(cross(a, c));
      return total + Math.acos(Math.max(-1, Math.min(1, dot(u, v))));
    }, -Math.PI);
    const sign = Math.sign(dot(corners[0]!, cross(corners[1]!, corners[2]!)));
    if (Number.isFinite(angle)) sum += sign * angle;
  }
  return sum / (4 * Math.PI);
}

Deno.test("WindingTree agrees with the direct sum over random triangle soups", () => {
  for (let step = 0; step < 5; step++) {
    const count = [1, 8, 9, 100, 1000][step]!;
    const positions = randomUniform({ seed: 1, stream: "soup", step }, 9 * count, -1, 1);
    const triangles = Uint32Array.from({ length: 3 * count }, (_, i) => i);
    const tree = new WindingTree(positions, triangles);
    const points = randomUniform({ seed: 1, stream: "points", step }, 60, -2, 2);
    for (let i = 0; i < points.length; i += 3) {
      const q = [...points.subarray(i, i + 3)] as [number, number, number];
      assertAlmostEquals(tree.at(...q), direct(positions, triangles, q), 2e-3 * Math.sqrt(count));
    }
  }
});

Deno.test("WindingTree is 1 inside and 0 outside a sphere, and the solid angle of an open one", () => {
  const { positions, triangles } = sphereMesh(64);
  const whole = new WindingTree(positions, triangles);
  // The lower hemisphere: rings run from the north pole.
  const half = new WindingTree(positions, triangles.subarray(triangles.length / 2));
  let worst = 0;
  const points = randomUniform({ seed: 2, stream: "points", step: 0 }, 1500, -1.5, 1.5);
  for (let i = 0; i < points.length; i += 3) {
    const q = [...points.subarray(i, i + 3)] as [number, number, number], radius = Math.hypot(...q);
    if (Math.abs(radius - 1) > 0.02) worst = Math.max(worst, Math.abs(whole.at(...q) - (radius < 1 ? 1 : 0)));
  }
  assert(worst < 7e-3, `error ${worst}`);
  // A hemisphere seen from a point of its axis at height h above its rim: (1 - h / √(1 + h²)) / 2.
  for (const h of [0.05, 0.3, 1, 4]) {
    assertAlmostEquals(half.at(1e-7, 1e-7, h), (1 - h / Math.hypot(1, h)) / 2, 2e-3);
  }
});
