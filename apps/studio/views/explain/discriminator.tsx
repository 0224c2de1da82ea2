/**
 * The discriminator: which points its layers read.
 *
 * @module
 */
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { compute } from "../../state/compute.ts";
import { Pad, type PadPosition } from "../../ui/pad.tsx";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import { Slider } from "../../ui/slider.tsx";
import { useLatest } from "../../ui/use_latest.ts";
import type { ModelInfo } from "../../worker/core/models.ts";
import type { Pictures } from "../../worker/core/rgba.ts";
import type { LayerPoints } from "../../worker/handlers/explain.ts";
import { Chapter } from "./chapter.tsx";

/** Properties of {@link Discriminator}. */
export interface DiscriminatorProps {
  /** The model. */
  readonly info: ModelInfo;
  /** Picture of the sample. */
  readonly sample: Pictures | undefined;
}

/** The chapter. */
export function Discriminator({ info, sample }: DiscriminatorProps): JSX.Element {
  const hasPoints = discriminatorKind(info) === "pointconv" && info.display.kind !== "curve" &&
    info.display.kind !== "cloud" && info.display.kind !== "volume";
  const request = useMemo(() => hasPoints ? { ref: info.ref } : undefined, [info]);
  const layers = useLatest(request, (request) => compute().call("discriminatorPoints", request))?.result;
  return (
    <Chapter
      number={4}
      title="A discriminator compares sets of points"
      text={
        <>
          <p>
            While the model trains, a second network judges whether values at many points come from the data
            or from a function. It never sees a picture: only points, each with its value.
          </p>
          <p>
            Each layer gathers what the nearest points know, weighted by where they lie; pooling layers keep
            fewer points, spread evenly. Move over the points: the lines lead to the neighbours that a layer
            reads there.
          </p>
        </>
      }
    >
      {layers && <Layers layers={layers} sample={sample} />}
      {!hasPoints && (
        <p class="muted">
          The points are drawn for models of pictures and of fields on the sphere whose file has the
          configuration of their discriminator.
        </p>
      )}
    </Chapter>
  );
}

/** The kind of discriminator in the configuration of a model. */
function discriminatorKind({ config }: ModelInfo): string | undefined {
  const model = config?.["model"] as { readonly discriminator?: { readonly kind?: string } } | undefined;
  return model?.discriminator?.kind;
}

interface LayersProps {
  readonly layers: readonly LayerPoints[];
  readonly sample: Pictures | undefined;
}

/** The points of one layer over the sample. */
function Layers({ layers, sample }: LayersProps): JSX.Element {
  const [index, setIndex] = useState(0);
  const [at, setAt] = useState<PadPosition>([-0.1, 0.2]);
  const { kind, channels, inputs, outputs, neighbours } = layers[index]!;
  const chosen = nearest(outputs, [(at[0] + 1) / 2, (1 - at[1]) / 2]);
  const k = neighbours.length / (outputs.length / 2);
  const read = Array.from(neighbours.subarray(chosen * k, (chosen + 1) * k));
  const point = (points: Float32Array, i: number) => [points[2 * i]!, points[2 * i + 1]!] as const;
  const [x, y] = point(outputs, chosen);
  return (
    <div class="points">
      <Pad label="Point whose neighbours are shown" at={at} onMove={setAt}>
        <PictureCanvas pictures={sample} label="The sample, behind its points" />
        <svg class="points-plot" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          {read.map((i) => {
            const [toX, toY] = point(inputs, i);
            return <line key={i} x1={x} y1={y} x2={toX} y2={toY} />;
          })}
          <path class="inputs" d={dots(inputs)} />
          <path class="outputs" d={dots(outputs)} />
          <path class="read" d={dots(Float32Array.from(read.flatMap((i) => point(inputs, i))))} />
        </svg>
      </Pad>
      <div class="stack">
        <Slider
          label="Layer"
          value={index + 1}
          min={1}
          max={layers.length}
          step={1}
          show={(value) =>
            `${value} of ${layers.length}: ${layers[value - 1]!.kind === "pool" ? "pooling" : "convolution"}`}
          onInput={(value) => setIndex(value - 1)}
        />
        <p class="caption" role="status">
          {kind === "pool" ? "Pooling" : "Convolution"} reads {inputs.length / 2} points and returns{" "}
          {outputs.length / 2}
          , each from its {k} nearest{channels === undefined ? "" : `, with ${channels} channels`}.
        </p>
      </div>
    </div>
  );
}

/** A path of dots: lines of no length with round ends. */
function dots(points: Float32Array): string {
  let path = "";
  for (let i = 0; i < points.length; i += 2) {
    path += `M${points[i]!.toFixed(4)} ${points[i + 1]!.toFixed(4)}h0`;
  }
  return path;
}

/** Index of the point that is nearest to a place. */
function nearest(points: Float32Array, [x, y]: readonly [number, number]): number {
  let best = 0, least = Infinity;
  for (let i = 0; i < points.length / 2; i++) {
    const distance = (points[2 * i]! - x) ** 2 + (points[2 * i + 1]! - y) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}
