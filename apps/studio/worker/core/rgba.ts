/**
 * Pictures as canvases want them.
 *
 * @module
 */

/** Pictures of equal size, one after another. */
export interface Pictures {
  /** Number of pictures. */
  readonly count: number;
  /** Rows of each. */
  readonly height: number;
  /** Columns of each. */
  readonly width: number;
  /** Red, green, blue and alpha, `[count, height, width, 4]`. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** A grey or colour picture: `RasterImage` of `@gasp/gasp`. */
export interface Raster {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** 1 for grey, 3 for RGB. */
  readonly channels: number;
  /** 0 to 255, `[height, width, channels]`. */
  readonly pixels: ArrayLike<number>;
}

/**
 * Converts features to opaque pixels.
 *
 * @param values Features in [-1, 1], `[count, height, width, channels]`.
 * @param size Size of each picture.
 */
export function picturesOfValues(
  values: ArrayLike<number>,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
): Pictures {
  const count = values.length / (height * width * channels);
  const pixels = new Uint8ClampedArray(count * height * width * 4);
  fill(pixels, channels, (i) => (values[i]! + 1) * 127.5);
  return { count, height, width, pixels };
}

/**
 * Converts pictures of equal size.
 *
 * @param rasters One or more pictures.
 */
export function picturesOfRasters(rasters: readonly Raster[]): Pictures {
  const { height, width } = rasters[0]!, size = height * width * 4;
  const pixels = new Uint8ClampedArray(rasters.length * size);
  rasters.forEach(({ pixels: values, channels }, i) =>
    fill(pixels.subarray(i * size, (i + 1) * size), channels, (at) => values[at]!)
  );
  return { count: rasters.length, height, width, pixels };
}

/** Repeats a single channel, and makes pixels opaque. */
function fill(pixels: Uint8ClampedArray, channels: number, value: (index: number) => number): void {
  for (let pixel = 0; pixel < pixels.length / 4; pixel++) {
    for (let i = 0; i < 3; i++) pixels[4 * pixel + i] = value(pixel * channels + i % channels);
    pixels[4 * pixel + 3] = 255;
  }
}
