/**
 * An endless canvas of one function: tiles are requested as they become visible, coarse ones first, and those of the function
 * before stay until they are covered.
 *
 * @module
 */
import { compute } from "../../../state/compute.ts";
import { reportError } from "../../../state/notices.ts";
import type { StageProps } from "./stage_props.ts";
import { type Camera, levelFor, squareOf, type Tile, TILE_PIXELS, tileKey, visibleTiles } from "./tiles.ts";

/** Fine tiles that are requested at once, so that the canvas fills visibly and a change is answered soon. */
const BATCH = 6;
/** Tiles that are kept. */
const KEPT = 400;

/** A part of the plane. */
export type Box = readonly [left: number, top: number, width: number, height: number];

/** A picture that lies over a part of the plane, such as the grid of the training data. */
export interface Overlay {
  /** The picture. */
  readonly picture: CanvasImageSource;
  /** Where it lies. */
  readonly box: Box;
  /** Share of the canvas, from the left, that it covers. */
  readonly share: number;
}

type PaintedTile = { readonly tile: Tile; readonly picture: HTMLCanvasElement };
type Tiles = Map<string, PaintedTile>;

/** Paints a canvas. */
export class TilePainter {
  readonly #canvas: HTMLCanvasElement;
  #shown: StageProps | undefined;
  #camera: Camera = { x: 0, y: 0, scale: 1 };
  #learned: Box = [-1, -1, 2, 2];
  #overlay: Overlay | undefined;
  #tiles: Tiles = new Map();
  #before: Tiles = new Map();
  #isPumping = false;
  #isStopped = false;

  /**
   * @param canvas Canvas whose size is its size in device pixels.
   */
  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /**
   * Changes what is shown, and from where.
   *
   * @param shown Function.
   * @param camera Part of the plane.
   * @param learned The part that data have.
   * @param overlay Picture over it.
   */
  show(shown: StageProps, camera: Camera, learned: Box, overlay: Overlay | undefined): void {
    if (shown.latent !== this.#shown?.latent || shown.info !== this.#shown.info) {
      if (this.#tiles.size > 0) this.#before = this.#tiles;
      if (shown.info !== this.#shown?.info) this.#before = new Map();
      this.#tiles = new Map();
    }
    this.#shown = shown;
    this.#camera = camera;
    this.#learned = learned;
    this.#overlay = overlay;
    this.#paint();
    void this.#pump();
  }

  /** Ends requests. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Requests what is missing until nothing is. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (let missing = this.#missing(); missing.length > 0 && !this.#isStopped; missing = this.#missing()) {
        // All coarse tiles come at once: they are few, and a walk shows nothing else
        const coarse = missing.filter(({ level }) => level < levelFor(this.#camera.scale));
        await this.#request(coarse.length > 0 ? coarse : missing.slice(0, BATCH));
      }
      this.#canvas.dataset["ready"] = "true";
    } catch (error) {
      reportError(error);
    } finally {
      this.#isPumping = false;
    }
  }

  #missing(): Tile[] {
    const { width, height } = this.#canvas;
    if (!this.#shown) return [];
    return visibleTiles(this.#camera, width, height).filter((tile) => !this.#tiles.has(tileKey(tile)));
  }

  async #request(tiles: readonly Tile[]): Promise<void> {
    const { info: { ref }, latent } = this.#shown!, target = this.#tiles;
    const request = { ref, latent, squares: tiles.map(squareOf), pixels: TILE_PIXELS };
    const { pixels } = await compute().call("tiles", request);
    const size = TILE_PIXELS * TILE_PIXELS * 4;
    tiles.forEach((tile, i) => {
      const picture = document.createElement("canvas");
      picture.width = picture.height = TILE_PIXELS;
      const data = new ImageData(pixels.subarray(i * size, (i + 1) * size), TILE_PIXELS, TILE_PIXELS);
      picture.getContext("2d")?.putImageData(data, 0, 0);
      target.set(tileKey(tile), { tile, picture });
    });
    for (const key of target.keys()) {
      if (target.size <= KEPT) break;
      target.delete(key);
    }
    // The function changed meanwhile: what was drawn of it is better than what was drawn of one before
    if (target !== this.#tiles && this.#tiles.size === 0) this.#before = target;
    this.#paint();
  }

  #paint(): void {
    const canvas = this.#canvas, context = canvas.getContext("2d"), { scale, x, y } = this.#camera;
    if (!context) return;
    const left = canvas.width / 2 - x * scale, top = canvas.height / 2 - y * scale;
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const tiles of [this.#before, this.#tiles]) {
      // Coarse ones first, so that finer ones cover them
      const levels = [...Map.groupBy(tiles.values(), ({ tile }) => tile.level)].sort(([a], [b]) => a - b);
      for (const [level, all] of levels) {
        const visible = all.filter(({ tile }) => {
          const [tileLeft, tileTop, size] = squareOf(tile);
          const x0 = left + tileLeft * scale, y0 = top + tileTop * scale, edge = size * scale;
          return x0 + edge > 0 && y0 + edge > 0 && x0 < canvas.width && y0 < canvas.height;
        });
        // Finer ones than the screen shows are few, but may lie far apart
        const groups = level > levelFor(scale) ? visible.map((one) => [one]) : [visible];
        for (const group of groups) this.#paintTogether(context, group, left, top);
      }
    }
    if (this.#overlay) this.#paintOverlay(context, this.#overlay, left, top);
    this.#veil(context, this.#learned, left, top);
  }

  /** Paints tiles of one level as one picture: scaled one by one, they would show their edges. */
  #paintTogether(
    context: CanvasRenderingContext2D,
    tiles: readonly PaintedTile[],
    left: number,
    top: number,
  ): void {
    if (tiles.length === 0) return;
    const columns = tiles.map(({ tile }) => tile.column), rows = tiles.map(({ tile }) => tile.row);
    const column = Math.min(...columns), row = Math.min(...rows), { scale } = this.#camera;
    const sheet = document.createElement("canvas");
    sheet.width = (Math.max(...columns) + 1 - column) * TILE_PIXELS;
    sheet.height = (Math.max(...rows) + 1 - row) * TILE_PIXELS;
    const sheetContext = sheet.getContext("2d");
    for (const { tile, picture } of tiles) {
      sheetContext?.drawImage(picture, (tile.column - column) * TILE_PIXELS, (tile.row - row) * TILE_PIXELS);
    }
    const [x, y, size] = squareOf({ level: tiles[0]!.tile.level, column, row });
    const pixel = size * scale / TILE_PIXELS;
    context.drawImage(
      sheet,
      left + x * scale,
      top + y * scale,
      sheet.width * pixel,
      sheet.height * pixel,
    );
  }

  /** Pales what lies beyond the data, where nobody judged the function. */
  #veil(context: CanvasRenderingContext2D, [x, y, width, height]: Box, left: number, top: number): void {
    const { scale } = this.#camera, { canvas } = context;
    const box = [left + x * scale, top + y * scale, width * scale, height * scale] as const;
    context.save();
    context.beginPath();
    context.rect(0, 0, canvas.width, canvas.height);
    context.rect(...box);
    context.fillStyle = getComputedStyle(canvas).backgroundColor;
    context.globalAlpha = 0.8;
    context.fill("evenodd");
    context.restore();
  }

  #paintOverlay(
    context: CanvasRenderingContext2D,
    { picture, box, share }: Overlay,
    left: number,
    top: number,
  ): void {
    const { scale } = this.#camera, edge = share * context.canvas.width, { height } = context.canvas;
    context.save();
    context.beginPath();
    context.rect(0, 0, edge, height);
    context.clip();
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, left + box[0] * scale, top + box[1] * scale, box[2] * scale, box[3] * scale);
    context.restore();
    context.fillStyle = "#fff";
    context.fillRect(edge - 1, 0, 2, height);
  }
}
