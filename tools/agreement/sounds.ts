/**
 * Compares the readers of sounds (WAV, FLAC, Ogg Vorbis, Opus, MP3) with SciPy and libsndfile, on files of every option: `deno run -A tools/agreement/sounds.ts`.
 * It prints counts by writer and container, and fails on a difference.
 *
 * @module
 */
import { readSound } from "@gasp/datasets";
import { type Agreement, type Entry, largestDifference, printAgreement } from "./agreement.ts";

/** A file with its rate in Hz. */
interface SoundEntry extends Entry {
  readonly rate: number;
}

/** Sounds, against SciPy and libsndfile. */
export const SOUNDS: Agreement<SoundEntry> = {
  what: "sounds",
  modules: ["scipy.io.wavfile", "soundfile"],
  packages: ["python3-scipy", "python3-soundfile"],
  async compare(path, { rate }, bytes) {
    const sound = await readSound(await Deno.readFile(path), path);
    if (sound.rate !== rate) throw new Error(`${sound.rate} Hz, expected ${rate}`);
    return largestDifference(sound.samples, new Float64Array(bytes.buffer));
  },
};

if (import.meta.main) Deno.exit(await printAgreement(SOUNDS));
