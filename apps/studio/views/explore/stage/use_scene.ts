/**
 * A scene that lives as long as its canvas.
 *
 * @module
 */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Scene } from "./scene.ts";

/** A scene, its canvas, and whether the browser cannot draw it. */
export interface UsedScene {
  /** For the canvas. */
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  /** The scene, once the canvas is there. */
  readonly scene: Scene | undefined;
  /** Whether the browser has no WebGL: then a picture must do. */
  readonly isMissing: boolean;
}

/**
 * Makes a scene for a canvas.
 *
 * @param distance Distance of the camera from the centre.
 * @param prepare Adds what never changes, such as lights.
 */
export function useScene(distance: number, prepare: (scene: Scene) => void): UsedScene {
  const canvas = useRef<HTMLCanvasElement>(null), [scene, setScene] = useState<Scene>();
  const [isMissing, setIsMissing] = useState(false);
  useEffect(() => {
    if (!canvas.current) return;
    let made: Scene;
    try {
      made = new Scene(canvas.current, distance);
    } catch {
      return setIsMissing(true);
    }
    prepare(made);
    setScene(made);
    return () => made.release();
  }, []);
  return { canvas, scene, isMissing };
}
