/**
 * Arithmetic of pinned samples.
 *
 * @module
 */
import { combineLatents } from "@gasp/gasp/explore";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { Icon } from "../../../ui/icons.tsx";
import { PictureCanvas } from "../../../ui/picture_canvas.tsx";
import { Slider } from "../../../ui/slider.tsx";
import { usePictures } from "../../../ui/use_pictures.ts";
import type { ModelInfo } from "../../../worker/core/models.ts";
import { type Pin, pins, pinShown, shown, unpin, weigh } from "../shared/state.ts";
import { THUMBNAIL } from "../../../ui/resolutions.ts";

/** A sum of pins, with a factor for each. */
export function Pins({ info }: { readonly info: ModelInfo }): JSX.Element {
  const all = pins.value;
  useEffect(() => {
    const used = all.filter(({ weight }) => weight !== 0);
    if (used.length > 0) shown.value = combineLatents(used, true);
  }, [all]);
  return (
    <>
      <p class="muted">
        Pin samples that you like, then add and subtract them. The sum is scaled back to where samples of the
        prior are.
      </p>
      <PinButton />
      <ul class="pins">
        {all.map((pin, i) => <PinnedSample key={pin.id} pin={pin} name={`Pin ${i + 1}`} info={info} />)}
      </ul>
      {all.length === 0 && <p class="muted">There are no pins yet.</p>}
    </>
  );
}

/** Pins what is on the stage. */
export function PinButton(): JSX.Element {
  return (
    <div class="row">
      <button type="button" class="button" disabled={shown.value === undefined} onClick={pinShown}>
        <Icon name="pin" /> Pin this sample
      </button>
    </div>
  );
}

function PinnedSample(
  { pin, name, info }: { readonly pin: Pin; readonly name: string; readonly info: ModelInfo },
): JSX.Element {
  const { id, latent, weight } = pin, { ref, display: { kind } } = info;
  const drawn = usePictures(
    useMemo(() => ({ ref, latents: latent, resolution: THUMBNAIL[kind] }), [ref, latent]),
  );
  return (
    <li class="pin">
      <button type="button" class="pin-show" onClick={() => shown.value = latent} aria-label={`Show ${name}`}>
        <PictureCanvas pictures={drawn?.pictures} label={name} />
      </button>
      <Slider
        label={name}
        value={weight}
        min={-1}
        max={1}
        step={0.05}
        show={(value) => `× ${value.toFixed(2)}`}
        onInput={(value) => weigh(id, value)}
      />
      <button type="button" class="icon-button" onClick={() => unpin(id)} aria-label={`Remove ${name}`}>
        <Icon name="close" />
      </button>
    </li>
  );
}
