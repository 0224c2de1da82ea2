/**
 * The curves of losses.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { reportError } from "../../state/notices.ts";
import type { LossLine } from "../../worker/training/protocol.ts";
import { type CurvePoint, thin } from "./thin.ts";

/** Points of a curve, at most. */
const POINTS = 240;
/** Milliseconds between drawings, at least. */
const INTERVAL = 700;
/** How far the axis reaches beyond the newest loss, as a multiple. */
const AHEAD = 4;
/** Losses that are shown at first: the most informative. */
const SHOWN = 2;
/** Colours of curves, in the order of losses. */
const COLOURS = ["var(--accent)", "var(--curve-2)", "var(--curve-3)", "var(--curve-4)", "var(--curve-5)"];

/** Properties of {@link LossChart}. */
export interface LossChartProps {
  /** Logged losses, by step. */
  readonly lines: readonly LossLine[];
  /** Total number of steps. */
  readonly steps: number;
}

/** Curves of losses, each of which can be hidden. */
export function LossChart({ lines, steps }: LossChartProps): JSX.Element {
  const names = namesOf(lines);
  const [hidden, setHidden] = useState<ReadonlySet<string>>();
  const isShown = (name: string) => hidden ? !hidden.has(name) : names.indexOf(name) < SHOWN;
  const toggle = (name: string) =>
    setHidden(new Set(names.filter((other) => isShown(other) === (other === name))));
  const newest = lines.findLast(({ values }) => names[0]! in values)?.values ?? {};
  const shown = names.filter(isShown);
  return (
    <figure class="losses">
      <Curves lines={lines} names={names} shown={shown} steps={steps} />
      <figcaption class="legend" role="group" aria-label="Losses">
        {names.map((name, i) => (
          <button
            key={name}
            type="button"
            class="legend-entry"
            aria-pressed={isShown(name)}
            onClick={() => toggle(name)}
            style={{ "--colour": COLOURS[i % COLOURS.length] }}
          >
            {name} <output class="number">{newest[name]?.toPrecision(3)}</output>
          </button>
        ))}
      </figcaption>
    </figure>
  );
}

interface CurvesProps extends LossChartProps {
  readonly names: readonly string[];
  readonly shown: readonly string[];
}

/** Draws from time to time, always the newest. */
function Curves(props: CurvesProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null),
    newest = useRef(props),
    timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  newest.current = props;
  const choice = props.shown.join();
  useEffect(() => {
    draw(box.current, newest.current).catch(reportError);
  }, [choice, props.lines.length === 0]);
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      draw(box.current, newest.current).catch(reportError);
    }, INTERVAL);
  }, [props.lines]);
  useEffect(() => {
    const observer = new ResizeObserver(() => void draw(box.current, newest.current).catch(reportError));
    if (box.current) observer.observe(box.current);
    return () => {
      observer.disconnect();
      clearTimeout(timer.current);
    };
  }, []);
  return <div ref={box} class="curves" role="img" aria-label={describe(props)} />;
}

async function draw(box: HTMLElement | null, { lines, names, shown, steps }: CurvesProps): Promise<void> {
  const { plot, lineY, ruleY, axisX, axisY, gridY } = await import("@observablehq/plot");
  if (!box?.isConnected) return;
  const width = Math.max(240, box.clientWidth);
  const style = { stroke: "var(--line)", strokeOpacity: 1 };
  const text = { color: "var(--muted)", tickSize: 0, fontSize: 11.5 };
  const chart = plot({
    width,
    height: Math.round(Math.min(260, Math.max(170, width / 3))),
    marginLeft: 38,
    marginRight: 22,
    marginTop: 10,
    marginBottom: 26,
    x: { domain: [0, endOf(steps, lines.at(-1)?.step ?? 0)] },
    y: { nice: true },
    marks: [
      gridY({ ...style, ticks: 4 }),
      ruleY([0], { stroke: "var(--line-strong)" }),
      axisX({ ...text, label: null, ticks: Math.max(3, Math.floor(width / 110)), tickPadding: 7 }),
      axisY({ ...text, label: null, ticks: 4, tickPadding: 8 }),
      ...shown.map((name) =>
        lineY(thin(lines, name, POINTS), {
          x: (point: CurvePoint) => point.step,
          y: (point: CurvePoint) => point.value,
          stroke: COLOURS[names.indexOf(name) % COLOURS.length]!,
          strokeWidth: 1.75,
          curve: "monotone-x",
        })
      ),
    ],
  });
  chart.setAttribute("aria-hidden", "true");
  box.replaceChildren(chart);
}

/** End of the axis: of a long run the beginning is shown first. */
function endOf(steps: number, last: number): number {
  return Math.max(1, last, Math.min(steps, last === 0 ? steps : AHEAD * last));
}

/** Names of all losses, in their order; values of evaluations come after them. */
function namesOf(lines: readonly LossLine[]): string[] {
  return [...new Set(lines.flatMap(({ values }) => Object.keys(values)))];
}

function describe({ lines, shown }: CurvesProps): string {
  const last = lines.at(-1);
  if (!last) return "No losses yet";
  const values = shown.map((name) => `${name} ${last.values[name]?.toPrecision(3)}`);
  return `Losses up to step ${last.step}: ${values.join(", ")}`;
}
