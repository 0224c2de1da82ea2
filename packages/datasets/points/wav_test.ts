import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import { assertReadOrRejected, fuzzRounds, mutations } from "../core/mutations_testing.ts";
import { readWav, writeWav } from "./wav.ts";
import {
  bytesOf,
  WAV_KINDS as KINDS,
  wavChunk as chunk,
  wavFile as wav,
  wavFormat as format,
  wideWav,
} from "./wav_testing.ts";

Deno.test("readWav() reads every encoding, with chunks in any order and of odd length", () => {
  for (const [what, encoding, bits, content] of KINDS) {
    const fmt = chunk("fmt ", format(encoding, 1, bits)), data = chunk("data", content);
    const note = chunk("LIST", Uint8Array.of(1, 2, 3));
    for (const bytes of [wav(fmt, data), wav(note, fmt, note, data), wav(data, note, fmt)]) {
      const { rate, samples } = readWav(bytes, what);
      assertEquals([rate, ...samples], [8000, -1, 0, 0.5], what);
    }
  }
});

Deno.test("readWav() averages channels, and reads the extensible header", () => {
  const data = chunk("data", bytesOf(Int16Array.of(16384, 0, -32768, 32767)));
  const extensible = new Uint8Array(40);
  extensible.set(format(0xfffe, 2, 16));
  extensible[24] = 1;
  for (const fmt of [format(1, 2, 16), extensible]) {
    const { samples } = readWav(wav(chunk("fmt ", fmt), data));
    assertEquals([...samples], [0.25, Math.fround(-1 / 65536)]);
  }
});

Deno.test("readWav() reads files of interrupted recorders", () => {
  const bytes = wav(chunk("fmt ", format(1, 1, 16)), chunk("data", bytesOf(Int16Array.of(1, 2, 3))));
  bytes.set([0xff, 0xff, 0xff, 0xff], bytes.length - 10);
  assertEquals(readWav(bytes).samples.length, 3);
});

Deno.test("readWav() rejects other formats and damaged files", () => {
  const fmt = chunk("fmt ", format(1, 1, 16)), data = chunk("data", new Uint8Array(4));
  for (
    const [bytes, message] of [
      [new Uint8Array(0), "is not a WAV file"],
      [wav(fmt), "has no data chunk"],
      [wav(data), "has no fmt chunk"],
      [wav(chunk("fmt ", new Uint8Array(3)), data), "has 3 bytes, expected at least 16"],
      [wav(chunk("fmt ", format(85, 1, 16)), data), "has encoding 85 with 16 bits"],
      [wav(chunk("fmt ", format(1, 0, 16)), data), "declares 0 channels"],
      [wav(fmt, chunk("data", new Uint8Array(1))), "has no samples"],
      [wav(chunk("fmt ", format(3, 1, 32)), chunk("data", bytesOf(Float32Array.of(NaN)))), "sample 0 is NaN"],
    ] as const
  ) {
    assertThrows(() => readWav(bytes, "a.wav"), DataError, message);
  }
});

Deno.test("writeWav() writes what readWav() reads", () => {
  const { rate, samples } = readWav(
    writeWav({ rate: 44100, samples: Float32Array.of(-2, -0.5, 0, 0.25, 1) }),
  );
  assertEquals(rate, 44100);
  [-1, -0.5, 0, 0.25, 1].forEach((value, i) => assertAlmostEquals(samples[i]!, value, 1e-4));
});

Deno.test("readWav() returns or throws a DataError for damaged files", async () => {
  const originals = KINDS.map(([, encoding, bits, content]) =>
    wav(chunk("fmt ", format(encoding, 1, bits)), chunk("data", content))
  );
  await assertReadOrRejected(mutations(originals, fuzzRounds(600), 1), (bytes) => {
    assertEquals(readWav(bytes).samples.every(Number.isFinite), true);
  });
});

Deno.test("readWav() reads RF64 and BW64, whose length is in a chunk of its own", () => {
  const plain = writeWav({ rate: 8000, samples: Float32Array.of(0, 0.25, -0.5, 1) });
  for (const id of ["RF64", "BW64"] as const) assertEquals(readWav(wideWav(plain, id)), readWav(plain));
});
