/**
 * A plane to move in, by pointer or arrow keys.
 *
 * @module
 */
import type { ComponentChildren, JSX, TargetedPointerEvent } from "preact";

/** A position: right and up, each in [-1, 1]. */
export type PadPosition = readonly [x: number, y: number];

/** Properties of {@link Pad}. */
export interface PadProps {
  /** What the plane is. */
  readonly label: string;
  /** Position of the mark. */
  readonly at: PadPosition;
  /** Receives positions while the pointer moves over the plane: hovering with a mouse, dragging with a finger. */
  readonly onMove: (at: PadPosition) => void;
  /** Background. */
  readonly children?: ComponentChildren;
}

/** Distance of a key press; ten of them cross half of the plane. */
const STEP = 0.1;
const KEYS: Readonly<Record<string, PadPosition>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

const clamp = (value: number) => Math.min(1, Math.max(-1, value));

/** A plane with a mark. */
export function Pad({ label, at, onMove, children }: PadProps): JSX.Element {
  const [x, y] = at;
  const onPointer = (event: TargetedPointerEvent<HTMLDivElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    onMove([
      clamp((event.clientX - left) / width * 2 - 1),
      clamp(1 - (event.clientY - top) / height * 2),
    ]);
  };
  return (
    <div
      class="pad"
      role="slider"
      tabIndex={0}
      aria-label={`${label}. Arrow keys move.`}
      aria-valuemin={-1}
      aria-valuemax={1}
      aria-valuenow={Number(x.toFixed(2))}
      aria-valuetext={`${percent(x)} to the right, ${percent(y)} up`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        onPointer(event);
      }}
      onPointerMove={onPointer}
      onKeyDown={(event) => {
        const change = KEYS[event.key];
        if (change === undefined) return;
        event.preventDefault();
        onMove([clamp(x + change[0]), clamp(y + change[1])]);
      }}
    >
      {children}
      <span class="pad-mark" style={{ left: `${(x + 1) * 50}%`, top: `${(1 - y) * 50}%` }} />
    </div>
  );
}

const percent = (value: number) => `${Math.round(value * 100)} %`;
