/**
 * Layers of the faces of the style ToonHead. Each part is rasterised once and composited into every face that has it: a
 * hundred times faster than rasterising each face, and equal up to rounding.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";
import { memoize } from "../../core/memoize.ts";
import { type NpmPackage, packageFile, packageModule } from "../../core/npm_package.ts";

const CORE: NpmPackage = { name: "@dicebear/core", versions: "^9.4.3" };
const STYLE: NpmPackage = { name: "@dicebear/toon-head", versions: "^9.4.3" };
const RASTERISER: NpmPackage = { name: "@resvg/resvg-wasm", versions: "^2.6.2" };

/** Parts from back to front, with the colours that they depend on. */
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

/** Head and shoulders, so that faces fill the image. */
const FRAMING = { scale: 115, translateY: 4 };

type Part = typeof LAYERS[number][0];
type Colour = "skinColor" | "hairColor" | "clothesColor";

/** Traits of a face: a variant of each part that it has, and colours as six hexadecimal digits. */
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
      `The npm packages ${CORE.name} and ${STYLE.name} must have version 9, ${RASTERISER.name} version 2: ` +
        "install those versions.",
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
   * Creates a painter. The first call loads the packages, fetching them if necessary.
   *
   * @param resolution Height and width of the images.
   * @throws {DataError} If the packages cannot be loaded.
   */
  static async open(resolution: number): Promise<AvatarPainter> {
    return new AvatarPainter(await drawing(), resolution);
  }

  /**
   * Draws a face over its background.
   *
   * @param face Traits of the face.
   * @returns Bytes `[resolution, resolution, 3]`.
   */
  paint(face: Face): Uint8Array {
    const background = [0, 2, 4].map((at) => parseInt(face.background.slice(at, at + 2), 16));
    const pixels = new Uint8Array(this.#resolution ** 2 * 3).map((_, i) => background[i % 3]!);
    for (const [part, colour] of LAYERS) {
      const variant = face[part];
      if (variant !== undefined) composite(pixels, this.#layer(part, variant, colour, face));
    }
    return pixels;
  }

  /** Renders a part alone, as RGBA with premultiplied alpha. */
  #layer(part: Part, variant: string, colour: Colour | undefined, face: Face): Uint8Array {
    const key = `${part} ${variant} ${colour && face[colour]}`;
    const cached = this.#layers.get(key);
    if (cached !== undefined) return cached;
    const noOtherPart = Object.fromEntries(LAYERS.map(([other]) => [other, []]));
    const { createAvatar, style, Resvg } = this.#drawing;
    const svg = createAvatar(style, {
      ...FRAMING,
      ...noOtherPart,
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

/** Composites a layer with premultiplied alpha over opaque pixels: `colour + (1 - alpha) · below`. */
function composite(pixels: Uint8Array, layer: Uint8Array): void {
  for (let from = 0, to = 0; from < layer.length; from += 4, to += 3) {
    const alpha = layer[from + 3]!;
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++) {
      pixels[to + c] = layer[from + c]! + Math.round(pixels[to + c]! * (255 - alpha) / 255);
    }
  }
}
