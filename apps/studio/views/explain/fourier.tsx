/**
 * Fourier features: those of the point under the mouse, and what is lost without them.
 *
 * @module
 */
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { compute } from "../../state/compute.ts";
import { Pad, type PadPosition } from "../../ui/pad.tsx";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import { Slider } from "../../ui/slider.tsx";
import { RESOLUTIONS } from "../../ui/resolutions.ts";
import { useLatents } from "../../ui/use_latents.ts";
import { useLatest } from "../../ui/use_latest.ts";
import type { ModelInfo } from "../../worker/core/models.ts";
import type { Pictures } from "../../worker/core/rgba.ts";
import { Chapter } from "./chapter.tsx";
import { coordinatesAt, featuresAt } from "./coordinates.ts";
import type { ChapterSubject } from "./hypernetwork.tsx";

/** Waves that are drawn, and samples without some of them. */
const WAVES = 24, WAVE_COLUMNS = 12, WAVE_RESOLUTION = 40, SAMPLES = 6;

/** Properties of {@link Fourier}. */
export interface FourierProps extends ChapterSubject {
  /** Picture of the sample. */
  readonly sample: Pictures | undefined;
}

/** The chapter. */
export function Fourier({ info, latent, sample }: FourierProps): JSX.Element {
  const request = useMemo(() => ({ ref: info.ref }), [info]);
  const frequencies = useLatest(request, (request) => compute().call("frequencies", request))?.result;
  const has = frequencies === undefined || frequencies.length > 0;
  return (
    <Chapter
      number={3}
      title="Fourier features let it see detail"
      text={has
        ? (
          <>
            <p>
              A small network of coordinates alone can only draw soft, slow shapes. So the coordinates are
              first turned into waves: the cosine and sine of many random frequencies.
            </p>
            <p>
              Move over the picture: the bars are the features of that point, slow waves first. Then take the
              fast waves away, and see what this model can still say.
            </p>
          </>
        )
        : (
          <p>
            Most models first turn coordinates into waves of many frequencies, because a small network of
            coordinates alone only draws slow changes. This model does without: a smooth surface is slow
            enough.
          </p>
        )}
    >
      {frequencies !== undefined && has && (
        <>
          <Features info={info} frequencies={frequencies} sample={sample} />
          <Without info={info} latent={latent} count={frequencies.length / info.coordinateDim} />
        </>
      )}
    </Chapter>
  );
}

interface FeaturesProps {
  readonly info: ModelInfo;
  readonly frequencies: Float32Array;
  readonly sample: Pictures | undefined;
}

/** The waves, and the features of a point. */
function Features({ info, frequencies, sample }: FeaturesProps): JSX.Element {
  const [at, setAt] = useState<PadPosition>([0.2, 0.3]);
  const isFlat = info.display.kind !== "curve" && info.display.kind !== "cloud";
  const request = useMemo(
    () => isFlat ? { ref: info.ref, resolution: WAVE_RESOLUTION, count: WAVES } : undefined,
    [info],
  );
  const waves = useLatest(request, (request) => compute().call("waves", request))?.result;
  if (!isFlat) return <p class="muted">The waves are drawn for pictures, shapes and fields on the sphere.</p>;
  const features = featuresAt(frequencies, coordinatesAt(info.display, at)).flat();
  const width = 2 * features.length;
  return (
    <div class="features">
      <Pad label="Point whose features are shown" at={at} onMove={setAt}>
        <PictureCanvas pictures={sample} label="The sample" />
      </Pad>
      <div class="stack">
        <figure>
          <svg
            class="bars"
            viewBox={`0 -1.05 ${width} 2.1`}
            preserveAspectRatio="none"
            role="img"
            aria-label={`${features.length} Fourier features of the point`}
          >
            {features.map((value, i) => (
              <rect
                key={i}
                class={value < 0 ? "negative" : "positive"}
                x={2 * i + 0.25}
                width={1.5}
                y={Math.min(0, -value)}
                height={Math.abs(value)}
              />
            ))}
          </svg>
          <figcaption>The {features.length} features of the point, slow to fast</figcaption>
        </figure>
        <figure>
          <PictureCanvas
            pictures={waves}
            columns={WAVE_COLUMNS}
            gap={2}
            label={`${waves?.count ?? WAVES} waves`}
          />
          <figcaption>The slowest {waves?.count ?? WAVES} waves</figcaption>
        </figure>
      </div>
    </div>
  );
}

/** Samples when the fast waves are taken away. */
function Without({ info, latent, count }: ChapterSubject & { readonly count: number }): JSX.Element {
  const [keep, setKeep] = useState(count);
  const others = useLatents(info, 0, SAMPLES - 1);
  const request = useMemo(() => {
    if (!others) return undefined;
    const latents = Float32Array.of(...latent, ...others);
    return { ref: info.ref, latents, resolution: RESOLUTIONS[info.display.kind], keep };
  }, [info, latent, others, keep]);
  const answer = useLatest(request, (request) => compute().call("withoutFrequencies", request));
  return (
    <div class="stack">
      <Slider
        label="Waves kept"
        value={keep}
        min={0}
        max={count}
        step={1}
        show={(value) => value === count ? `all ${count}` : `the ${value} slowest of ${count}`}
        onInput={setKeep}
      />
      <PictureCanvas
        pictures={answer?.result}
        columns={SAMPLES}
        gap={2}
        label={`Samples with ${keep} of ${count} waves`}
      />
    </div>
  );
}
