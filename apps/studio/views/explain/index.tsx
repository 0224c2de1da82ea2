/**
 * What the parts of the model do, each with a live picture of this model.
 *
 * @module
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { model } from "../../state/model.ts";
import { param, setParams } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { latentBetween } from "../../ui/latent_plane.ts";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import { Slider } from "../../ui/slider.tsx";
import { useLatents } from "../../ui/use_latents.ts";
import { usePictures } from "../../ui/use_pictures.ts";
import { ViewFrame } from "../../ui/view_frame.tsx";
import { Discriminator } from "./discriminator.tsx";
import { Fourier } from "./fourier.tsx";
import { FunctionNetwork } from "./function_network.tsx";
import { Hypernetwork } from "./hypernetwork.tsx";

const RESOLUTIONS = { image: 160, volume: 32, sphere: 64, curve: 256, cloud: 32 } as const;
const seed = param("seed", "1"), between = param("between", "0.3");

/** The view. */
export default function Explain(): JSX.Element {
  const info = model.value, t = Number(between.value) || 0, number = Number(seed.value) || 0;
  const two = useLatents(info, number, 2);
  const latent = useMemo(() => two && latentBetween(two, t), [two, t]);
  const sample = usePictures(useMemo(
    () => info && latent && { ref: info.ref, latents: latent, resolution: RESOLUTIONS[info.display.kind] },
    [info, latent],
  ));
  return (
    <ViewFrame
      title="How it works"
      lead="Four parts make a sample. Each picture below is computed from the chosen model as you look; the slider moves through latent space and changes them all."
    >
      <div class="explain">
        <aside class="explain-sample panel stack" aria-label="The function that is explained">
          <PictureCanvas pictures={sample?.pictures} label="The sample that is explained" />
          <Slider
            label="Between two latents"
            value={t}
            min={0}
            max={1}
            step={0.01}
            show={(value) => value.toFixed(2)}
            onInput={(value) => setParams({ between: String(value) })}
          />
          <button type="button" class="button" onClick={() => setParams({ seed: String(number + 1) })}>
            <Icon name="dice" /> Other latents
          </button>
        </aside>
        <div class="explain-chapters">
          {info && latent && (
            <>
              <Hypernetwork info={info} latent={latent} />
              <FunctionNetwork info={info} latent={latent} />
              <Fourier key={info.ref} info={info} latent={latent} sample={sample?.pictures} />
              <Discriminator key={`discriminator ${info.ref}`} info={info} sample={sample?.pictures} />
            </>
          )}
        </div>
      </div>
    </ViewFrame>
  );
}
