/**
 * Samples of two models for the same latents.
 *
 * @module
 */
import type { JSX } from "preact";
import { SampleSheet } from "../../ui/sample_sheet.tsx";
import type { PairProps } from "./pair.ts";

/** Samples of each model. */
const COUNT = 16, COLUMNS = 4;

/** Two sheets. */
export function SameLatents({ pair, seed }: PairProps): JSX.Element {
  const [first, second] = pair, isShared = first.latentDim === second.latentDim;
  const isOne = first.ref === second.ref;
  return (
    <>
      <p class="muted">
        {isOne
          ? "Both are the same model, so the second sheet shows other latents: how much do its samples vary?"
          : isShared
          ? "Each place shows the same latent in both models. Runs that differ in their seed only agree in kind, not in place; a run and a later one of itself agree in both."
          : `Latents have ${first.latentDim} numbers in the first model and ${second.latentDim} in the second: the sheets have the same seed, and no more in common.`}
      </p>
      <div class="pair">
        {pair.map((info, i) => ({ info, seed: isOne ? seed + i : seed })).map(({ info, seed }, i) => (
          <figure key={i}>
            <SampleSheet
              info={info}
              seed={seed}
              count={COUNT}
              columns={COLUMNS}
              label={`${i === 0 ? "First" : "Second"} model: ${COUNT} samples of seed ${seed}`}
            />
            <figcaption>
              {info.ref}
              {info.step === undefined ? "" : `, step ${info.step}`}
              {isOne && `, latents of seed ${seed}`}
            </figcaption>
          </figure>
        ))}
      </div>
    </>
  );
}
