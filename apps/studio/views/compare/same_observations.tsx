/**
 * Draws of two models' posteriors for the same observations.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import type { ModelInfo } from "../../worker/core/models.ts";
import { withFeatures } from "../fit/channels.ts";
import { type Easel, FIRST_PATTERN, observedOf, seenBy } from "../fit/easel.ts";
import { EaselCanvas } from "../fit/easel_canvas.tsx";
import { usePosterior } from "../fit/use_posterior.ts";
import { useTarget } from "../fit/use_target.ts";
import type { PairProps } from "./pair.ts";

const DRAWS = 8;
/** Standard deviation of the measurements; the second is that of a model beside itself. */
const NOISE = 0.2, MORE_NOISE = 0.6;

/** What is observed of a function of the first model, and what both make of it. */
export function SameObservations({ pair, seed }: PairProps): JSX.Element {
  const [first, second] = pair, easel = useTarget({ info: first, seed });
  const [seen, setSeen] = useState<Uint8Array>();
  useEffect(() => {
    if (easel) setSeen(seenBy(FIRST_PATTERN[first.display.kind], easel));
  }, [easel]);
  const isPossible = first.display.kind === second.display.kind &&
    first.coordinateDim === second.coordinateDim &&
    withFeatures(new Float32Array(), first.featureDim, second.featureDim) !== undefined;
  const isOne = first.ref === second.ref;
  if (!isPossible) {
    return (
      <p class="panel">These two models describe different kinds of functions: choose two of one kind.</p>
    );
  }
  const isReady = easel && seen?.length === easel.rows * easel.columns;
  return (
    <div class="fit">
      <figure class="panel">
        {isReady
          ? (
            <EaselCanvas
              easel={easel}
              seen={seen}
              onSee={setSeen}
              radius={first.display.kind === "image" ? 2 : 0}
              sees={first.display.kind !== "image"}
            />
          )
          : <div class="easel" aria-busy="true" />}
        <figcaption>
          A function of the first model. Paint to {first.display.kind === "image" ? "hide" : "reveal"}{" "}
          places of it. {isOne && `Both are the same model: the second trusts the observations less.`}
        </figcaption>
      </figure>
      <div class="pair">
        {isReady &&
          pair.map((info, i) => (
            <Draws
              key={i}
              info={info}
              easel={easel}
              seen={seen}
              name={i === 0 ? "First" : "Second"}
              noise={isOne && i === 1 ? MORE_NOISE : NOISE}
            />
          ))}
      </div>
    </div>
  );
}

function Draws(
  { info, easel, seen, name, noise }: {
    readonly info: ModelInfo;
    readonly easel: Easel;
    readonly seen: Uint8Array;
    readonly name: string;
    readonly noise: number;
  },
): JSX.Element {
  const observation = useMemo(() => {
    const { features, ...places } = observedOf(easel, seen);
    const own = withFeatures(features, easel.featureDim, info.featureDim)!;
    return { ref: info.ref, observed: { ...places, features: own }, noise, draws: DRAWS };
  }, [info, easel, seen, noise]);
  const { pictures, progress } = usePosterior(observation);
  return (
    <figure class="stack">
      <PictureCanvas pictures={pictures?.mean} label={`${name} model: mean of the draws`} />
      <PictureCanvas pictures={pictures?.draws} columns={4} gap={2} label={`${name} model: ${DRAWS} draws`} />
      <figcaption>
        {info.ref}, σ = {noise}: mean and {DRAWS}{" "}
        draws{pictures ? `, spread ${pictures.meanSpread.toFixed(3)}` : ""}
      </figcaption>
      <progress value={progress} aria-label={`${name} model: draws have settled`} />
    </figure>
  );
}
