/**
 * Plot of memory against the number of points.
 * @module
 */
import * as Plot from "@observablehq/plot";
import { DOMParser } from "linkedom";
import type { MemoryReport } from "./memory.ts";

const MEBIBYTE = 2 ** 20;

/**
 * Renders the plot as SVG.
 *
 * @param report Measured memory.
 */
export function plotMemory({ series, fit, device, batch }: MemoryReport): string {
  const document = new DOMParser().parseFromString("<!DOCTYPE html><html><body></body></html>", "text/html");
  const rows = series.map(({ points, peakBytes }) => ({ points, mebibytes: peakBytes / MEBIBYTE }));
  const largest = series.at(-1)!.points;
  const line = [0, largest].map((points) => {
    return { points, mebibytes: (fit.bytes + fit.bytesPerPoint * points) / MEBIBYTE };
  });
  const svg = Plot.plot({
    document,
    width: 640,
    height: 400,
    marginLeft: 60,
    marginBottom: 45,
    style: { background: "white", fontSize: "13px" },
    x: { label: "points K", domain: [0, largest * 1.05], ticks: series.map(({ points }) => points) },
    y: {
      label: "peak memory of a discriminator step, MiB",
      domain: [0, rows.at(-1)!.mebibytes * 1.1],
      grid: true,
    },
    marks: [
      Plot.text([`${device}, batch ${batch}`], {
        frameAnchor: "top-left",
        dx: 12,
        dy: 8,
        textAnchor: "start",
      }),
      Plot.line(line, { x: "points", y: "mebibytes", strokeDasharray: "4 4", stroke: "gray" }),
      Plot.dot(rows, { x: "points", y: "mebibytes", r: 5, fill: "steelblue" }),
      Plot.text(rows, {
        x: "points",
        y: "mebibytes",
        text: ({ mebibytes }) => mebibytes.toFixed(0),
        dy: -14,
      }),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg.outerHTML;
}
