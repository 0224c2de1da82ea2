/** Readers of sounds, of NumPy's arrays, and of the digits of MNIST. */
import { readWav, writeWav } from "@gasp/datasets";
import { gzip, writeNpy, writeNpz } from "@gasp/tensor";
import {
  WAV_KINDS,
  wavChunk,
  wavFile,
  wavFormat,
  wideWav,
} from "../../../packages/datasets/points/wav_testing.ts";
import { check, datasetReader, type Files, type Reader } from "../reader.ts";

const SAMPLES = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i / 5));

const one = (name: string, bytes: Uint8Array): Files => ({ [name]: bytes });

const sounds: Reader = {
  name: "wav",
  originals: () => {
    const plain = writeWav({ rate: 8000, samples: SAMPLES });
    const encoded = WAV_KINDS.map(([, encoding, bits, content]) =>
      wavFile(wavChunk("fmt ", wavFormat(encoding, 1, bits)), wavChunk("data", content))
    );
    return Promise.resolve([plain, wideWav(plain), ...encoded].map((bytes) => one("a.wav", bytes)));
  },
  // Not by openDataset(): sounds of floats may exceed [-1, 1].
  read: (files) => {
    const bytes = Object.values(files)[0]!, { rate, samples } = readWav(bytes, "a.wav");
    check(
      rate > 0 && samples.length > 0 && samples.length <= bytes.length,
      `${samples.length} samples at ${rate} Hz`,
    );
    check(samples.every(Number.isFinite), "samples that are not finite");
    return Promise.resolve();
  },
};

function npys(): Files[] {
  const images = Uint8Array.from({ length: 3 * 64 }, (_, i) => (i * 37) & 255);
  const voxels = Uint8Array.from({ length: 2 * 64 }, (_, i) => i % 3 === 0 ? 1 : 0);
  const distances = Float32Array.from(
    { length: 125 },
    (_, i) => Math.hypot(i % 5 - 2, (i % 25) / 5 - 2) - 1.5,
  );
  const cloud = Float32Array.from({ length: 80 }, (_, i) => i % 4 === 3 ? (i >> 2) % 2 : (i % 9) / 9 - 0.4);
  return [
    writeNpy({ shape: [3, 8, 8], data: images }),
    writeNpy({ shape: [2, 4, 4, 4], data: voxels }),
    writeNpy({ shape: [1, 5, 5, 5], data: distances }),
    writeNpy({ shape: [20, 4], data: cloud }),
    writeNpy({ shape: [4, 50], data: Int16Array.from({ length: 200 }, (_, i) => 900 * i) }),
    writeNpy({ shape: [2, 100], data: SAMPLES }),
  ].map((bytes) => one("a.npy", bytes));
}

function npzs(): Files[] {
  const stations = { shape: [2, 6, 2], data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)) };
  const values = { shape: [2, 6, 1], data: Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)) };
  const points = { shape: [16, 3], data: Float32Array.from({ length: 48 }, (_, i) => (i % 10) / 10 - 0.5) };
  const rows = (sign: number) => ({
    shape: [5, 4],
    data: Float32Array.from({ length: 20 }, (_, i) => sign * (0.1 + (i % 7) / 10)),
  });
  return [
    writeNpz([["coordinates", stations], ["features", values]]),
    writeNpz([["points", points], ["occupancies", { shape: [2], data: Uint8Array.of(0x5a, 0xf0) }]]),
    writeNpz([["pos", rows(1)], ["neg", rows(-1)]]),
  ].map((bytes) => one("a.npz", bytes));
}

function digits(): Files[] {
  const bytes = new Uint8Array(16 + 4 * 784).map((_, i) => (i * 37) % 251);
  [0x803, 4, 28, 28].forEach((word, i) => new DataView(bytes.buffer).setUint32(4 * i, word));
  return [one("train-images-idx3-ubyte", bytes), one("train-images-idx3-ubyte.gz", gzip(bytes))];
}

/** The readers of sounds, arrays and digits. */
export const SOUNDS_AND_ARRAYS: readonly Reader[] = [
  sounds,
  datasetReader("npy", npys),
  datasetReader("npy-gz", () => npys().map((files) => one("a.npy.gz", gzip(files["a.npy"]!)))),
  datasetReader("npz", npzs),
  datasetReader("idx", digits),
];
