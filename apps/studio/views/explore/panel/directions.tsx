/**
 * Sliders along the directions in which samples change most.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { compute } from "../../../state/compute.ts";
import { param, setParams } from "../../../state/route.ts";
import { Icon } from "../../../ui/icons.tsx";
import { Slider } from "../../../ui/slider.tsx";
import { useLatents } from "../../../ui/use_latents.ts";
import { useLatest } from "../../../ui/use_latest.ts";
import type { ModelInfo } from "../../../worker/core/models.ts";
import { seed, shown } from "../shared/state.ts";

/** Sliders. */
const COUNT = 6;
/** How far they reach, in standard deviations of the prior. */
const REACH = 4;

const along = param("along");

function offsets(): number[] {
  const given = along.value.split(",").map(Number);
  return Array.from({ length: COUNT }, (_, i) => Number.isFinite(given[i]) ? given[i]! : 0);
}

/** A sample, and its principal directions. */
export function Directions({ info }: { readonly info: ModelInfo }): JSX.Element {
  const { ref } = info, values = offsets(), base = useLatents(info, Number(seed.value) || 0, 1);
  const request = useMemo(() => ({ ref, count: COUNT }), [ref]);
  const known = useLatest(request, (request) => compute().call("directions", request))?.result;
  useEffect(() => {
    if (base) shown.value = moved(base, known?.directions, values);
  }, [base, known, along.value]);
  const set = (index: number, value: number) => setParams({ along: values.with(index, value).join() });
  return (
    <>
      <p class="muted">
        The directions of latent space along which samples change most, by principal components of 192 of
        them.
      </p>
      {values.map((value, i) => (
        <Slider
          key={i}
          label={labelOf(i, known?.shares[i])}
          value={value}
          min={-REACH}
          max={REACH}
          step={0.05}
          show={(value) => `${value.toFixed(1)} σ`}
          onInput={(value) => set(i, value)}
        />
      ))}
      <div class="row">
        <button
          type="button"
          class="button primary"
          onClick={() => setParams({ seed: String((Number(seed.value) || 0) + 1), along: undefined })}
        >
          <Icon name="dice" /> Another sample
        </button>
        <button type="button" class="button" onClick={() => setParams({ along: undefined })}>
          Back to it
        </button>
      </div>
    </>
  );
}

function labelOf(index: number, share: number | undefined): string {
  return share === undefined
    ? `Direction ${index + 1}`
    : `Direction ${index + 1}, ${Math.round(100 * share)} % of the variance`;
}

/** A sample, moved along directions, `[values, latentDim]`. */
function moved(
  base: Float32Array,
  directions: Float32Array | undefined,
  values: readonly number[],
): Float32Array {
  if (!directions) return base;
  return base.map((z, d) =>
    values.reduce((sum, value, k) => sum + value * directions[k * base.length + d]!, z)
  );
}
