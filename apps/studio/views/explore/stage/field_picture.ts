/**
 * Maps of fields on the sphere.
 *
 * @module
 */
import { type Coastline, colourOf, type SphereField } from "@gasp/gasp/show";

/** Colours of features from -1 to 1, as in the sheets of `@gasp/gasp`. */
const PALETTE = Array.from({ length: 256 }, (_, i) => colourOf(i / 127.5 - 1));
/** Columns of a map, however coarse the field. */
const WIDTH = 1440;

/**
 * Draws a field from 0° to 360° east, the north pole above, with coastlines.
 *
 * @param canvas Canvas; its size becomes that of the map.
 * @param field Field.
 * @param coasts Coastlines.
 */
export function drawField(
  canvas: HTMLCanvasElement,
  { values, latitudes, longitudes }: SphereField,
  coasts: readonly Coastline[],
): void {
  const pixels = new Uint8ClampedArray(latitudes * longitudes * 4);
  values.forEach((value, i) => {
    const at = Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5);
    pixels.set(PALETTE[at]!, 4 * i);
    pixels[4 * i + 3] = 255;
  });
  const small = document.createElement("canvas");
  small.width = longitudes;
  small.height = latitudes;
  small.getContext("2d")?.putImageData(new ImageData(pixels, longitudes, latitudes), 0, 0);
  canvas.width = WIDTH;
  canvas.height = WIDTH / 2;
  const context = canvas.getContext("2d");
  if (!context) return;
  // Cells are centred on their places, so that the poles are half rows and 0° east is the middle of a column
  const [column, row] = [WIDTH / longitudes, canvas.height / (latitudes - 1)];
  for (const shift of [0, WIDTH]) {
    context.drawImage(small, shift - column / 2, -row / 2, WIDTH, canvas.height + row);
  }
  context.strokeStyle = "rgb(255 255 255 / 80%)";
  context.lineWidth = 1.5;
  for (const coast of coasts) strokeCoast(context, coast, canvas.height);
}

/** A line across 0° east is drawn at both edges. */
function strokeCoast(context: CanvasRenderingContext2D, coast: Coastline, height: number): void {
  for (const shift of [0, 360]) {
    context.beginPath();
    coast.forEach(([longitude, latitude], i) => {
      const x = (longitude + shift) / 360 * WIDTH, y = (90 - latitude) / 180 * height;
      // A coast that crosses the date line goes on at the other edge
      const isCut = i === 0 || Math.abs(longitude - coast[i - 1]![0]) > 180;
      if (isCut) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.stroke();
  }
}
