/**
 * Samples of two models for the same latents.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { compute } from "../../state/compute.ts";
import { reportError } from "../../state/notices.ts";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import { usePictures } from "../../ui/use_pictures.ts";
import type { ModelInfo } from "../../worker/core/models.ts";
import type { PicturesRequest } from "../../worker/handlers/samples.ts";
import type { PairProps } from "./pair.ts";

/** Samples of each model. */
const COUNT = 16, COLUMNS = 4;
/** Rows, voxels or points along an axis. */
const SIZES: Readonly<Record<ModelInfo["display"]["kind"], number>> = {
  image: 64,
  volume: 24,
  sphere: 46,
  curve: 256,
  cloud: 16,
};

/** Two sheets. */
export function SameLatents({ pair, seed }: PairProps): JSX.Element {
  const [first, second] = pair, isShared = first.latentDim === second.latentDim;
  return (
    <>
      <p class="muted">
        {isShared
          ? "Each place shows the same latent in both models. Runs that differ in their seed only agree in kind, not in place; a run and a later one of itself agree in both."
          : `Latents have ${first.latentDim} numbers in the first model and ${second.latentDim} in the second: the sheets have the same seed, and no more in common.`}
      </p>
      <div class="pair">
        {pair.map((info, i) => <Sheet key={i} info={info} seed={seed} name={i === 0 ? "First" : "Second"} />)}
      </div>
    </>
  );
}

function Sheet(
  { info, seed, name }: { readonly info: ModelInfo; readonly seed: number; readonly name: string },
): JSX.Element {
  const [request, setRequest] = useState<PicturesRequest>();
  useEffect(() => {
    const { ref, display: { kind } } = info;
    compute().call("latents", { ref, seed, count: COUNT })
      .then((latents) => setRequest({ ref, latents, resolution: SIZES[kind] }), reportError);
  }, [info, seed]);
  const drawn = usePictures(request);
  return (
    <figure>
      <PictureCanvas
        pictures={drawn?.pictures}
        columns={COLUMNS}
        gap={2}
        label={`${name} model: ${COUNT} samples of seed ${seed}`}
      />
      <figcaption>{info.ref}{info.step === undefined ? "" : `, step ${info.step}`}</figcaption>
    </figure>
  );
}
