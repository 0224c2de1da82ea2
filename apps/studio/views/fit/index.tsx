/**
 * The view Fit: say what is observed of a function, and see what it may be.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { model } from "../../state/model.ts";
import { param, setParams } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import { Slider } from "../../ui/slider.tsx";
import { ViewFrame } from "../../ui/view_frame.tsx";
import { FIRST_PATTERN, observedOf, type Pattern, seenBy } from "./easel.ts";
import { Observed } from "./observed.tsx";
import { usePosterior } from "./use_posterior.ts";
import { useTarget } from "./use_target.ts";

/** Draws of the posterior. */
const DRAWS = 16;
/** Points that are observed at most: more of them say little that is new, and each costs time. */
const MOST_POINTS = 2048;

const target = param("target", "3"), noise = param("noise", "0.2"), height = param("height", "0");
/** Where shapes are observed: on their `surface`, or on a `slice`. */
const where = param("where", "surface");

/** Patterns; those of a grid do not suit a surface. */
const PATTERNS: readonly { readonly name: Pattern; readonly title: string; readonly isFlat?: true }[] = [
  { name: "hole", title: "A hole", isFlat: true },
  { name: "left", title: "Left half", isFlat: true },
  { name: "coarse", title: "Every fourth", isFlat: true },
  { name: "sparse", title: "Scattered" },
  { name: "none", title: "Nothing" },
];

/** The view. */
export default function Fit(): JSX.Element {
  const info = model.value, [file, setFile] = useState<Blob>();
  const isShape = info?.display.kind === "volume", onSurface = isShape && where.value !== "slice";
  const easel = useTarget({
    info,
    seed: Number(target.value) || 0,
    file,
    height: onSurface ? 0 : Number(height.value) || 0,
    onSurface,
  });
  const [seen, setSeen] = useState<Uint8Array>(),
    [sees, setSees] = useState(true),
    [radius, setRadius] = useState(2);
  useEffect(() => {
    if (!easel || !info) return;
    const isSame = seen?.length === easel.rows * easel.columns;
    if (!isSame) {
      setSeen(seenBy(onSurface ? "sparse" : FIRST_PATTERN[info.display.kind], easel));
      setRadius(info.display.kind === "image" ? 2 : 0);
      setSees(info.display.kind !== "image");
    }
  }, [easel]);
  const level = Math.max(0.01, Number(noise.value) || 0.2);
  const places = seen?.reduce((sum, value) => sum + value, 0) ?? 0;
  const mostPlaces = MOST_POINTS / (easel?.points ?? 1);
  const observation = useMemo(() => {
    if (!info || !easel || seen?.length !== easel.rows * easel.columns || places > mostPlaces) {
      return undefined;
    }
    return { ref: info.ref, observed: observedOf(easel, seen), noise: level, draws: DRAWS };
  }, [info, easel, seen, level]);
  const { pictures, progress } = usePosterior(observation);
  return (
    <ViewFrame
      title="Fit"
      lead="Say what is known of a function. The model draws functions that agree with it: inpainting, superresolution and sensors by one interaction."
    >
      <div class="fit">
        <div class="panel stack">
          <h2>Observed</h2>
          {easel && seen?.length === easel.rows * easel.columns
            ? <Observed easel={easel} seen={seen} onSee={setSeen} radius={radius} sees={sees} />
            : <div class="easel" aria-busy="true" />}
          <p class="caption" role="status">
            {places} of {seen?.length ?? 0}{" "}
            places{places > mostPlaces ? `: at most ${mostPlaces} can be used, so hide some` : ""}
          </p>
          <div class="row" role="radiogroup" aria-label="Brush">
            <Choice isChosen={sees} title="Reveal" onChoose={() => setSees(true)} />
            <Choice isChosen={!sees} title="Hide" onChoose={() => setSees(false)} />
          </div>
          <Slider
            label="Brush"
            value={radius}
            min={0}
            max={8}
            step={0.5}
            show={(value) => value === 0 ? "one place" : `radius ${value}`}
            onInput={setRadius}
          />
          <Slider
            label="Measurement noise"
            value={level}
            min={0.02}
            max={1}
            step={0.02}
            show={(value) => `σ = ${value.toFixed(2)}`}
            onInput={(value) => setParams({ noise: String(value) })}
          />
          {isShape && (
            <div class="row" role="radiogroup" aria-label="Where">
              <Choice
                isChosen={onSurface}
                title="On the surface"
                onChoose={() => setParams({ where: undefined })}
              />
              <Choice
                isChosen={!onSurface}
                title="On a slice"
                onChoose={() => setParams({ where: "slice" })}
              />
            </div>
          )}
          {isShape && !onSurface && (
            <Slider
              label="Height of the slice"
              value={Number(height.value) || 0}
              min={-0.9}
              max={0.9}
              step={0.1}
              show={(value) => value.toFixed(1)}
              onInput={(value) => setParams({ height: String(value) })}
            />
          )}
          <div class="row">
            {PATTERNS.filter(({ isFlat }) => !onSurface || !isFlat).map(({ name, title }) => (
              <button
                key={name}
                type="button"
                class="button small"
                disabled={!easel}
                onClick={() => easel && setSeen(seenBy(name, easel))}
              >
                {title}
              </button>
            ))}
          </div>
          <div class="row">
            <button
              type="button"
              class="button"
              onClick={() => {
                setFile(undefined);
                setParams({ target: String((Number(target.value) || 0) + 1) });
              }}
            >
              <Icon name="dice" /> Another function
            </button>
            {info?.display.kind === "image" && <PictureInput onFile={setFile} />}
          </div>
        </div>
        <div class="stack">
          <div class="fit-summary">
            <figure>
              <PictureCanvas pictures={pictures?.mean} label="Mean of the draws" />
              <figcaption>Mean of the draws</figcaption>
            </figure>
            <figure>
              <PictureCanvas
                pictures={pictures?.spread}
                label="Spread of the draws: bright where they differ"
              />
              <figcaption>
                Spread{pictures ? `, ${pictures.meanSpread.toFixed(3)} on average` : ""}
              </figcaption>
            </figure>
          </div>
          <figure>
            <PictureCanvas pictures={pictures?.draws} columns={8} gap={3} label={`${DRAWS} draws`} />
            <figcaption>{DRAWS} draws of the posterior, those that agree best first</figcaption>
          </figure>
          <progress value={progress} aria-label="Draws have settled" />
        </div>
      </div>
    </ViewFrame>
  );
}

function Choice(
  { isChosen, title, onChoose }: {
    readonly isChosen: boolean;
    readonly title: string;
    readonly onChoose: () => void;
  },
): JSX.Element {
  return (
    <button type="button" class="button small" role="radio" aria-checked={isChosen} onClick={onChoose}>
      {title}
    </button>
  );
}

function PictureInput({ onFile }: { readonly onFile: (file: Blob) => void }): JSX.Element {
  return (
    <label class="button">
      <Icon name="open" /> Open a picture
      <input
        class="visually-hidden"
        type="file"
        accept="image/*"
        onChange={({ currentTarget: { files } }) => {
          if (files?.[0]) onFile(files[0]);
        }}
      />
    </label>
  );
}
