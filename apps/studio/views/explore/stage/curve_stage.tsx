/**
 * A function of one variable: its curve and, for a sound, its sound.
 *
 * @module
 */
import { gridCoordinates } from "@gasp/datasets/display";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { compute } from "../../../state/compute.ts";
import { reportError } from "../../../state/notices.ts";
import { Icon } from "../../../ui/icons.tsx";
import { Slider } from "../../../ui/slider.tsx";
import { useLatest } from "../../../ui/use_latest.ts";
import type { StageProps } from "./stage_props.ts";

/** A curve. */
export default function CurveStage({ info, latent }: StageProps): JSX.Element {
  const { ref, display } = info, canvas = useRef<HTMLCanvasElement>(null);
  const [times, setTimes] = useState(1);
  const { samples, rate } = display.kind === "curve" ? display : { samples: 256, rate: undefined };
  const count = Math.round((samples - 1) * times) + 1;
  const request = useMemo(
    () => ({ ref, latent, coordinates: gridCoordinates([count]) }),
    [ref, latent, count],
  );
  const values = useLatest(request, (request) => compute().call("values", request))?.result;
  useEffect(() => {
    if (canvas.current && values) drawCurve(canvas.current, values);
  }, [values]);
  const play = async () => {
    if (!values || !rate) return;
    // More samples at as many times the rate last as long
    const context = new AudioContext(), buffer = context.createBuffer(1, values.length, rate * times);
    buffer.copyToChannel(new Float32Array(values), 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.onended = () => void context.close();
    source.start();
    await context.resume();
  };
  return (
    <>
      <canvas
        ref={canvas}
        class="curve"
        role="img"
        aria-label={rate ? "Waveform of the sound" : "Curve of the function"}
        data-ready={values !== undefined}
      />
      <div class="row stage-bar">
        {rate && (
          <button type="button" class="button primary" onClick={() => void play().catch(reportError)}>
            <Icon name="play" /> Play
          </button>
        )}
        <Slider
          label="Samples"
          value={times}
          min={0.5}
          max={4}
          step={0.5}
          show={(value) => `${Math.round((samples - 1) * value) + 1}`}
          onInput={setTimes}
        />
        {rate && <p class="caption">{(samples / rate).toFixed(2)} s, {Math.round(rate * times)} Hz</p>}
      </div>
    </>
  );
}

function drawCurve(canvas: HTMLCanvasElement, values: Float32Array): void {
  const ratio = Math.min(2, devicePixelRatio), { clientWidth, clientHeight } = canvas;
  const width = canvas.width = Math.max(1, clientWidth * ratio),
    height = canvas.height = Math.max(1, clientHeight * ratio);
  const context = canvas.getContext("2d"), style = getComputedStyle(canvas);
  if (!context) return;
  const y = (value: number) => (1 - value * 0.92) * height / 2;
  context.strokeStyle = style.getPropertyValue("--line-strong");
  context.strokeRect(0, y(0), width, 0);
  context.strokeStyle = style.getPropertyValue("--accent");
  context.lineWidth = 1.5 * ratio;
  context.lineJoin = "round";
  context.beginPath();
  values.forEach((value, i) => context.lineTo(i / (values.length - 1) * width, y(value)));
  context.stroke();
}
