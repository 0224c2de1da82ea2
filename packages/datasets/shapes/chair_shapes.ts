/**
 * Chairs from random parameters: seats on four legs (straight, tapered or splayed), a star, a disc, a sled base or a block;
 * backs with panels, slats, rungs or a frame, flat or curved, upright or leaning; optional arms; stools.
 *
 * @module
 */
import { randomUniform } from "@gasp/tensor";
import { backSheet, bar, box, type Outline, slab, spoke } from "./chair_parts.ts";
import type { Solid, SolidPart } from "./solid.ts";

/**
 * Parameters of a set of chairs.
 *
 * @category Shapes
 */
export interface ChairOptions {
  /** Seed: an integer from 0 to 2^53 - 1; default 0. */
  readonly seed?: number;
  /**
   * Minimum and maximum thickness of legs, columns and runners, in units where the bounding box is 2 wide; default 0.135 to
   * 0.2. A grid of S points resolves legs of at least 2 / (S - 1): the default suits 16 points and more.
   */
  readonly legThickness?: readonly [number, number];
}

/** Maximum number of random numbers per chair. */
const DRAWS = 48;

/** The random numbers of one chair. */
class Draws {
  readonly #values: Float32Array;
  #next = 0;

  constructor(seed: number, item: number) {
    this.#values = randomUniform({ seed, stream: "chairs", step: item }, DRAWS);
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.#values[this.#next++]!;
  }

  chance(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  /** Samples a choice by probability; probabilities sum to 1. */
  pick<T>(choices: readonly (readonly [T, number])[]): T {
    let rest = this.between(0, 1);
    for (const [choice, probability] of choices) {
      rest -= probability;
      if (rest < 0) return choice;
    }
    return choices.at(-1)![0];
  }
}

/** The seat, on which base, back and arms depend. */
interface Seat {
  readonly outline: Outline;
  readonly halfWidth: number;
  readonly halfDepth: number;
  /** y of the centre. */
  readonly middle: number;
  readonly top: number;
  readonly bottom: number;
}

const SIDES = [-1, 1] as const;

/** Radius of the thinnest round bar that every grid resolves: it contains a square bar of the minimum thickness. */
function thinnestRound(thin: number): number {
  return thin * Math.SQRT1_2;
}

function fourLegs(draws: Draws, seat: Seat, [thin, thick]: readonly [number, number]): SolidPart[] {
  const isRound = draws.chance(0.4), least = isRound ? thinnestRound(thin) : thin / 2;
  const half = draws.between(least, Math.max(least, thick / 2)), foot = draws.between(least, half);
  const splay = draws.chance(0.4) ? draws.between(0.06, 0.18) : 0;
  // Legs of a round seat stand on the corners of the inscribed square.
  const inset = seat.outline === "round" ? Math.SQRT1_2 : 1;
  const x = inset * seat.halfWidth - half, y = inset * seat.halfDepth - half;
  const parts = SIDES.flatMap((right) =>
    SIDES.map((back) =>
      bar(
        { z: -1, x: right * (x + splay), y: seat.middle + back * (y + splay), half: foot },
        { z: seat.bottom, x: right * x, y: seat.middle + back * y, half },
        isRound,
      )
    )
  );
  const stretchers = draws.pick([["none", 0.6], ["sides", 0.1], ["h", 0.1], ["all", 0.2]] as const);
  if (stretchers === "none") return parts;
  const up = draws.between(0.3, 0.6), low = -1 + up * (seat.bottom + 1), rod = draws.between(0.0675, 0.075);
  const out = splay * (1 - up), z = [low - rod, low + rod] as const;
  for (const side of SIDES) {
    const across = side * (x + out), along = seat.middle + side * (y + out);
    parts.push(box([across - rod, across + rod], [seat.middle - y - out, seat.middle + y + out], z));
    if (stretchers === "all") parts.push(box([-x - out, x + out], [along - rod, along + rod], z));
  }
  if (stretchers === "h") parts.push(box([-x - out, x + out], [seat.middle - rod, seat.middle + rod], z));
  return parts;
}

function column(draws: Draws, seat: Seat, thin: number): SolidPart {
  const least = thinnestRound(thin), half = draws.between(least, Math.max(least, 0.13));
  const at = { x: 0, y: seat.middle, half };
  return bar({ ...at, z: -1 }, { ...at, z: seat.bottom }, true);
}

function star(draws: Draws, seat: Seat, thin: number): SolidPart[] {
  const spokes = draws.pick([[4, 0.4], [5, 0.6]] as const), first = draws.between(0, 2 * Math.PI);
  const length = draws.between(0.42, 0.7), half = draws.between(thin / 2, 0.08);
  const height = draws.between(0.1, 0.16);
  return [
    column(draws, seat, thin),
    ...Array.from(
      { length: spokes },
      (_, i) => spoke(first + 2 * Math.PI * i / spokes, length, half, seat.middle, [-1, height - 1]),
    ),
  ];
}

function disc(draws: Draws, seat: Seat, thin: number): SolidPart[] {
  const radius = draws.between(0.32, 0.52), height = draws.between(0.08, 0.15);
  return [column(draws, seat, thin), slab("round", radius, radius, seat.middle, [-1, height - 1])];
}

function sled(draws: Draws, seat: Seat, [thin, thick]: readonly [number, number]): SolidPart[] {
  const width = draws.between(thin, (thin + thick) / 2), isCantilever = draws.chance(0.45);
  const hasCrossbar = draws.chance(0.4);
  const front = seat.middle - seat.halfDepth, back = seat.middle + seat.halfDepth;
  const outer = seat.outline === "round" ? 0.75 * seat.halfWidth : seat.halfWidth;
  const parts: SolidPart[] = [];
  for (const side of SIDES) {
    const x = [side * (outer - width / 2) - width / 2, side * (outer - width / 2) + width / 2] as const;
    parts.push(box(x, [front, back], [-1, width - 1]), box(x, [front, front + width], [-1, seat.top]));
    if (!isCantilever) parts.push(box(x, [back - width, back], [-1, seat.bottom]));
    // Below the seat, so that the bars also support a round one.
    parts.push(box(x, [front, back], [seat.bottom, seat.bottom + 0.06]));
  }
  if (hasCrossbar) {
    const end = isCantilever ? back : front + width;
    parts.push(box([-outer, outer], [end - width, end], [-1, width - 1]));
  }
  return parts;
}

/** Whether a point of a back's pattern is within its rounded top. */
function inRoundTop(across: number, up: number, start: number): boolean {
  if (up <= start || start >= 1) return true;
  const over = (up - start) / (1 - start);
  return across * across + over * over <= 1;
}

function backPattern(
  draws: Draws,
  halfWidth: number,
  height: number,
): (across: number, up: number) => boolean {
  const kind = draws.pick(
    [["panel", 0.34], ["raised", 0.2], ["slats", 0.17], ["ladder", 0.15], ["frame", 0.14]] as const,
  );
  const roundStart = draws.chance(0.35) ? draws.between(0.55, 0.8) : 1;
  const post = draws.between(0.135, 0.16) / halfWidth, rail = draws.between(0.135, 0.18) / height;
  const gap = draws.between(0.2, 0.45);
  const count = Math.floor(draws.between(3, 5)), part = draws.between(0.4, 0.55);
  const repeats = (up: number) => up * count - Math.floor(up * count) >= 1 - part;
  switch (kind) {
    case "panel":
      return (across, up) => inRoundTop(across, up, roundStart);
    case "raised":
      return (across, up) =>
        up >= gap ? inRoundTop(across, up, roundStart) : Math.abs(across - 0.7) <= post / 2;
    case "slats": {
      const fitting = Math.floor(1 + (2 * halfWidth - 0.13) / (0.13 + 0.13));
      const slats = Math.max(2, Math.min(count, fitting));
      const half = Math.max(0.068 / halfWidth, 0.5 / (2 * slats - 1)), pitch = 2 * (1 - half) / (slats - 1);
      return (across, up) => {
        // Slats stand at even or odd multiples of half the pitch from the middle.
        const offset = slats % 2 === 1 ? 0 : pitch / 2;
        const nearest = offset + pitch * Math.round((across - offset) / pitch);
        return up >= 1 - rail || Math.abs(across - Math.max(nearest, offset)) <= half;
      };
    }
    case "ladder":
      return (across, up) => across >= 1 - post || repeats(up);
    case "frame":
      return (across, up) => across >= 1 - post || up >= 1 - rail || (up >= gap && up <= gap + rail / 2);
  }
}

function back(draws: Draws, seat: Seat, lean: number): SolidPart {
  const isRound = seat.outline === "round";
  const halfWidth = seat.halfWidth * (isRound ? draws.between(0.6, 0.8) : draws.between(0.75, 1));
  const half = draws.between(0.055, 0.095), height = 1 - seat.bottom;
  const curve = draws.chance(0.35) ? draws.between(0.08, 0.2) : 0;
  return backSheet({
    halfWidth,
    half,
    y: seat.middle + seat.halfDepth - half,
    z: [seat.bottom, 1],
    lean,
    curve,
    pattern: backPattern(draws, halfWidth, height),
  });
}

function arms(draws: Draws, seat: Seat, lean: number): SolidPart[] {
  const height = draws.between(0.25, 0.42), width = draws.between(0.135, 0.17), isClosed = draws.chance(0.35);
  const isOutside = draws.chance(0.5), isRound = seat.outline === "round";
  const top = seat.top + height, end = seat.middle + seat.halfDepth + lean * height;
  const front = seat.middle - seat.halfDepth * draws.between(0.3, isRound ? 0.6 : 1);
  return SIDES.flatMap((side) => {
    // The sides of a round seat reach far forward only near the middle.
    const outer = isRound ? 0.8 * seat.halfWidth : seat.halfWidth;
    const x = side * (isOutside && !isRound ? outer + width / 2 - 0.03 : outer - width / 2);
    const across = [x - width / 2, x + width / 2] as const;
    if (isClosed) return [box(across, [front, end], [seat.bottom, top])];
    return [
      box(across, [front, end], [top - width, top]),
      box(across, [front, front + width], [seat.bottom, top]),
    ];
  });
}

/** Creates an armchair: a block on the floor or on short feet, with thick arms and a thick back. */
function armchair(draws: Draws): Solid {
  const halfWidth = draws.between(0.6, 0.82), halfDepth = draws.between(0.55, 0.75);
  const top = draws.between(-0.35, -0.05), feet = draws.chance(0.5) ? draws.between(0.1, 0.2) : 0;
  const arm = draws.between(0.15, 0.26), armTop = top + draws.between(0.2, 0.4);
  const half = draws.between(0.11, 0.17), lean = draws.between(0, 0.12);
  const middle = -lean * (1 - top) / 2, front = middle - halfDepth;
  const isRound = draws.chance(0.4), start = draws.between(0.6, 0.85);
  const parts: SolidPart[] = [
    slab("square", halfWidth, halfDepth, middle, [feet - 1, top]),
    backSheet({
      halfWidth: halfWidth - (isRound ? arm / 2 : 0),
      half,
      y: middle + halfDepth - half,
      z: [feet - 1, 1],
      lean,
      curve: 0,
      pattern: (across, up) => !isRound || inRoundTop(across, up, start),
    }),
  ];
  for (const side of SIDES) {
    const inner = side * (halfWidth - arm / 2);
    const x = [inner - arm / 2, inner + arm / 2] as const;
    parts.push(box(x, [front, middle + halfDepth], [feet - 1, armTop]));
    for (const y of feet > 0 ? [front, middle + halfDepth - 0.15] : []) {
      parts.push(box(x, [y, y + 0.15], [-1, feet - 1]));
    }
  }
  return parts;
}

/**
 * Creates a chair.
 *
 * @param item Item index, from 0.
 * @param options Parameters of the set.
 * @throws {RangeError} If a number is out of range.
 */
export function chairSolid(item: number, options: ChairOptions = {}): Solid {
  const { seed = 0, legThickness = [0.135, 0.2] } = options;
  const [thin, thick] = legThickness;
  if (!(thin > 0 && thin <= thick && thick <= 0.4)) {
    throw new RangeError(`The thickness of legs must be above 0 and at most 0.4, got ${thin} to ${thick}.`);
  }
  const draws = new Draws(seed, item);
  const base = draws.pick(
    [["legs", 0.5], ["star", 0.19], ["disc", 0.12], ["sled", 0.12], ["block", 0.07]] as const,
  );
  if (base === "block") return armchair(draws);
  const isStool = draws.chance(0.07);
  const outline = draws.pick<Outline>([["square", 0.5], ["rounded", 0.3], ["round", 0.2]]);
  const halfWidth = isStool ? draws.between(0.34, 0.74) : draws.between(0.42, 0.76);
  const halfDepth = outline === "round"
    ? halfWidth
    : Math.min(0.74, Math.max(0.4, halfWidth * draws.between(0.85, 1.1)));
  const top = isStool ? draws.between(0.2, 0.7) : draws.between(-0.25, 0.08);
  const lean = isStool || draws.chance(0.3) ? 0 : draws.between(0.04, 0.26);
  const seat: Seat = {
    outline,
    halfWidth,
    halfDepth,
    // A seat further to the front balances a leaning back.
    middle: -lean * (1 - top) / 2,
    top,
    bottom: top - draws.between(0.07, 0.22),
  };
  const parts = [slab(outline, halfWidth, halfDepth, seat.middle, [seat.bottom, top])];
  if (base === "legs") parts.push(...fourLegs(draws, seat, legThickness));
  else if (base === "sled") parts.push(...sled(draws, seat, legThickness));
  else parts.push(...(base === "star" ? star : disc)(draws, seat, thin));
  if (isStool) return parts;
  parts.push(back(draws, seat, lean));
  if (draws.chance(0.35)) parts.push(...arms(draws, seat, lean));
  return parts;
}
