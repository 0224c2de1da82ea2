/**
 * Moving over a plane by pointers, wheel and keys.
 *
 * @module
 */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { type Camera, WHOLE_SPAN, zoomedAt } from "./tiles.ts";

/** Share of the canvas that an arrow key moves. */
const KEY_MOVE = 0.1;
/** Factor of a key's zoom. */
const KEY_ZOOM = 1.4;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Lets a camera follow the user: dragging, pinching, the wheel, arrow keys, plus and minus.
 *
 * @param element Canvas.
 * @param size Its size in device pixels.
 * @param current Returns the camera.
 * @param change Receives the next one.
 */
export function useGestures(
  element: RefObject<HTMLElement | null>,
  size: { readonly width: number; readonly height: number },
  current: () => Camera,
  change: (camera: Camera) => void,
): void {
  useEffect(() => {
    const target = element.current;
    if (!target || size.width === 0) return;
    const pointers = new Map<number, readonly [number, number]>();
    /** Device pixels from the centre of the canvas. */
    const place = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
      const { left, top, width, height } = target.getBoundingClientRect(), ratio = size.width / width;
      return [(clientX - left - width / 2) * ratio, (clientY - top - height / 2) * ratio] as const;
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      change(zoomedAt(current(), Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), place(event)));
    };
    const down = (event: PointerEvent) => {
      target.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, place(event));
    };
    const move = (event: PointerEvent) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const at = place(event), camera = current(), { scale } = camera;
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, at);
      if (!other) {
        return change({
          x: camera.x - (at[0] - before[0]) / scale,
          y: camera.y - (at[1] - before[1]) / scale,
          scale,
        });
      }
      const apart = (a: readonly [number, number]) =>
        Math.max(1, Math.hypot(a[0] - other[0], a[1] - other[1]));
      change(zoomedAt(camera, apart(at) / apart(before), [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2]));
    };
    const up = ({ pointerId }: PointerEvent) => pointers.delete(pointerId);
    const key = (event: KeyboardEvent) => {
      const camera = current(), arrow = ARROWS[event.key], step = KEY_MOVE * size.height / camera.scale;
      const next = arrow
        ? { ...camera, x: camera.x + arrow[0] * step, y: camera.y + arrow[1] * step }
        : event.key === "+" || event.key === "="
        ? zoomedAt(camera, KEY_ZOOM, [0, 0])
        : event.key === "-"
        ? zoomedAt(camera, 1 / KEY_ZOOM, [0, 0])
        : event.key === "0"
        ? { x: 0, y: 0, scale: size.height / WHOLE_SPAN }
        : undefined;
      if (!next) return;
      event.preventDefault();
      change(next);
    };
    const double = (event: MouseEvent) => change(zoomedAt(current(), 2, place(event)));
    const ends = new AbortController(), { signal } = ends;
    target.addEventListener("wheel", wheel, { signal, passive: false });
    target.addEventListener("pointerdown", down, { signal });
    target.addEventListener("pointermove", move, { signal });
    target.addEventListener("pointerup", up, { signal });
    target.addEventListener("pointercancel", up, { signal });
    target.addEventListener("keydown", key, { signal });
    target.addEventListener("dblclick", double, { signal });
    return () => ends.abort();
  }, [size.width, size.height]);
}
