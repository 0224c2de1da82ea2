/**
 * What decoders of sounds return, piece by piece, as one sound of one channel.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import type { Sound } from "./wav.ts";

/** What all decoders return for a piece. */
export interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/** A decoder, whose memory is to be freed. */
export interface Freed {
  free(): void;
}

/** A decoder of consecutive pieces of a file. */
export interface Decoder extends Freed {
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>;
  /** Decodes what is left at the end; absent where nothing is. */
  flush?(): Promise<Decoded>;
}

/** Averages channels of consecutive pieces. */
export class MonoSamples {
  readonly #parts: Float32Array[] = [];
  #rate = 0;
  #length = 0;

  /** Constructs an empty sound. @param name File name for messages. */
  constructor(readonly name: string) {}

  /**
   * Adds a piece.
   *
   * @param decoded Channels of equal length.
   * @throws {DataError} If the decoder reports an error, or the rate changes.
   */
  add({ channelData: channels, sampleRate, errors }: Decoded): void {
    const [error] = errors, [first] = channels;
    if (error) throw damaged(this.name, error.message);
    if (first === undefined || first.length === 0) return;
    this.#rate ||= sampleRate;
    if (sampleRate !== this.#rate) {
      throw new DataError(
        `${this.name} changes its sample rate from ${this.#rate} to ${sampleRate} Hz: convert it to WAV.`,
      );
    }
    this.#length += first.length;
    // The pieces, and the whole.
    requireMemory({ purpose: `${this.name}, a sound of ${this.#length} samples,`, bytes: 8 * this.#length });
    const mono = new Float32Array(first.length);
    for (let i = 0; i < mono.length; i++) {
      // In double precision, so that it is rounded once.
      let sum = 0;
      for (const channel of channels) sum += channel[i]!;
      mono[i] = sum / channels.length;
    }
    this.#parts.push(mono);
  }

  /**
   * Returns all pieces as one.
   *
   * @throws {DataError} If there are none.
   */
  sound(): Sound {
    if (this.#length === 0) throw damaged(this.name, "it has no samples");
    const samples = new Float32Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      samples.set(part, at);
      at += part.length;
    }
    return { rate: this.#rate, samples };
  }
}

/**
 * Returns an error that a file cannot be decoded.
 *
 * @param name Name of the file.
 * @param reason Why.
 */
export function damaged(name: string, reason: string): DataError {
  return new DataError(
    `${name} cannot be decoded (${reason.replace(/\.$/, "")}): copy or download it again.`,
  );
}
