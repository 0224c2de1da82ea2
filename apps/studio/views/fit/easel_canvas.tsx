/**
 * The canvas on which a user says what is seen.
 *
 * @module
 */
import type { JSX, TargetedPointerEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Easel, type Mark, paint } from "./easel.ts";

/** Properties of {@link EaselCanvas}. */
export interface EaselCanvasProps {
  /** Grid of places. */
  readonly easel: Easel;
  /** 1 where a place is seen. */
  readonly seen: Uint8Array;
  /** Receives the changed places. */
  readonly onSee: (seen: Uint8Array) => void;
  /** Radius of the brush, in places. */
  readonly radius: number;
  /** Whether the brush sees or hides. */
  readonly sees: boolean;
}

/** Pixels of the canvas a place, so that the pattern of hidden places is fine. */
const SCALE = 8;
/** Rows in which a curve is drawn. */
const CURVE_ROWS = 24;
const ARROWS: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** A canvas to paint on, by pointer or by keys. */
export function EaselCanvas({ easel, seen, onSee, radius, sees }: EaselCanvasProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null), { rows, columns } = easel;
  const [cursor, setCursor] = useState<readonly [number, number]>([
    Math.floor(rows / 2),
    Math.floor(columns / 2),
  ]);
  const [hasFocus, setHasFocus] = useState(false);
  useLayoutEffect(() => {
    if (canvas.current) draw(canvas.current, easel, seen, hasFocus ? { cursor, radius } : undefined);
  }, [easel, seen, cursor, hasFocus, radius]);
  const mark = (at: Omit<Mark, "radius" | "sees">) => {
    const next = paint(seen, easel, { ...at, radius, sees });
    if (next !== seen) onSee(next);
  };
  const onPointer = (event: TargetedPointerEvent<HTMLCanvasElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const column = (event.clientX - left) / width * columns - 0.5;
    const row = rows === 1 ? 0 : (event.clientY - top) / height * rows - 0.5;
    mark(radius === 0 ? { row: Math.round(row), column: Math.round(column) } : { row, column });
  };
  return (
    <canvas
      ref={canvas}
      class="easel"
      width={columns * SCALE}
      height={(rows === 1 ? CURVE_ROWS : rows) * SCALE}
      tabIndex={0}
      role="application"
      aria-label={`What is observed: ${
        seen.reduce((sum, value) => sum + value, 0)
      } of ${seen.length} places. ` +
        "Paint with the pointer, or move with the arrow keys and press space."}
      onFocus={() => setHasFocus(true)}
      onBlur={() => setHasFocus(false)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        onPointer(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons !== 0) onPointer(event);
      }}
      onKeyDown={(event) => {
        const move = ARROWS[event.key];
        if (!move && event.key !== " ") return;
        event.preventDefault();
        if (!move) return mark({ row: cursor[0], column: cursor[1] });
        const clamp = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));
        setCursor([clamp(cursor[0] + move[0], rows), clamp(cursor[1] + move[1], columns)]);
      }}
    />
  );
}

function draw(
  canvas: HTMLCanvasElement,
  easel: Easel,
  seen: Uint8Array,
  brush: { readonly cursor: readonly [number, number]; readonly radius: number } | undefined,
): void {
  const context = canvas.getContext("2d"), { rows, columns } = easel;
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (rows === 1) drawCurve(context, easel, seen);
  else drawPlaces(context, easel, seen);
  if (!brush) return;
  const [row, column] = brush.cursor, radius = Math.max(0.5, brush.radius) * SCALE;
  context.lineWidth = 2;
  for (const [color, grow] of [["#000", 1], ["#fff", 0]] as const) {
    context.strokeStyle = color;
    context.beginPath();
    context.arc(
      (column + 0.5) * SCALE,
      rows === 1 ? canvas.height / 2 : (row + 0.5) * SCALE,
      radius + grow,
      0,
      7,
    );
    context.stroke();
  }
  canvas.dataset["columns"] = String(columns);
}

/** Seen places are pixels; hidden ones are hatched over a faint trace of the target. */
function drawPlaces(context: CanvasRenderingContext2D, easel: Easel, seen: Uint8Array): void {
  const { rows, columns, values, featureDim } = easel;
  const isSparse = seen.reduce((sum, value) => sum + value, 0) < seen.length / 12;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const level = (k: number) => Math.round((values[at * featureDim + k % featureDim]! + 1) * 127.5);
      context.globalAlpha = seen[at] ? 1 : 0.13;
      context.fillStyle = `rgb(${level(0)} ${level(1)} ${level(2)})`;
      context.fillRect(column * SCALE, row * SCALE, SCALE, SCALE);
    }
  }
  context.globalAlpha = 1;
  context.strokeStyle = "rgb(130 120 105 / 35%)";
  context.lineWidth = 1;
  for (let i = 0; i < seen.length; i++) {
    const [x, y] = [i % columns * SCALE, Math.floor(i / columns) * SCALE];
    if (!seen[i] && !isSparse) {
      context.beginPath();
      context.moveTo(x, y + SCALE);
      context.lineTo(x + SCALE, y);
      context.stroke();
    } else if (seen[i] && isSparse) {
      context.save();
      context.strokeStyle = "#c2452a";
      context.lineWidth = 2;
      context.strokeRect(x - 1, y - 1, SCALE + 2, SCALE + 2);
      context.restore();
    }
  }
}

/** A faint curve with dots at the seen times. */
function drawCurve(
  context: CanvasRenderingContext2D,
  { columns, values, featureDim }: Easel,
  seen: Uint8Array,
): void {
  const { height } = context.canvas, y = (at: number) => (1 - values[at * featureDim]! * 0.9) * height / 2;
  context.strokeStyle = "rgb(130 120 105 / 45%)";
  context.lineWidth = 2;
  context.beginPath();
  for (let i = 0; i < columns; i++) context.lineTo((i + 0.5) * SCALE, y(i));
  context.stroke();
  context.fillStyle = "#c2452a";
  for (let i = 0; i < columns; i++) {
    if (!seen[i]) continue;
    context.beginPath();
    context.arc((i + 0.5) * SCALE, y(i), SCALE * 0.7, 0, 7);
    context.fill();
  }
}
