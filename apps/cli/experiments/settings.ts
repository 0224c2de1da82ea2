/**
 * Data and configurations of the experiments at each scale.
 * @module
 */
import { GASP_PRESETS, methodOf, presetOf, resolveRunConfig, type RunConfig } from "@gasp/gasp";

/** Data and steps of the paper; bundled data on two cores; seconds, for tests. */
export type Scale = "paper" | "laptop" | "tiny";

/** The scales that users choose from. */
export const SCALES: readonly Scale[] = ["laptop", "paper", "tiny"];

/** Data of the experiments; `small-faces` are the 32 × 32 faces of figures 7, 12 and 13. */
export type SubjectName = "digits" | "faces" | "faces128" | "small-faces" | "shapes" | "climate";

/** Presets and data of a subject. */
interface SubjectSettings {
  /** Preset of the scale `laptop`, of which the methods have their own versions. */
  readonly laptop: string;
  /** Preset of the scale `paper`. */
  readonly paper: string;
  /** Fields that differ from those of the paper's preset. */
  readonly paperChanges?: object;
  /** Fields that differ from those of the preset `tiny`. */
  readonly tiny: object;
  /** Folder of the data that are not bundled. */
  readonly folder: string;
  /** File of this repository that the other scales use. Default: bundled data. */
  readonly example?: string;
  /** What to put there, and where it is from. */
  readonly download: string;
}

const FACES =
  "the 30,000 faces of CelebA-HQ as PNG or JPEG files: https://github.com/tkarras/progressive_growing_of_gans, " +
  '"Preparing datasets for training"';

const faces = {
  laptop: "faces32",
  paper: "celebahq64",
  tiny: { data: "faces", model: { featureDim: 3 } },
  folder: "celebahq",
  download: FACES,
};

const { discriminator } = GASP_PRESETS.celebahq64.model;

const SUBJECTS: Readonly<Record<SubjectName, SubjectSettings>> = {
  digits: {
    laptop: "digits",
    paper: "mnist",
    tiny: { data: "mnist" },
    folder: "mnist",
    download: "the four files of MNIST, such as train-images-idx3-ubyte.gz: http://yann.lecun.com/exdb/mnist",
  },
  faces,
  faces128: { ...faces, paper: "celebahq128" },
  "small-faces": {
    ...faces,
    paperChanges: {
      resolution: 32,
      sheet: { count: 64, resolution: 32 },
      // Without the first convolution and pooling, from 64² points to 32²
      model: "layers" in discriminator
        ? { discriminator: { ...discriminator, layers: discriminator.layers.slice(2) } }
        : {},
    },
  },
  shapes: {
    laptop: "chairs16",
    paper: "shapenet-voxels",
    tiny: { data: "chairs", model: { coordinateDim: 3 } },
    folder: "shapenet-voxels",
    download:
      "the .binvox files of the category 03001627 (chairs) of ShapeNetVox32: http://3d-r2n2.stanford.edu, in folders as there",
  },
  climate: {
    laptop: "climate",
    paper: "era5",
    tiny: { model: { coordinateDim: 3 } },
    folder: "era5",
    example: "examples/data/t2m.nc",
    download:
      "a NetCDF file of temperatures at 2 m over latitude, longitude and time. That of the paper is ERA5, monthly averaged " +
      "reanalysis by hour of day, 1979 to 2020: https://cds.climate.copernicus.eu",
  },
};

/** Data that the user must provide. */
export interface Need {
  /** Folder. */
  readonly path: string;
  /** What to put there, and where it is from. */
  readonly download: string;
}

/**
 * Returns the data that a subject needs from the user.
 *
 * @param name Subject.
 * @param scale Scale.
 * @param root Folder of all data.
 * @returns `undefined` if they are bundled.
 */
export function needOf(name: SubjectName, scale: Scale, root: string): Need | undefined {
  const { folder, example, download } = SUBJECTS[name];
  if (scale === "paper") return { path: `${root}/${folder}`, download };
  return example === undefined
    ? undefined
    : { path: example, download: "part of the repository: run the command in its folder" };
}

/** Fields of the paper's model that other methods use too, where they have them. */
const SHARED = [
  "coordinateDim",
  "featureDim",
  "latentDim",
  "hyperHidden",
  "functionHidden",
  "fourier",
] as const;

/** Channels of the paper's discriminators, for the convolutional baseline. */
const CHANNELS = [64, 128, 256, 512];

/**
 * Returns the configuration of a method.
 *
 * @param name Subject.
 * @param scale Scale.
 * @param method Name of the method.
 * @param root Folder of all data that are not bundled.
 * @throws {UserError} If the method has no version of the preset.
 */
export function configFor(name: SubjectName, scale: Scale, method: string, root: string): RunConfig {
  const subject = SUBJECTS[name], need = needOf(name, scale, root);
  const data = need && { data: need.path };
  if (scale === "tiny") {
    const often = { steps: 4, logEvery: 2, saveEvery: 2, sampleEvery: 4 };
    return resolveRunConfig({ preset: "tiny", method, overrides: { ...subject.tiny, ...often, ...data } });
  }
  if (scale === "laptop") return resolveRunConfig({ preset: subject.laptop, method, overrides: { ...data } });
  const isGasp = Object.hasOwn(methodOf({ method }).presets, subject.paper);
  if (isGasp) {
    return resolveRunConfig({
      preset: subject.paper,
      method,
      overrides: { ...data, ...subject.paperChanges },
    });
  }
  const paper = configFor(name, scale, "gasp", root), laptop = presetOf(subject.laptop, method);
  const { resolution, steps, batchSize, sheet } = paper, own = laptop.model;
  const channels = "discriminatorChannels" in own
    ? { discriminatorChannels: CHANNELS, generatorChannels: CHANNELS.toReversed() }
    : {};
  return resolveRunConfig({
    preset: subject.laptop,
    method,
    overrides: {
      ...{ resolution, steps, batchSize, sheet },
      ...data,
      model: { ...sharedFields(SHARED, own, paper.model), ...channels },
      // A set discriminator is trained as GASP; the others only read as many points
      training: method === "set" ? paper.training : sharedFields(["subset"], laptop.training, paper.training),
    },
  });
}

/** Fields of the paper's block that another one has, too. */
function sharedFields(names: readonly string[], own: object, paper: object): Record<string, unknown> {
  const values = paper as Record<string, unknown>;
  return Object.fromEntries(
    names.filter((name) => name in own && name in paper).map((name) => [name, values[name]]),
  );
}
