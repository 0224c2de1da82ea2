/**
 * Bad input: each mistake prints one message with a remedy to stderr, without a stack trace, exits with a non-zero code, and
 * does not modify existing runs.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { checkpointPath } from "@gasp/gasp";
import { cliFails, cliOk, filesIn, inFolder } from "./cli.ts";

const DEVICE = ["--device", "wasm"];
const TINY = ["train", "--preset", "tiny", ...DEVICE];
const CHECKPOINT = `runs/tiny-1/${checkpointPath(4)}`;

/** Files of a folder with a run of four steps. */
let prepared: Promise<Map<string, Uint8Array>> | undefined;

async function withRun(use: (folder: string) => Promise<void>): Promise<void> {
  prepared ??= (async () => {
    let files = new Map<string, Uint8Array>();
    await inFolder(async (folder) => {
      await cliOk(folder, ...TINY, "--steps", "4", "--save-every", "2");
      files = await filesIn(folder);
    });
    return files;
  })();
  const files = await prepared;
  await inFolder(async (folder) => {
    for (const [path, bytes] of files) {
      await Deno.mkdir(`${folder}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeFile(`${folder}/${path}`, bytes);
    }
    await use(folder);
  });
}

interface Fault {
  readonly what: string;
  /** Creates the bad input. */
  readonly prepare?: (folder: string) => Promise<void>;
  readonly args: readonly string[];
  /** Parts of the message: what was given, what was expected, what to do. */
  readonly messages: readonly string[];
}

/** Writes an IDX file whose header declares a number of images of 28×28, with a number of bytes. */
function idx(magic: number, images: number, bytes: number): Uint8Array {
  const file = new Uint8Array(16 + bytes);
  [magic, images, 28, 28].forEach((word, i) => new DataView(file.buffer).setUint32(4 * i, word));
  return file;
}

const idxFile = (bytes: Uint8Array) => async (folder: string) => {
  await Deno.mkdir(`${folder}/data`);
  await Deno.writeFile(`${folder}/data/train-images-idx3-ubyte`, bytes);
};

const configFile = (text: string) => (folder: string) => Deno.writeTextFile(`${folder}/my.json`, text);

const damage = (edit: (bytes: Uint8Array) => Uint8Array) => async (folder: string) => {
  await Deno.writeFile(`${folder}/${CHECKPOINT}`, edit(await Deno.readFile(`${folder}/${CHECKPOINT}`)));
};

const flip = (bytes: Uint8Array, index: number) => bytes.with(index, bytes[index]! ^ 255);

const FAULTS: readonly Fault[] = [
  {
    what: "an unknown command",
    args: ["trian"],
    messages: ['unknown command "trian"', "did you mean train?", "the commands are train, sample"],
  },
  {
    what: "an unknown option",
    args: ["train", "--stpes", "3"],
    messages: ["unknown option --stpes", "did you mean --steps?", "deno task train --help"],
  },
  {
    what: "an option of a wrong type",
    args: ["train", "--steps", "many"],
    messages: ["--steps", '"many"', "a whole number of at least 1"],
  },
  {
    what: "an unknown preset",
    args: ["train", "--preset", "digit"],
    messages: ['"digit"', "--preset must be one of digits, faces32", "did you mean digits?"],
  },
  {
    what: "an unknown device",
    args: ["train", "--device", "cuda"],
    messages: ['"cuda"', "--device must be one of auto, webgpu, wasm, reference"],
  },
  {
    what: "a missing data folder",
    args: [...TINY, "--data", "nowhere"],
    messages: ['there is no data "nowhere"', "pass a file or a folder", "mnist, faces, emoji, chairs"],
  },
  {
    what: "a data file of an unknown format",
    prepare: (folder) => Deno.writeTextFile(`${folder}/digits.xyz`, "x"),
    args: [...TINY, "--data", "digits.xyz"],
    messages: ["digits.xyz has a name of no known format", "arrays (.npy, .npz, .pt)"],
  },
  {
    what: "a damaged archive",
    prepare: (folder) => Deno.writeTextFile(`${folder}/digits.zip`, "x"),
    args: [...TINY, "--data", "digits.zip"],
    messages: ["digits.zip", "the archive is damaged or truncated", "Copy or download it again"],
  },
  {
    what: "a preset without data",
    args: ["train", "--preset", "climate"],
    messages: ['there is no data "era5"', "the preset climate needs your own data", "--data"],
  },
  {
    what: "data of an unknown kind",
    args: [...TINY, "--data", "image:photos"],
    messages: [
      'there is no data "image:photos"',
      "allowed before a path are digits, images",
      "did you mean images?",
    ],
  },
  {
    what: "an image in a folder that is a file",
    prepare: (folder) => Deno.writeTextFile(`${folder}/file`, "x"),
    args: ["data", "inspect", "mnist", "--out", "file/digits.png"],
    messages: ["cannot write file/digits.png", "choose another folder"],
  },
  {
    what: "an image of an unsupported format",
    args: ["data", "inspect", "mnist", "--out", "digits.jpg"],
    messages: ["--out must be a PNG file", '"digits.jpg"'],
  },
  {
    what: "an unknown action",
    args: ["data", "inspct", "mnist"],
    messages: ['data must be followed by inspect; got "inspct"; did you mean inspect?'],
  },
  {
    what: "an empty data folder",
    prepare: (folder) => Deno.mkdir(`${folder}/data`),
    args: [...TINY, "--data", "data"],
    messages: ["data holds no data that can be read", "digits (idx3-ubyte)", "found nothing"],
  },
  {
    what: "a truncated IDX file",
    prepare: idxFile(idx(0x803, 10, 9 * 784)),
    args: [...TINY, "--data", "data"],
    messages: ["train-images-idx3-ubyte", "7840", "7056"],
  },
  {
    what: "a file that is not IDX",
    prepare: idxFile(idx(0x12345678, 10, 7840)),
    args: [...TINY, "--data", "data"],
    messages: ["train-images-idx3-ubyte", "IDX"],
  },
  {
    what: "a missing configuration file",
    args: ["train", "--config", "my.json"],
    messages: ['there is no file "my.json"', "--config"],
  },
  {
    what: "a configuration that is not JSON",
    prepare: configFile('{"steps": 3'),
    args: ["train", "--config", "my.json"],
    messages: ["my.json is not valid JSON"],
  },
  {
    what: "a configuration with a wrong type",
    prepare: configFile('{"batchSize": "16"}'),
    args: ["train", "--config", "my.json"],
    messages: ['my.json: "batchSize" is "16", but must be a whole number from 1 to 65536'],
  },
  {
    what: "a configuration with an unknown field",
    prepare: configFile('{"training": {"learningRate": 1}}'),
    args: ["train", "--config", "my.json"],
    messages: ['my.json: "training.learningRate" is not a known field', "generatorRate"],
  },
  {
    what: "a configuration that does not match the data",
    prepare: configFile('{"resolution": 4}'),
    args: [...TINY, "--config", "my.json"],
    messages: ['"model.discriminator.layers.0.points" is 25, but must be at most 16'],
  },
  {
    what: "a batch too large for the device",
    args: ["train", "--preset", "digits", ...DEVICE, "--batch", "65536"],
    messages: ["with a batch of 65536 needs", "GiB", "would fit", "--batch "],
  },
  {
    what: "an output folder that cannot be written",
    prepare: (folder) => Deno.writeTextFile(`${folder}/file`, "x"),
    args: [...TINY, "--out", "file/run"],
    messages: ["cannot", "file/run", "choose another folder"],
  },
  {
    what: "an output folder that holds a run",
    args: [...TINY, "--out", "runs/tiny-1"],
    messages: ["runs/tiny-1 already contains a run", "add --resume", "choose another folder with --out"],
  },
  {
    what: "a run to resume that does not exist",
    args: ["train", "--resume", "runs/tiny-2"],
    messages: ["runs/tiny-2 does not contain a run to resume", "omit --resume to start one"],
  },
  {
    what: "another batch size for a resumed run",
    args: ["train", "--resume", "--batch", "5", "--steps", "9"],
    messages: ["--batch 5 does not match the run, which has 4"],
  },
  {
    what: "a truncated checkpoint",
    prepare: damage((bytes) => bytes.slice(0, bytes.length / 2)),
    args: ["train", "--resume", "--steps", "9", ...DEVICE],
    messages: [`${CHECKPOINT} cannot be used`, "Delete it to resume from the checkpoint of step 2"],
  },
  {
    what: "a corrupt checkpoint header",
    prepare: damage((bytes) => flip(bytes, 20)),
    args: ["train", "--resume", "--steps", "9", ...DEVICE],
    messages: [`${CHECKPOINT} cannot be used`, "Delete it to resume from the checkpoint of step 2"],
  },
  {
    what: "corrupt numbers in a checkpoint",
    prepare: damage((bytes) => flip(bytes, bytes.length - 10)),
    args: ["train", "--resume", "--steps", "9", ...DEVICE],
    messages: [
      `${CHECKPOINT} cannot be used`,
      "does not match its checksum",
      "Delete it to resume from the checkpoint of step 2",
    ],
  },
  {
    what: "a checkpoint that is something else",
    prepare: damage(() => new TextEncoder().encode("this is no checkpoint at all")),
    args: ["sample", ...DEVICE],
    messages: [`${CHECKPOINT} cannot be used`, "Delete it to resume from the checkpoint of step 2"],
  },
  {
    what: "a run to sample that does not exist",
    args: ["sample", "runs/tiny-2", ...DEVICE],
    messages: ["runs/tiny-2 has no checkpoint: pass the folder of a run"],
  },
  {
    what: "a step to sample that was not saved",
    args: ["sample", "--checkpoint", "3", ...DEVICE],
    messages: ["runs/tiny-1 has no checkpoint of step 3", "steps 2, 4"],
  },
  {
    what: "an image that cannot be written",
    prepare: (folder) => Deno.writeTextFile(`${folder}/file`, "x"),
    args: ["sample", "runs/tiny-1", "--out", "file/sheet.png", ...DEVICE],
    messages: ["cannot write file/sheet.png", "choose another folder"],
  },
  {
    what: "a folder of fixtures that does not exist",
    args: ["parity", "nowhere"],
    messages: ["cannot read nowhere", "there is no such folder"],
  },
  {
    what: "no folder of fixtures",
    args: ["parity"],
    messages: ["parity needs FOLDER", "deno task parity FOLDER"],
  },
];

for (const { what, prepare, args, messages } of FAULTS) {
  Deno.test(`${args[0]} rejects ${what}`, () =>
    withRun(async (folder) => {
      await prepare?.(folder);
      const before = await filesIn(folder);
      await cliFails(folder, args, messages);
      assertEquals(await filesIn(folder), before, "files changed");
    }));
}
