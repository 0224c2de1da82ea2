/** Spectra and Inception features agree with NumPy, PyTorch and Pillow. @module */
import type { ImageDisplay } from "@gasp/datasets";
import { evaluate, randomNormal, tensor } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../config/user_error.ts";
import { device, numbers, readFixture, readValues } from "../metrics_testing.ts";
import { fid, kid } from "./fid.ts";
import { inceptionFeatures, preparedPictures } from "./inception_features.ts";
import { radialSpectrum } from "./radial_spectrum.ts";
import { type ResizeKind, resizeMatrix } from "./resize_pictures.ts";
import { ItemSet } from "../core/features.ts";
import { itemsOf } from "../core/items.ts";
import type { MetricContext } from "../core/metric.ts";

const statistics = await readValues("statistics.json"), fixture = await readValues("inception.json");
const domainOf = (display: ImageDisplay) => ({
  name: "pictures",
  coordinates: new Float32Array(),
  pointCount: display.height * display.width,
  coordinateDim: 2,
  featureDim: display.channels,
  display,
});

for (const { height, width, values, powers } of statistics.radial) {
  Deno.test(`radialSpectrum() of ${height}×${width} agrees with NumPy's FFT`, async () => {
    const space = radialSpectrum({ kind: "image", height, width, channels: 3 }, device);
    const found = await space.extract(Float32Array.from(numbers(values)), 1);
    assertEquals(found.length, Math.floor(Math.min(height, width) / 2) + 1);
    numbers(powers).forEach((power, band) => assertAlmostEquals(found[band]!, power, 1e-6));
    space.release!();
  });
}

const [count, height, width] = numbers(fixture.shape) as unknown as [number, number, number];
const display: ImageDisplay = { kind: "image", height, width, channels: 3 };
const pictures = Float32Array.from(numbers(fixture.pictures), (byte) => byte / 127.5 - 1);

for (const format of ["safetensors", "onnx"]) {
  for (const resize of ["pytorch-fid", "clean-fid"] as const) {
    Deno.test(`inceptionFeatures() of ${format}, resized as ${resize} does, agree with PyTorch`, async () => {
      const file = { name: `inception.${format}`, bytes: await readFixture(`inception.${format}`), resize };
      const space = await inceptionFeatures(file)({
        reference: itemsOf(pictures, pictures.length / count),
        domain: domainOf(display),
        device,
      });
      const found = await space.extract(pictures, count);
      const expected = numbers(fixture[resize].features), largest = Math.max(...expected);
      assertEquals(found.length, expected.length);
      expected.forEach((value, i) => assertAlmostEquals(found[i]!, value, 1e-4 * largest));
      assertEquals(String(space.protocol["sha256"]).length, 64);
      space.release!();
    });
  }
}

Deno.test("preparedPictures() of large pictures agrees with PyTorch and Pillow", async () => {
  const blocks = numbers(fixture.blocks), size = { height: 4 * 80, width: 5 * 80 };
  const values = new Float32Array(size.height * size.width * 3);
  for (let i = 0; i < values.length; i++) {
    const [y, x] = [Math.floor(i / 3 / size.width), Math.floor(i / 3) % size.width];
    values[i] = blocks[(Math.floor(y / 80) * 5 + Math.floor(x / 80)) * 3 + i % 3]! / 127.5 - 1;
  }
  const pick = numbers(fixture.pick);
  for (const kind of ["pytorch-fid", "clean-fid"] as ResizeKind[]) {
    const prepared = preparedPictures(tensor(values, [1, values.length]), {
      kind: "image",
      ...size,
      channels: 3,
    }, kind);
    using result = await evaluate(prepared, device);
    const data = await result.data();
    const expected = numbers(fixture.reduced[kind]);
    let at = 0;
    for (let channel = 0; channel < 3; channel++) {
      for (const row of pick) {
        for (const column of pick) {
          const value = data[(channel * 299 + row) * 299 + column]!;
          const byte = kind === "pytorch-fid" ? (value + 1) * 127.5 : value * 128 + 128;
          assertAlmostEquals(byte, expected[at++]!, 2e-3, `${kind} ${channel} ${row} ${column}`);
        }
      }
    }
  }
});

Deno.test("resizeMatrix() keeps constants", () => {
  for (const kind of ["pytorch-fid", "clean-fid"] as const) {
    for (const [from, to] of [[7, 299], [640, 299], [299, 299]] as const) {
      const matrix = resizeMatrix(from, to, kind);
      for (let row = 0; row < to; row++) {
        const sum = matrix.subarray(row * from, (row + 1) * from).reduce((a, b) => a + b, 0);
        assertAlmostEquals(sum, 1, 1e-5);
      }
    }
  }
});

Deno.test("inceptionFeatures() rejects other files and other data", async () => {
  const request = { reference: itemsOf(pictures, pictures.length), domain: domainOf(display), device };
  const open = (name: string, bytes: Uint8Array<ArrayBuffer>) => async () =>
    await inceptionFeatures({ name, bytes })(request);
  await assertRejects(open("a.safetensors", new Uint8Array(20)), UserError, "a.safetensors cannot be read");
  await assertRejects(open("a.onnx", new Uint8Array(20)), UserError, "a.onnx cannot be opened as ONNX");
  const empty = new TextEncoder().encode("\x02\0\0\0\0\0\0\0{}");
  await assertRejects(
    open("b.safetensors", empty),
    UserError,
    "b.safetensors has no Conv2d_1a_3x3.conv.weight",
  );
  const volume = { ...domainOf(display), display: { kind: "volume", resolution: 4 } as const };
  await assertRejects(
    async () =>
      await inceptionFeatures({ name: "a.onnx", bytes: new Uint8Array() })({ ...request, domain: volume }),
    UserError,
    "need pictures",
  );
});

Deno.test("fid and kid grow with noise", async () => {
  const bytes = await readFixture("inception.safetensors"), side = 5, size = 3 * side * side, items = 24;
  const domain = domainOf({ kind: "image", height: side, width: side, channels: 3 });
  const noise = (stream: string) => randomNormal({ seed: 0, stream, step: 0 }, items * size);
  const clean = noise("pictures").map((x, i) => 0.2 * x + (i % 3 - 1) / 3), rough = noise("noise");
  const reference = itemsOf(clean, size);
  const space = await inceptionFeatures({ name: "inception.safetensors", bytes })({
    reference,
    domain,
    device,
  });
  const inception = () => space;
  const context: MetricContext = {
    ...{ domain, device, seed: 0, resamples: 2, features: inception, inception },
    open: async (open) => await open({ reference, domain, device }),
  };
  for (const metric of [fid, kid]) {
    const comparison = await metric.prepare(new ItemSet(reference), context), values: number[] = [];
    for (const strength of [0, 0.3, 1]) {
      const changed = itemsOf(clean.map((value, i) => value + strength * rough[i]!), size);
      values.push((await comparison.compare(new ItemSet(changed)))[metric.name]!.value);
    }
    assert(values[0]! < values[1]! && values[1]! < values[2]!, `${metric.name} ${values.join()}`);
  }
  space.release?.();
});
