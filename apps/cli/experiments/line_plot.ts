/**
 * Plots of lines as SVG.
 * @module
 */

/** A line of a plot. */
export interface Line {
  /** Name in the legend. */
  readonly name: string;
  /** Points. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot. */
export interface LinePlot {
  /** Text above the plot. */
  readonly title: string;
  /** Label of the horizontal axis. */
  readonly x: string;
  /** Label of the vertical axis. */
  readonly y: string;
  /** Scale of both axes. Default: `linear`. */
  readonly xType?: "linear" | "log";
  /** Scale of the vertical axis. Default: `linear`. */
  readonly yType?: "linear" | "log";
  /** Lines. */
  readonly lines: readonly Line[];
}

/**
 * Renders a plot; each line is labelled at its last point. Loads the libraries for it on first use.
 *
 * @param plot Axes and lines.
 * @returns SVG.
 */
export async function linePlot(
  { title, x, y, xType = "linear", yType = "linear", lines }: LinePlot,
): Promise<string> {
  const [Plot, { DOMParser }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const document = new DOMParser().parseFromString("<!DOCTYPE html><html><body></body></html>", "text/html");
  const rows = lines.flatMap(({ name, points }) => points.map(([x, y]) => ({ name, x, y })));
  const ends = lines.flatMap(({ name, points }) => points.slice(-1).map(([x, y]) => ({ name, x, y })));
  const svg = Plot.plot({
    document,
    width: 760,
    height: 420,
    marginLeft: 70,
    marginRight: 190,
    marginTop: 40,
    marginBottom: 45,
    style: { background: "white", fontSize: "13px" },
    x: { label: x, type: xType },
    y: { label: y, type: yType, grid: true, ...(yType === "linear" && { zero: true }) },
    color: { domain: lines.map(({ name }) => name), scheme: "observable10" },
    marks: [
      Plot.text([title], { frameAnchor: "top-right", dy: -28, textAnchor: "end" }),
      Plot.line(rows, { x: "x", y: "y", z: "name", stroke: "name" }),
      Plot.dot(rows, { x: "x", y: "y", r: 3, fill: "name" }),
      Plot.text(ends, { x: "x", y: "y", text: "name", fill: "name", textAnchor: "start", dx: 8 }),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg.outerHTML;
}
