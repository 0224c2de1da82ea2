/**
 * The metrics of `deno task evaluate`, in the page.
 *
 * @module
 */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { compute } from "../../state/compute.ts";
import { reportError } from "../../state/notices.ts";
import type { EvaluatedModel } from "../../worker/handlers/compare.ts";
import type { PairProps } from "./pair.ts";

/** Samples of each model. */
const SAMPLES = 500;

/** A table of values with intervals. */
export function Metrics({ pair }: PairProps): JSX.Element {
  const [evaluated, setEvaluated] = useState<ReadonlyMap<string, EvaluatedModel>>(new Map());
  const [progress, setProgress] = useState<string>(), running = useRef<AbortController>(null);
  const refs = [...new Set(pair.map(({ ref }) => ref))];
  const run = async () => {
    const { signal } = running.current = new AbortController();
    try {
      for (const ref of refs) {
        const onProgress = ({ what, share }: { what: string; share: number }) =>
          setProgress(`${ref}: ${what}, ${Math.round(100 * share)} %`);
        setProgress(`${ref}: reading the data`);
        const result = await compute().call("evaluate", { ref, samples: SAMPLES }, { signal, onProgress });
        setEvaluated((before) => new Map(before).set(ref, result));
      }
    } catch (error) {
      reportError(error);
    } finally {
      setProgress(undefined);
    }
  };
  const results = pair.map(({ ref }) => evaluated.get(ref)),
    known = results.find((result) => result !== undefined);
  return (
    <>
      <p class="muted">
        {SAMPLES}{" "}
        samples are compared with real items. The floor is the value of real items that are not in the
        reference; intervals cover 95 % of repetitions.
      </p>
      <div class="row">
        <button type="button" class="button primary" disabled={progress !== undefined} onClick={run}>
          Evaluate {refs.length === 1 ? "the model" : "both"}
        </button>
        {progress !== undefined && (
          <button
            type="button"
            class="button"
            onClick={() => running.current?.abort()}
          >
            Stop
          </button>
        )}
        <p class="caption" role="status">{progress}</p>
      </div>
      {known && (
        <table class="metrics">
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">First</th>
              <th scope="col">Second</th>
              <th scope="col">Floor</th>
              <th scope="col">Better</th>
            </tr>
          </thead>
          <tbody>
            {known.values.map(({ name, direction }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {results.map((result, i) => <td key={i}>{textOf(result?.estimates[name])}</td>)}
                <td>{textOf(known.floors[name])}</td>
                <td class="muted">{direction === "real" ? "like real items" : direction}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function textOf(
  estimate: { readonly value: number; readonly low: number; readonly high: number } | undefined,
): string {
  if (!estimate) return "–";
  const half = (estimate.high - estimate.low) / 2, digits = (value: number) => value.toPrecision(3);
  return half > 0 ? `${digits(estimate.value)} ± ${half.toPrecision(1)}` : digits(estimate.value);
}
