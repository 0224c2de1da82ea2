/**
 * Sliders along the directions in which samples change most.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { compute } from "../../../state/compute.ts";
import { reportError } from "../../../state/notices.ts";
import { param, setParams } from "../../../state/route.ts";
import { Icon } from "../../../ui/icons.tsx";
import { Slider } from "../../../ui/slider.tsx";
import type { ModelInfo } from "../../../worker/core/models.ts";
import { seed, shown } from "../shared/state.ts";

/** Sliders. */
const COUNT = 6;
/** How far they reach, in standard deviations of the prior. */
const REACH = 4;

interface Known {
  readonly base: Float32Array;
  readonly directions: Float32Array;
  readonly shares: ArrayLike<number>;
}

const along = param("along");

function offsets(): number[] {
  const given = along.value.split(",").map(Number);
  return Array.from({ length: COUNT }, (_, i) => Number.isFinite(given[i]) ? given[i]! : 0);
}

/** A sample, and its principal directions. */
export function Directions({ info }: { readonly info: ModelInfo }): JSX.Element {
  const [known, setKnown] = useState<Known>(), values = offsets();
  useEffect(() => {
    let isCurrent = true;
    const { ref } = info, client = compute();
    const load = async () => {
      const base = await client.call("latents", { ref, seed: Number(seed.value) || 0, count: 1 });
      if (isCurrent) setKnown((before) => ({ directions: new Float32Array(0), shares: [], ...before, base }));
      const { directions, shares } = await client.call("directions", { ref, count: COUNT });
      if (isCurrent) setKnown({ base, directions, shares });
    };
    load().catch(reportError);
    return () => {
      isCurrent = false;
    };
  }, [info, seed.value]);
  useEffect(() => {
    if (known) shown.value = moved(known, values);
  }, [known, along.value]);
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

/** The sample, moved along the directions. */
function moved({ base, directions }: Known, values: readonly number[]): Float32Array {
  const size = base.length;
  if (directions.length === 0) return base;
  return base.map((z, d) => values.reduce((sum, value, k) => sum + value * directions[k * size + d]!, z));
}
