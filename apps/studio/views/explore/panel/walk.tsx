/**
 * Random walks through the prior, as a film.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { compute } from "../../../state/compute.ts";
import { reportError } from "../../../state/notices.ts";
import { saveFile } from "../../../ui/save_file.ts";
import { Icon } from "../../../ui/icons.tsx";
import { Slider } from "../../../ui/slider.tsx";
import { useLatest } from "../../../ui/use_latest.ts";
import type { ModelInfo } from "../../../worker/core/models.ts";
import { isMoving, shown } from "../shared/state.ts";
import { THUMBNAIL } from "../../../ui/resolutions.ts";

/** Latents of a walk, which closes. */
const FRAMES = 240;
/** Frames a second at the speed 1. */
const RATE = 24;
/** Frames of a saved film. */
const FILM = 96;

/** Plays a walk. */
export function Walk({ info }: { readonly info: ModelInfo }): JSX.Element {
  const { ref, latentDim, display } = info;
  const [seed, setSeed] = useState(1), [speed, setSpeed] = useState(1);
  const [isPlaying, setIsPlaying] = useState(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  const [saved, setSaved] = useState<number>();
  const request = useMemo(() => ({ ref, seed, frames: FRAMES }), [ref, seed]);
  const latents = useLatest(request, (request) => compute().call("walk", request))?.result;
  useEffect(() => {
    if (!latents) return;
    const show = (frame: number) => {
      const at = Math.floor(frame) % FRAMES;
      shown.value = latents.slice(at * latentDim, (at + 1) * latentDim);
    };
    if (!isPlaying) return show(0);
    let started: number | undefined, request = 0;
    const next = (now: number) => {
      started ??= now;
      show((now - started) / 1000 * RATE * speed);
      request = requestAnimationFrame(next);
    };
    request = requestAnimationFrame(next);
    isMoving.value = true;
    return () => {
      cancelAnimationFrame(request);
      isMoving.value = false;
    };
  }, [latents, isPlaying, speed]);
  const save = async () => {
    setSaved(0);
    try {
      const request = { ref, seed, frames: FILM, resolution: Math.max(96, THUMBNAIL[display.kind]) };
      const file = await compute().call("film", request, { onProgress: setSaved });
      saveFile(new Blob([file as BlobPart], { type: "image/png" }), `walk-${seed}.png`);
    } catch (error) {
      reportError(error);
    } finally {
      setSaved(undefined);
    }
  };
  return (
    <>
      <p class="muted">A closed curve through latent space: every moment of it is a sample of the prior.</p>
      <div class="row">
        <button type="button" class="button primary" onClick={() => setIsPlaying(!isPlaying)}>
          <Icon name={isPlaying ? "pause" : "play"} /> {isPlaying ? "Pause" : "Play"}
        </button>
        <button type="button" class="button" onClick={() => setSeed(seed + 1)}>
          <Icon name="dice" /> Another walk
        </button>
      </div>
      <Slider
        label="Speed"
        value={speed}
        min={0.1}
        max={3}
        step={0.1}
        show={(value) => `× ${value.toFixed(1)}`}
        onInput={setSpeed}
      />
      <div class="row">
        <button type="button" class="button" disabled={saved !== undefined} onClick={save}>
          <Icon name="download" />
          {saved === undefined ? "Save as animated PNG" : `${Math.round(100 * saved)} % drawn`}
        </button>
      </div>
    </>
  );
}
