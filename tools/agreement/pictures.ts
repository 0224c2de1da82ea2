/**
 * Compares the readers of image files with Pillow, on files of every option of their formats. Run it where `python3`, or the
 * program in the variable PYTHON, has Pillow: `deno run -A tools/agreement/pictures.ts`. It prints counts by format, and fails
 * on a difference.
 *
 * @module
 */
import { decodeImage } from "@gasp/datasets";
import { type Agreement, type Entry, printAgreement } from "./agreement.ts";

/** A file, and what Pillow read from it. */
interface PictureEntry extends Entry {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Pictures, against Pillow. */
export const PICTURES: Agreement<PictureEntry> = {
  what: "pictures",
  modules: ["PIL"],
  packages: ["python3-pil"],
  async compare(path, { name, width, height, channels }, expected) {
    const picture = await decodeImage(await Deno.readFile(path), name);
    if (picture.width !== width || picture.height !== height) {
      throw new Error(`size ${picture.width}×${picture.height}, expected ${width}×${height}`);
    }
    let worst = 0;
    for (let i = 0; i < width * height; i++) {
      for (let c = 0; c < 3; c++) {
        const value = picture.pixels[i * picture.channels + c % picture.channels]!;
        worst = Math.max(worst, Math.abs(value - expected[i * channels + c % channels]!));
      }
    }
    return worst;
  },
};

if (import.meta.main) Deno.exit(await printAgreement(PICTURES));
