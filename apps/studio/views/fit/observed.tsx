/**
 * The canvas of an easel: flat, or a surface whose code is loaded when one is needed.
 *
 * @module
 */
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { reportError } from "../../state/notices.ts";
import { EaselCanvas, type EaselCanvasProps } from "./easel_canvas.tsx";
import type { SurfaceEasel } from "./surface.ts";
import type { SurfaceCanvasProps } from "./surface_canvas.tsx";

/** What is seen of an easel, and how to change it. */
export function Observed(props: EaselCanvasProps): JSX.Element {
  const { easel } = props;
  return isSurface(easel) ? <LoadedSurface {...props} easel={easel} /> : <EaselCanvas {...props} />;
}

function LoadedSurface(props: SurfaceCanvasProps): JSX.Element {
  const [loaded, setLoaded] = useState<{ readonly Canvas: ComponentType<SurfaceCanvasProps> }>();
  useEffect(() => {
    import("./surface_canvas.tsx").then((module) => setLoaded({ Canvas: module.default }), reportError);
  }, []);
  return loaded ? <loaded.Canvas {...props} /> : <div class="easel" aria-busy="true" />;
}

function isSurface(easel: EaselCanvasProps["easel"]): easel is SurfaceEasel {
  return "surface" in easel;
}
