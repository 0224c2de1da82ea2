/**
 * A shape to turn and to click on: what is seen are places of its surface.
 *
 * @module
 */
// @ts-types="@types/three"
import * as three from "three";
import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Scene } from "../explore/stage/scene.ts";
import { fromScene, lightShapes, shapeMaterial, surfaceGeometry } from "../explore/stage/shape_scene.ts";
import { useScene } from "../explore/stage/use_scene.ts";
import type { EaselCanvasProps } from "./easel_canvas.tsx";
import { paintSurface, type SurfaceEasel } from "./surface.ts";

/** Size of a mark. */
const MARK = 0.22;
/** Distance of marks from the surface, so that it does not hide them. */
const LIFT = 0.02;
/** Units of space for a place of the brush's radius. */
const PLACE = 2 / 24;
/** Pixels that a click may move: more turn the shape. */
const CLICK = 5;

interface Parts {
  readonly mesh: three.Mesh<three.BufferGeometry, three.MeshStandardMaterial>;
  readonly marks: three.Points<three.BufferGeometry, three.PointsMaterial>;
}
const parts = new WeakMap<Scene, Parts>();

function prepare(scene: Scene): void {
  const mesh = new three.Mesh(new three.BufferGeometry(), shapeMaterial());
  const marks = new three.Points(
    new three.BufferGeometry(),
    new three.PointsMaterial({ color: 0xc2452a, size: MARK }),
  );
  lightShapes(scene);
  scene.scene.add(mesh, marks);
  parts.set(scene, { mesh, marks });
}

/** Properties of {@link SurfaceCanvas}. */
export interface SurfaceCanvasProps extends EaselCanvasProps {
  readonly easel: SurfaceEasel;
}

/** The surface. */
export default function SurfaceCanvas({ easel, seen, onSee, radius, sees }: SurfaceCanvasProps): JSX.Element {
  const { canvas, scene, isMissing } = useScene(4.6, prepare),
    pressed = useRef<readonly [number, number] | undefined>(undefined);
  const { surface } = easel;
  useEffect(() => {
    if (!scene) return;
    const { mesh } = parts.get(scene)!;
    mesh.geometry.dispose();
    mesh.geometry = surfaceGeometry(surface);
    scene.draw();
  }, [scene, surface]);
  useEffect(() => {
    if (!scene) return;
    const { mesh: { geometry }, marks } = parts.get(scene)!, places: three.Vector3[] = [];
    const positions = geometry.getAttribute("position"), normals = geometry.getAttribute("normal");
    seen.forEach((value, i) => {
      if (value !== 1) return;
      const normal = new three.Vector3().fromBufferAttribute(normals, i);
      places.push(new three.Vector3().fromBufferAttribute(positions, i).addScaledVector(normal, LIFT));
    });
    marks.geometry.dispose();
    marks.geometry = new three.BufferGeometry().setFromPoints(places);
    scene.draw();
  }, [scene, surface, seen]);
  /** Marks the place under a point of the canvas: x to the right and y upwards, in [-1, 1]. */
  const mark = (x: number, y: number) => {
    if (!scene) return;
    const ray = new three.Raycaster();
    ray.setFromCamera(new three.Vector2(x, y), scene.camera);
    const [hit] = ray.intersectObject(parts.get(scene)!.mesh);
    if (!hit) return;
    const next = paintSurface(seen, surface.positions, fromScene(hit.point), {
      radius: radius * PLACE,
      sees,
    });
    if (next !== seen) onSee(next);
  };
  const onClick = ({ currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLCanvasElement>) => {
    const [x, y] = pressed.current ?? [Infinity, Infinity];
    pressed.current = undefined;
    if (Math.hypot(clientX - x, clientY - y) > CLICK) return;
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    mark((clientX - left) / width * 2 - 1, 1 - (clientY - top) / height * 2);
  };
  if (isMissing) {
    return <p class="easel">This browser draws no shapes in three dimensions: choose the slice instead.</p>;
  }
  return (
    <div class="surface-easel">
      <canvas
        ref={canvas}
        class="easel"
        tabIndex={0}
        role="application"
        aria-label={`What is observed: ${
          seen.filter((value) => value === 1).length
        } of ${seen.length} places ` +
          "of the surface. Click on it, or turn it with the arrow keys and press space to mark its middle."}
        onPointerDown={({ clientX, clientY }) => pressed.current = [clientX, clientY]}
        onPointerUp={onClick}
        onKeyDown={(event) => {
          if (event.key !== " ") return;
          event.preventDefault();
          mark(0, 0);
        }}
      />
    </div>
  );
}
