/**
 * Tiles of an endless canvas: which squares of the plane are visible, at which size, and in which order they are drawn.
 *
 * @module
 */

/** Height of the canvas in the plane when it shows all of an image, with a margin for the outer halves of its pixels. */
export const WHOLE_SPAN = 2.3;
/** Edge of a tile in its own pixels; on the screen it has at most as many, and more than half of them. */
export const TILE_PIXELS = 128;

/** What a canvas shows: x to the right and y downwards, as the model has them; the data fill y from -1 to 1. */
export interface Camera {
  /** Centre of the canvas. */
  readonly x: number;
  readonly y: number;
  /** Device pixels a unit of length. */
  readonly scale: number;
}

/** A square of the plane. Tiles of level n have an edge of 2⁻ⁿ. */
export interface Tile {
  /** Level. */
  readonly level: number;
  /** Column: the left edge is at `column / 2ⁿ`. */
  readonly column: number;
  /** Row: the upper edge is at `row / 2ⁿ`. */
  readonly row: number;
}

/** Coarser levels drawn before the one that fits the screen: a glimpse of everything comes first. */
const GLIMPSE = 2;
/** Finest level: beyond it the coordinates of neighbours are equal in f32. */
const FINEST = 20;

/**
 * Names a tile, for a cache.
 *
 * @param tile Tile.
 */
export function tileKey({ level, column, row }: Tile): string {
  return `${level} ${column} ${row}`;
}

/**
 * Returns the square that a tile covers: left and upper edge, and size.
 *
 * @param tile Tile.
 */
export function squareOf({ level, column, row }: Tile): readonly [left: number, top: number, size: number] {
  const size = 2 ** -level;
  return [column * size, row * size, size];
}

/**
 * Returns the level at which a tile's pixels are at least as fine as those of the screen.
 *
 * @param scale Device pixels a unit of length.
 */
export function levelFor(scale: number): number {
  return Math.min(FINEST, Math.ceil(Math.log2(scale / TILE_PIXELS)));
}

/**
 * Returns the tiles that cover a canvas, first coarse ones, then those that fit the screen; within a level from the centre
 * outwards.
 *
 * @param camera What the canvas shows.
 * @param width Device pixels.
 * @param height Device pixels.
 */
export function visibleTiles(camera: Camera, width: number, height: number): Tile[] {
  const level = levelFor(camera.scale);
  return [...tilesOf(level - GLIMPSE, camera, width, height), ...tilesOf(level, camera, width, height)];
}

function tilesOf(level: number, { x, y, scale }: Camera, width: number, height: number): Tile[] {
  const edge = 2 ** -level, halfWidth = width / scale / 2, halfHeight = height / scale / 2;
  const tiles: Tile[] = [];
  for (let row = Math.floor((y - halfHeight) / edge); row * edge < y + halfHeight; row++) {
    for (let column = Math.floor((x - halfWidth) / edge); column * edge < x + halfWidth; column++) {
      tiles.push({ level, column, row });
    }
  }
  const distance = ({ column, row }: Tile) => Math.hypot((column + 0.5) * edge - x, (row + 0.5) * edge - y);
  return tiles.sort((a, b) => distance(a) - distance(b));
}

/**
 * Returns a camera whose point under the pointer stays where it is while the scale changes.
 *
 * @param camera Camera.
 * @param factor Factor of the scale.
 * @param at Pointer, in device pixels from the centre of the canvas.
 */
export function zoomedAt(
  { x, y, scale }: Camera,
  factor: number,
  [right, down]: readonly [right: number, down: number],
): Camera {
  const next = Math.min(TILE_PIXELS * 2 ** FINEST, Math.max(8, scale * factor));
  return { x: x + right / scale - right / next, y: y + down / scale - down / next, scale: next };
}
