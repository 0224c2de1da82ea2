/**
 * What the view Explore shows: one latent, and the latents that were pinned.
 *
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { param } from "../../../state/route.ts";

/** A latent that was kept. */
export interface Pin {
  /** Identifies it. */
  readonly id: number;
  /** `[latentDim]`. */
  readonly latent: Float32Array;
  /** Factor in the sum of pins. */
  readonly weight: number;
}

/** The latent on the stage; undefined while there is none. */
export const shown: Signal<Float32Array | undefined> = signal(undefined);
/** Whether the latent changes by itself, so that only a glimpse of it need be drawn. */
export const isMoving: Signal<boolean> = signal(false);
/** Pinned latents of {@link pinnedOf}. */
export const pins: Signal<readonly Pin[]> = signal([]);
/** Model of the pins. */
export const pinnedOf: Signal<string> = signal("");
/** Seed of the sample that exploring begins with. */
export const seed: ReadonlySignal<string> = param("seed", "1");
/** Way to move: a name of the panel's tabs. */
export const way: ReadonlySignal<string> = param("way", "directions");

let nextPin = 0;

/** Pins the latent on the stage. */
export function pinShown(): void {
  const latent = shown.peek();
  if (latent) pins.value = [...pins.peek(), { id: nextPin++, latent: latent.slice(), weight: 1 }];
}

/**
 * Changes the factor of a pin.
 *
 * @param id Pin.
 * @param weight Its factor.
 */
export function weigh(id: number, weight: number): void {
  pins.value = pins.peek().map((pin) => pin.id === id ? { ...pin, weight } : pin);
}

/**
 * Removes a pin.
 *
 * @param id Pin.
 */
export function unpin(id: number): void {
  pins.value = pins.peek().filter((pin) => pin.id !== id);
}

/**
 * Forgets what belongs to another model.
 *
 * @param ref Reference of the model that is explored.
 */
export function exploreModel(ref: string): void {
  if (pinnedOf.peek() === ref) return;
  pinnedOf.value = ref;
  pins.value = [];
  shown.value = undefined;
}
