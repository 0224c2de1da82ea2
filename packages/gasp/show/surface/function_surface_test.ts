/** @module */
import { openDevice, reference } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { sampleLatents, Sampler } from "../../sampling/sampler.ts";
import { functionSurface, type ShapeFunction } from "./function_surface.ts";
import { assertClosed, smallGenerator } from "../show_testing.ts";
import { volumeInside } from "./surface.ts";

/** An analytic shape with the interface of sampled functions. */
function analytic(f: (x: number, y: number, z: number) => number): ShapeFunction & { most: number } {
  const each = (points: Float32Array, at: (x: number, y: number, z: number) => number[]) =>
    Float32Array.from(
      { length: points.length / 3 },
      (_, i) => i,
    ).reduce<number[]>((list, i) => {
      list.push(...at(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!));
      return list;
    }, []);
  const h = 1e-4;
  const shape = {
    most: 0,
    sample(points: Float32Array) {
      shape.most = Math.max(shape.most, points.length / 3);
      return Promise.resolve(Float32Array.from(each(points, (x, y, z) => [f(x, y, z)])));
    },
    gradient(points: Float32Array) {
      const slopes = each(points, (x, y, z) => [
        f(x + h, y, z) - f(x - h, y, z),
        f(x, y + h, z) - f(x, y - h, z),
        f(x, y, z + h) - f(x, y, z - h),
      ]);
      return Promise.resolve(Float32Array.from(slopes));
    },
  };
  return shape;
}

Deno.test("functionSurface() lies on the zero of the function, even if the function is far from linear", async () => {
  const radius = 0.7;
  const surface = await functionSurface(
    analytic((x, y, z) => Math.tanh(20 * (radius - Math.hypot(x, y, z)))),
    48,
  );
  assertClosed(surface, "ball");
  for (let i = 0; i < surface.positions.length; i += 3) {
    const place = surface.positions.subarray(i, i + 3), normal = surface.normals.subarray(i, i + 3);
    const distance = Math.hypot(...place);
    assert(Math.abs(distance - radius) < 2e-4, `${distance}`);
    assert(place.reduce((sum, part, axis) => sum + part * normal[axis]!, 0) > 0.9999 * distance);
  }
  const ball = 4 / 3 * Math.PI * radius ** 3;
  assert(Math.abs(volumeInside(surface) / ball - 1) < 0.003, `${volumeInside(surface) / ball}`);
});

Deno.test("functionSurface() closes shapes at the border, with the normals of the box", async () => {
  const surface = await functionSurface(analytic((x, y, z) => 1.2 - Math.hypot(x, y, z)), 9);
  assertClosed(surface, "cut ball");
  let lids = 0;
  for (let i = 0; i < surface.positions.length; i += 3) {
    const [x, y, z] = surface.positions.subarray(i, i + 3);
    if (x !== 1 || Math.hypot(y!, z!) > 0.5) continue;
    assertEquals([...surface.normals.subarray(i, i + 3)], [1, 0, 0]);
    lids++;
  }
  assert(lids > 0);
});

Deno.test("functionSurface() evaluates few points at a time", async () => {
  const shape = analytic((x, y, z) => 0.3 - Math.hypot(x, y, z));
  await functionSurface(shape, 64);
  assert(shape.most <= 16384, `${shape.most}`);
});

Deno.test("functionSurface() of an empty shape has no triangles", async () => {
  const surface = await functionSurface(analytic(() => -1), 5);
  assertEquals([surface.positions.length, surface.triangles.length], [0, 0]);
});

for (const name of ["reference", "wasm"] as const) {
  Deno.test(`functionSurface() of a model on ${name} lies on its zero, with normals along its gradient`, async () => {
    const { generator, weights } = smallGenerator(3),
      device = name === "wasm" ? await openDevice(name) : reference;
    const sampler = new Sampler(generator, device);
    let checked = 0;
    for (let seed = 0; seed < 2; seed++) {
      const shape = await sampler.functions(weights, sampleLatents(seed, 1, generator.latentDim));
      const { positions, normals, triangles } = await functionSurface(shape, 17);
      assertClosed({ positions, normals, triangles }, `seed ${seed}`);
      if (positions.length > 0) {
        const values = await shape.sample(positions), h = 1e-3;
        const inner = await shape.sample(positions.map((part, i) => part - h * normals[i]!));
        const outer = await shape.sample(positions.map((part, i) => part + h * normals[i]!));
        const offBorder = [...values.keys()].filter((vertex) =>
          !positions.subarray(3 * vertex, 3 * vertex + 3).some((part) => Math.abs(part) === 1)
        );
        // The rest are in the middle of cells that the surface passes several times.
        const onZero = offBorder.filter((vertex) => Math.abs(values[vertex]!) < 1e-3);
        assert(onZero.length >= 0.9 * offBorder.length, `${onZero.length} of ${offBorder.length}`);
        for (const vertex of onZero) {
          assert(inner[vertex]! > outer[vertex]!, `normal ${vertex} does not point outwards`);
        }
        checked += onZero.length;
      }
      shape.release();
    }
    assert(checked > 20, `${checked}`);
    sampler.release();
    await device.close();
  });
}
