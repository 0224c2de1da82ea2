/**
 * The parts of which the faces of the style ToonHead are drawn, each rasterised once and laid over the others as often as a
 * face has it: a hundred times faster than drawing every face, and equal to it but for rounding.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import { memoize } from "../core/memoize.ts";
import { type NpmPackage, packageFile, packageModule } from "../core/npm_package.ts";

const CORE: NpmPackage = { name: "@dicebear/core", versions: "^9.4.3" };
const STYLE: NpmPackage = { name: "@dicebear/toon-head", versions: "^9.4.3" };
const RASTERISER: NpmPackage = { name: "@resvg/resvg-wasm", versions: "^2.6.2" };

/** Parts from the back to the front, with the colours that they depend on. */
const LAYERS = [
  ["rearHair", "hairColor"],
  ["body", "skinColor"],
  ["head", "skinColor"],
  ["clothes", "clothesColor"],
  ["mouth", undefined],
  ["beard", "hairColor"],
  ["eyes", undefined],
  ["eyebrows", "hairColor"],
  ["hair", "hairColor"],
] as const;

/** Head and shoulders, so that faces fill the picture. */
const FRAMING = { scale: 115, translateY: 4 };

type Part = typeof LAYERS[number][0];
type Colour = "skinColor" | "hairColor" | "clothesColor";

/** What a face is made of: a variant of each part that it has, and colours as six hexadecimal digits. */
export type Face = Readonly<Partial<Record<Part, string>> & Record<Colour | "background", string>>;

type CreateAvatar = (style: object, options: object) => { toString(): string };

interface Rendering {
  readonly pixels: Uint8Array;
  free(): void;
}

interface Rasteriser {
  readonly initWasm: (code: ArrayBuffer) => Promise<void>;
  readonly Resvg: new (svg: string, options: object) => { render(): Rendering; free(): void };
}

interface Drawing {
  readonly createAvatar: CreateAvatar;
  readonly style: object;
  readonly Resvg: Rasteriser["Resvg"];
}

function isCore(module: object): module is { createAvatar: CreateAvatar } {
  return "createAvatar" in module && typeof module.createAvatar === "function";
}

function isRasteriser(module: object): module is Rasteriser {
  return "Resvg" in module && "initWasm" in module && typeof module.initWasm === "function";
}

async function loadDrawing(): Promise<Drawing> {
  const [core, style, rasteriser] = await Promise.all(
    [CORE, STYLE, RASTERISER].map((one) => packageModule(one)),
  );
  if (!core || !isCore(core) || !style || !("create" in style) || !rasteriser || !isRasteriser(rasteriser)) {
    throw new DataError(
      `The npm packages ${CORE.name} and ${STYLE.name} do not draw as version 9 does, or ${RASTERISER.name} not as ` +
        `version 2 does: install those versions.`,
    );
  }
  await rasteriser.initWasm((await packageFile(RASTERISER, "index_bg.wasm")).buffer);
  return { createAvatar: core.createAvatar, style, Resvg: rasteriser.Resvg };
}

const drawing = memoize(loadDrawing);

/** Draws faces at one resolution. */
export class AvatarPainter {
  readonly #layers = new Map<string, Uint8Array>();
  readonly #drawing: Drawing;
  readonly #resolution: number;

  private constructor(drawing: Drawing, resolution: number) {
    this.#drawing = drawing;
    this.#resolution = resolution;
  }

  /**
   * Loads the packages on the first call (they are fetched if they are not there).
   *
   * @param resolution Height and width of the pictures.
   * @throws {DataError} If the packages cannot be loaded.
   */
  static async open(resolution: number): Promise<AvatarPainter> {
    return new AvatarPainter(await drawing(), resolution);
  }

  /**
   * A face over its background.
   *
   * @param face What it is made of.
   * @returns Bytes `[resolution, resolution, 3]`.
   */
  paint(face: Face): Uint8Array {
    const background = [0, 2, 4].map((at) => parseInt(face.background.slice(at, at + 2), 16));
    const pixels = new Uint8Array(this.#resolution ** 2 * 3).map((_, i) => background[i % 3]!);
    for (const [part, colour] of LAYERS) {
      const variant = face[part];
      if (variant !== undefined) layOver(pixels, this.#layer(part, variant, colour, face));
    }
    return pixels;
  }

  /** A part alone, RGBA with the colours multiplied by alpha. */
  #layer(part: Part, variant: string, colour: Colour | undefined, face: Face): Uint8Array {
    const key = `${part} ${variant} ${colour && face[colour]}`;
    const kept = this.#layers.get(key);
    if (kept !== undefined) return kept;
    const nothingElse = Object.fromEntries(LAYERS.map(([other]) => [other, []]));
    const { createAvatar, style, Resvg } = this.#drawing;
    const svg = createAvatar(style, {
      ...FRAMING,
      ...nothingElse,
      [part]: [variant],
      ...(colour && { [colour]: [face[colour]] }),
      rearHairProbability: 100,
      beardProbability: 100,
      hairProbability: 100,
    });
    const drawn = new Resvg(svg.toString(), { fitTo: { mode: "width", value: this.#resolution } });
    const rendering = drawn.render();
    const layer = rendering.pixels.slice();
    rendering.free();
    drawn.free();
    this.#layers.set(key, layer);
    return layer;
  }
}

/** `colour + (1 - alpha) · below`, with the colour multiplied by alpha already. */
function layOver(pixels: Uint8Array, layer: Uint8Array): void {
  for (let from = 0, to = 0; from < layer.length; from += 4, to += 3) {
    const alpha = layer[from + 3]!;
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++) {
      pixels[to + c] = layer[from + c]! + Math.round(pixels[to + c]! * (255 - alpha) / 255);
    }
  }
}
