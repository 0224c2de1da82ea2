/** Readers of compressed sounds: FLAC, MP3, Ogg Vorbis and Opus, by decoders that others maintain. */
import { readSound } from "@gasp/datasets";
import { check, type Reader } from "../reader.ts";

const FOLDER = new URL("../../../tests/fixtures/sounds/", import.meta.url);

/** Rates in Hz that the formats can declare: 20 bits of FLAC, 32 bits of Vorbis. */
const MOST_RATE = 2 ** 32;

/**
 * Makes a reader.
 *
 * @param name Name of the reader.
 * @param files Names of undamaged files.
 * @param most Largest sample: that of integers, or of a lossy codec's floats.
 */
function sounds(name: string, files: readonly string[], most: number): Reader {
  return {
    name,
    originals: () =>
      Promise.all(files.map(async (file) => ({ [file]: await Deno.readFile(new URL(file, FOLDER)) }))),
    // Not by openDataset(): samples of lossy codecs may exceed [-1, 1].
    async read(damaged) {
      const [[file, bytes]] = Object.entries(damaged) as [[string, Uint8Array]];
      const { rate, samples } = await readSound(bytes, file);
      check(
        rate > 0 && rate < MOST_RATE && samples.length > 0,
        `${samples.length} samples at ${rate} Hz`,
      );
      check(
        samples.every((sample) => Math.abs(sample) <= most),
        `samples that are not finite or above ${most}`,
      );
    },
  };
}

/** The readers of compressed sounds. */
export const COMPRESSED_SOUNDS: readonly Reader[] = [
  sounds("flac", ["stereo16.flac", "mono24.flac", "last_sample.flac", "six_channels.flac", "flac.ogg"], 1),
  sounds("mp3", ["sine.mp3"], Number.MAX_VALUE),
  sounds("ogg", ["sine.ogg"], Number.MAX_VALUE),
  sounds("opus", ["sine.opus"], Number.MAX_VALUE),
];
