/**
 * Drawn faces as a data set: aligned, with varied hair, beards, skin, clothes and expressions, in any number and at any
 * size. The style is ToonHead by Johan Melin (CC BY 4.0), from the npm packages of DiceBear.
 *
 * @module
 */
import { memoize } from "../../core/memoize.ts";
import { randomBits, requireMemory } from "@gasp/tensor";
import { AvatarPainter, type Face } from "./avatar_layers.ts";
import { type ImageSet, requireImages } from "../images.ts";
import { type StreamedImages, streamedImages, type StreamOptions } from "../streamed_images.ts";

/**
 * Faces to draw.
 *
 * @category Pictures
 */
export interface AvatarOptions {
  /** Number of faces. */
  readonly count: number;
  /** Height and width. */
  readonly resolution: number;
  /** Seed; face `i` is a function of the seed and `i` alone. Default 0. */
  readonly seed?: number;
}

const VARIANTS = {
  rearHair: ["longStraight", "longWavy", "shoulderHigh", "neckHigh"],
  clothes: ["turtleNeck", "openJacket", "dress", "shirt", "tShirt"],
  mouth: ["laugh", "angry", "agape", "smile", "sad"],
  beard: ["moustacheTwirl", "fullBeard", "chin", "chinMoustache", "longBeard"],
  eyes: ["happy", "wide", "bow", "humble", "wink"],
  eyebrows: ["raised", "angry", "happy", "sad", "neutral"],
  hair: ["sideComed", "undercut", "spiky", "bun"],
  skinColor: ["f1c3a5", "c68e7a", "b98e6a", "a36b4f", "5c3829"],
  hairColor: ["2c1b18", "a55728", "b58143", "d6b370", "724133"],
  // deno-fmt-ignore
  clothesColor: [
    "545454", "b11f1f", "0b3286", "147f3c", "eab308", "731ac3", "ec4899", "f97316", "151613", "e8e9e6",
  ],
  // deno-fmt-ignore
  background: [
    "ffd5dc", "d8b49f", "d1d4f9", "c0aede", "e8f0d8", "ffdfbf", "b6f4d3", "9fb8d8", "f4e7b6", "8fa68e", "cfcfcf",
    "b6e3f4",
  ],
} as const;

/**
 * Samples the traits of a face independently. Half of the faces have rear hair, half of those without a bun a beard.
 *
 * @param seed Seed of the set.
 * @param item Item index.
 */
export function avatarFace(seed: number, item: number): Face {
  const bits = randomBits({ seed, stream: "avatars", step: item }, Object.keys(VARIANTS).length + 2);
  const traits = Object.entries(VARIANTS).map(([trait, variants], i) =>
    [trait, variants[Math.floor(bits[i]! / 2 ** 32 * variants.length)]!] as const
  );
  const { rearHair, beard, ...face } = Object.fromEntries(traits) as Record<keyof typeof VARIANTS, string>;
  const [hasRearHair, hasBeard] = [...bits.slice(-2)].map((word) => word >= 2 ** 31);
  return {
    ...face,
    body: "body",
    head: "head",
    ...(hasRearHair && { rearHair: rearHair }),
    ...(hasBeard && face.hair !== "bun" && { beard: beard }),
  };
}

/** Number of cached layers: variants of each part in the colours that it depends on. */
const AVATAR_LAYERS = (() => {
  const { rearHair, beard, hair, eyebrows, hairColor, skinColor, clothes, clothesColor, mouth, eyes } =
    VARIANTS;
  const hairy = [rearHair, beard, hair, eyebrows].reduce((sum, { length }) => sum + length, 0);
  return hairy * hairColor.length + 2 * skinColor.length + clothes.length * clothesColor.length +
    mouth.length + eyes.length;
})();

function checkOptions({ count, resolution }: AvatarOptions): void {
  for (const [what, value, least] of [["count", count, 1], ["resolution", resolution, 2]] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`The ${what} must be an integer of at least ${least}, got ${value}.`);
    }
  }
}

/**
 * Creates the data set of drawn faces. Each is drawn when a batch first needs it; with a cache, later runs read it from
 * there.
 *
 * @param options Faces and cache.
 * @throws {DataError} From `batch`, if the packages cannot be loaded.
 * @throws {MemoryError} If not even one face fits in memory.
 * @throws {RangeError} If a size is out of range.
 * @category Pictures
 */
export async function avatarDataset(options: AvatarOptions & StreamOptions): Promise<StreamedImages> {
  checkOptions(options);
  const { count, resolution, seed = 0 } = options;
  // Layers, a face, and its coordinates and features.
  const bytes = (side: number) => (AVATAR_LAYERS * 4 + 3 + 8 + 12) * side * side;
  requireMemory({
    purpose: `a face at a resolution of ${resolution}`,
    bytes: bytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes }],
  });
  const painter = memoize(() => AvatarPainter.open(resolution));
  return await streamedImages({
    name: "faces",
    items: count,
    resolution,
    channels: 3,
    identity: ["avatars", seed, count],
    state: "toon-head 9",
    pixels: async (item) => (await painter()).paint(avatarFace(seed, item)),
  }, options);
}

/**
 * Draws faces.
 *
 * @param options Faces to draw.
 * @throws {DataError} If the packages cannot be loaded.
 * @throws {MemoryError} If the images do not fit in memory.
 * @throws {RangeError} If a size is out of range.
 * @category Pictures
 */
export async function avatarImages(options: AvatarOptions): Promise<ImageSet> {
  const { count, resolution } = options;
  requireImages("faces", count, { height: resolution, width: resolution, channels: 3 });
  const dataset = await avatarDataset(options);
  const pixels = await dataset.pixels(Array.from({ length: count }, (_, i) => i));
  return { count, height: resolution, width: resolution, channels: 3, pixels };
}
