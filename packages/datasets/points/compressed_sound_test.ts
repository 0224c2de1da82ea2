import { assert, assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import { assertReadOrRejected, mutations } from "../core/mutations_testing.ts";
import { memoryTree } from "../images/picture_testing.ts";
import { openDataset } from "../open_dataset.ts";
import { readSound } from "./compressed_sound.ts";

const FOLDER = new URL("../../../tests/fixtures/sounds/", import.meta.url);

const fixture = (name: string) => Deno.readFile(new URL(name, FOLDER));

/** The integers of the lossless fixtures. */
const triangle = (i: number) => 8 * Math.abs(37 * i % 4000 - 2000) - 8000;

/** The largest difference of a sound from the sine of the lossy fixtures, away from their ends. */
function errorOf(samples: Float32Array, rate: number): number {
  let most = 0;
  for (let i = Math.round(0.05 * rate); i < Math.round(0.45 * rate); i++) {
    most = Math.max(most, Math.abs(samples[i]! - 0.5 * Math.sin(2 * Math.PI * 440 * i / rate)));
  }
  return most;
}

for (const name of ["stereo16.flac", "flac.ogg"]) {
  Deno.test(`readSound() reads ${name} without loss, and averages its channels`, async () => {
    const { rate, samples } = await readSound(await fixture(name), name);
    assertEquals([rate, samples.length], [8000, 4000]);
    // The second channel is -⌈x / 2⌉.
    samples.forEach((value, i) => {
      const left = triangle(i), right = Math.floor(-left / 2);
      assert(Math.abs(value - (left + right) / 2 / 2 ** 15) < 1e-7, `${i}: ${value}`);
    });
  });
}

Deno.test("readSound() reads FLAC of 24 bits", async () => {
  const { rate, samples } = await readSound(await fixture("mono24.flac"), "mono24.flac");
  assertEquals([rate, samples.length], [8000, 4000]);
  samples.forEach((value, i) => assert(Math.abs(value - triangle(i) / 2 ** 15) < 1e-6, `${i}: ${value}`));
});

Deno.test("readSound() reads the last frame of FLAC, however short", async () => {
  const { samples } = await readSound(await fixture("last_sample.flac"), "last_sample.flac");
  assertEquals([samples.length, samples[4095], samples[4096]], [4097, 0.5, -0.25]);
  const six = await readSound(await fixture("six_channels.flac"), "six_channels.flac");
  assertEquals(six.samples.length, 301);
  six.samples.forEach((value, i) => {
    const channels = [1, 2, 3, 4, 5, 6].map((c) => 0.9 * Math.sin(c * i / 50));
    assert(Math.abs(value - channels.reduce((a, b) => a + b) / 6) < 2 ** -15, `${i}: ${value}`);
  });
});

Deno.test("readSound() refuses FLAC that lacks a frame, and says how much of it is there", async () => {
  for (const name of ["mono24.flac", "stereo16.flac", "last_sample.flac"]) {
    const bytes = await fixture(name);
    for (const length of [bytes.length - 1, bytes.length - 40]) {
      await assertRejects(
        () => readSound(bytes.subarray(0, length), name),
        DataError,
        `${name} cannot be decoded`,
      );
    }
  }
  const short = (await fixture("last_sample.flac")).slice(0, -1);
  await assertRejects(() => readSound(short, "a.flac"), DataError, "4096 of its 4097 samples can be read");
});

for (
  const [name, rate, most] of [["sine.mp3", 16000, 0.03], ["sine.ogg", 16000, 0.03], [
    "sine.opus",
    48000,
    0.05,
  ]] as const
) {
  Deno.test(`readSound() reads ${name} in its place and length`, async () => {
    const sound = await readSound(await fixture(name), name);
    assertEquals([sound.rate, sound.samples.length], [rate, rate / 2]);
    const error = errorOf(sound.samples, rate);
    assert(error < most, `largest difference ${error}`);
  });
}

Deno.test("openDataset() reads folders of sounds of several formats at one rate", async () => {
  const names = ["sine.mp3", "sine.ogg", "sine.opus"];
  const files = memoryTree(
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await fixture(name)]))),
  );
  const { dataset, kind } = await openDataset({ files, resolution: 4000, read: { rate: 16_000 } });
  assertEquals([kind, dataset.items, dataset.pointCount], ["curves", 3, 4000]);
  for (const item of [0, 1, 2]) {
    const samples = await dataset.batch([item]);
    let most = 0;
    for (let i = 800; i < 3200; i++) {
      most = Math.max(most, Math.abs(samples[i]! - 0.5 * Math.sin(2 * Math.PI * 440 * i / 16000)));
    }
    assert(most < 0.06, `${names[item]}: ${most}`);
  }
});

Deno.test("readSound() refuses other files, truncated ones and codecs that it lacks", async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  await assertRejects(() => readSound(text("<html>"), "a.flac"), DataError, "a.flac is a web page");
  await assertRejects(() => readSound(text("fLaC nothing"), "a.flac"), DataError, "a.flac cannot be decoded");
  await assertRejects(
    () => readSound(text(`OggS${"\0".repeat(24)}Speex   1.2`), "a.ogg"),
    DataError,
    "a.ogg is an Ogg file of a codec that is not read",
  );
  for (const name of ["sine.mp3", "sine.ogg", "sine.opus", "mono24.flac"]) {
    await assertRejects(
      async () => await readSound((await fixture(name)).subarray(0, 60), name),
      DataError,
      name,
    );
  }
});

Deno.test("readSound() survives damaged files", async () => {
  const names = ["mono24.flac", "sine.mp3", "sine.ogg", "sine.opus"];
  const originals = await Promise.all(names.map(fixture));
  await assertReadOrRejected(mutations(originals, 60, 8, 2000), (bytes) => readSound(bytes, "a sound"));
});
