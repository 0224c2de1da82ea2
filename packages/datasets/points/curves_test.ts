import { assertAlmostEquals, assertEquals, assertLess, assertRejects } from "@std/assert";
import { memoryFolder } from "../fields/climate_testing.ts";
import { wavFolder } from "./curves.ts";
import { DataError } from "../core/data_error.ts";
import { gridCoordinates } from "../core/grid.ts";
import { resampleSound } from "./resample_sound.ts";
import { writeWav } from "./wav.ts";

const ramp = (length: number, rate = 8000) =>
  writeWav({ rate, samples: Float32Array.from({ length }, (_, i) => (i + 1) / 100) });

function assertClose(found: Float32Array, expected: readonly number[]): void {
  assertEquals(found.length, expected.length);
  expected.forEach((value, i) => assertAlmostEquals(found[i]!, value, 1e-4));
}

Deno.test("wavFolder() cuts the first samples of each file and pads with silence", async () => {
  const data = await wavFolder(memoryFolder({ "b.wav": ramp(3), "a.WAV": ramp(9), "x.txt": ramp(4) }), {
    samples: 5,
  });
  assertEquals(data.display, { kind: "curve", samples: 5, rate: 8000 });
  assertEquals(data.coordinates, gridCoordinates([5]));
  assertEquals([data.items, data.pointCount, data.coordinateDim, data.featureDim], [2, 5, 1, 1]);
  assertClose(await data.batch([1, 0]), [0.01, 0.02, 0.03, 0, 0, 0.01, 0.02, 0.03, 0.04, 0.05]);
});

Deno.test("wavFolder() splits files into pieces or stretches them", async () => {
  const folder = memoryFolder({ "a.wav": ramp(9) });
  const pieces = await wavFolder(folder, { samples: 4, cut: "pieces" });
  assertEquals(pieces.items, 2);
  assertClose(await pieces.batch([1]), [0.05, 0.06, 0.07, 0.08]);
  const stretched = await wavFolder(folder, { samples: 9, cut: "stretch" });
  assertEquals(stretched.display, { kind: "curve", samples: 9 });
  assertClose(await stretched.batch([0]), [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09]);
});

Deno.test("wavFolder() normalises the peak, which the display's scale has", async () => {
  const data = await wavFolder(memoryFolder({ "a.wav": ramp(8) }), { samples: 8, normalise: true });
  assertAlmostEquals((await data.batch([0]))[7]!, 1, 1e-6);
  const { display } = data;
  assertAlmostEquals(display.kind === "curve" ? display.scale!.high : 0, 0.08, 1e-4);
});

Deno.test("wavFolder() resamples files of different rates to a given one", async () => {
  const folder = memoryFolder({ "a.wav": ramp(8, 8000), "b.wav": ramp(8, 4000) });
  await assertRejects(
    () => wavFolder(folder, { samples: 8 }),
    DataError,
    "b.wav has a sample rate of 4000 Hz, a.wav of 8000 Hz",
  );
  const data = await wavFolder(folder, { samples: 8, rate: 8000 });
  assertAlmostEquals((await data.batch([1]))[6]!, 0.04, 5e-4);
  await assertRejects(
    () => wavFolder(memoryFolder({ "a.wav": ramp(8, 10) }), { rate: 8000 }),
    DataError,
    "too low to resample to 8000 Hz",
  );
  await assertRejects(() => wavFolder(memoryFolder({})), DataError, "has no WAV, FLAC, MP3 or Ogg files");
  await assertRejects(
    () => wavFolder(folder, { samples: 9, cut: "pieces", rate: 4000 }),
    DataError,
    "No file of folder",
  );
});

Deno.test("resampleSound() preserves low tones and removes those above the new Nyquist frequency", () => {
  const tone = (cycles: number) =>
    Float32Array.from({ length: 800 }, (_, i) => Math.sin(2 * Math.PI * cycles * i / 800));
  const low = resampleSound(tone(20), 400, 2), high = resampleSound(tone(300), 400, 2);
  for (let i = 50; i < 350; i++) {
    assertAlmostEquals(low[i]!, Math.sin(2 * Math.PI * 20 * i / 400), 0.01);
    assertLess(Math.abs(high[i]!), 0.01);
  }
});
