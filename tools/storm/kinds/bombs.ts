/** Bombs: small files that declare or unpack to gigabytes, and options that ask for them. */
import { encodePng } from "@gasp/gasp";
import { gzip } from "@gasp/tensor";
import { zipSync } from "fflate";
import { type Kind, require } from "../kind.ts";
import { joined } from "../mutate.ts";
import { tail } from "../program.ts";
import type { Random } from "../random.ts";
import { sampleFiles } from "../samples.ts";

const INPUTS = 10;
const text = (words: string) => new TextEncoder().encode(words);

/** A npy file that declares a shape, with few bytes of data. */
function npy(shape: string, bytes = 64): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  const padded = header.padEnd(117) + "\n";
  return joined(
    Uint8Array.of(0x93, ...text("NUMPY"), 1, 0, padded.length, 0),
    text(padded),
    new Uint8Array(bytes),
  );
}

/** A PNG file that declares other sizes; its checksums are those of the original. */
function png(width: number, height: number): Uint8Array {
  const bytes = encodePng({ height: 8, width: 8, channels: 1, pixels: new Uint8Array(64) });
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(16, width);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(20, height);
  return bytes;
}

function zipOf(name: string, bytes: Uint8Array): Uint8Array {
  return zipSync({ [name]: bytes }, { level: 9 });
}

const zeros = (megabytes: number) => new Uint8Array(megabytes * 2 ** 20);

/** Computes a value on its first use: packing hundreds of megabytes takes seconds. */
function once<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => (value ??= { of: compute() }).of;
}

const packedArray = once(() => zipOf("features.npy", joined(npy("1024, 1024, 64"), zeros(256))));
const packedPickle = once(() => zipOf("archive/data.pkl", zeros(300)));
const packedDigits = once(() => gzip(zeros(200)));

/** Builds a bomb: its name and bytes. */
async function bomb(random: Random): Promise<readonly [string, Uint8Array]> {
  const sizes = random.pick([
    "1000000000000",
    "65536, 65536",
    "4294967296, 2",
    "9007199254740993",
    "1, 2147483648",
  ]);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(
    0,
    random.pick([2n ** 40n, 2n ** 63n, 2n ** 31n, 10n ** 8n]),
    true,
  );
  const bombs: readonly (() => readonly [string, Uint8Array] | Promise<readonly [string, Uint8Array]>)[] = [
    () => [
      "a.png",
      png(random.pick([1, 2 ** 16, 2 ** 20, 2 ** 31 - 1]), random.pick([1, 2 ** 16, 2 ** 20, 2 ** 31 - 1])),
    ],
    () => ["a.npy", npy(sizes)],
    () => ["a.npz", zipOf("features.npy", npy(sizes))],
    () => ["a.npz", packedArray()],
    () => ["model.pt", packedPickle()],
    () => ["model.safetensors", joined(length, text("{}"))],
    () => [
      "a.wav",
      joined(text("RIFF\xff\xff\xff\x7fWAVEfmt "), Uint8Array.of(16, 0, 0, 0, 1, 0, 255, 0), zeros(1)),
    ],
    () => ["a.binvox", text("#binvox 1\ndim 65536 65536 65536\ntranslate 0 0 0\nscale 1\ndata\n\x01\xff")],
    () => [
      "a.ply",
      text("ply\nformat ascii 1.0\nelement vertex 4000000000\nproperty float x\nend_header\n1\n"),
    ],
    () => ["digits/train-images-idx3-ubyte.gz", packedDigits()],
    async () => {
      const bytes = (await sampleFiles())["fields.nc"]!.slice();
      new DataView(bytes.buffer).setUint32(4, 2 ** 31 - 1);
      return ["a.nc", bytes] as const;
    },
  ];
  return await random.pick(bombs)();
}

/** Options that ask for more than any machine has. */
const DEMANDS: readonly (readonly string[])[] = [
  ["data", "inspect", "chairs", "--resolution", "65536"],
  ["data", "inspect", "chairs", "--resolution", "1000"],
  ["data", "inspect", "mnist", "--resolution", "65536"],
  ["train", "--preset", "tiny", "--memory", "1KB", "--steps", "1"],
];

export const bombs: Kind = {
  name: "bombs",
  what:
    "small files that declare or unpack to gigabytes, and options that ask for them: refused before memory is taken",
  async run({ folder, random, host }) {
    for (let input = 0; input < INPUTS; input++) {
      let args: readonly string[];
      if (random.below(6) === 0) {
        args = [...random.pick(DEMANDS)];
        if (args[0] === "train") args = [...args, "--device", "wasm", "--out", `${folder}/out-${input}`];
      } else {
        const [name, bytes] = await bomb(random), path = `${folder}/${input}/${name}`;
        await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
        await Deno.writeFile(path, bytes);
        const isModel = name.startsWith("model");
        const target = name.startsWith("digits") ? `${folder}/${input}/digits` : path;
        args = isModel ? ["import", path, "--out", `${folder}/run-${input}`] : ["data", "inspect", target];
      }
      const { code, stderr } = await host.run(args);
      require(code === 0 || code === 1, `${args.join(" ")}: exit code ${code}: ${tail(stderr)}`);
    }
    return INPUTS;
  },
};
