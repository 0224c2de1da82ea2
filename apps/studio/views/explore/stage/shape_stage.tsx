/**
 * A shape: its surface at any resolution, to turn, slice and download.
 *
 * @module
 */
// @ts-types="@types/three"
import * as three from "three";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { latest } from "../../../rpc/latest.ts";
import { compute } from "../../../state/compute.ts";
import { reportError } from "../../../state/notices.ts";
import { param, setParams } from "../../../state/route.ts";
import { Icon } from "../../../ui/icons.tsx";
import { saveFile } from "../../../ui/save_file.ts";
import { Slider } from "../../../ui/slider.tsx";
import { isMoving } from "../shared/state.ts";
import { PictureStage } from "./picture_stage.tsx";
import type { Scene } from "./scene.ts";
import { lightShapes, shapeMaterial, surfaceGeometry } from "./shape_scene.ts";
import { sliceTexture } from "./slice.ts";
import type { StageProps } from "./stage_props.ts";
import { useScene } from "./use_scene.ts";

/** Grid nodes along an axis while the shape changes by itself. */
const GLIMPSE = 24;
const resolution = param("resolution", "48");
/** Height of the slice, in [-1, 1]; 1 shows all of the shape. */
const slice = param("slice", "1");

interface Parts {
  readonly mesh: three.Mesh<three.BufferGeometry, three.MeshStandardMaterial>;
  readonly cut: three.Mesh<three.PlaneGeometry, three.MeshBasicMaterial>;
  readonly plane: three.Plane;
}

const parts = new WeakMap<Scene, Parts>();

function prepare(scene: Scene): void {
  const plane = new three.Plane(new three.Vector3(0, -1, 0), 1);
  const mesh = new three.Mesh(new three.BufferGeometry(), shapeMaterial({ clippingPlanes: [plane] }));
  const cut = new three.Mesh(
    new three.PlaneGeometry(2, 2).rotateX(-Math.PI / 2),
    new three.MeshBasicMaterial({ transparent: true, side: three.DoubleSide }),
  );
  cut.visible = false;
  lightShapes(scene);
  scene.scene.add(mesh, cut);
  parts.set(scene, { mesh, cut, plane });
}

/** A shape. */
export default function ShapeStage({ info, latent }: StageProps): JSX.Element {
  const { canvas, scene, isMissing } = useScene(4.6, prepare);
  const [triangles, setTriangles] = useState(0), [isSaving, setIsSaving] = useState(false);
  const size = Number(resolution.value) || 48, height = Number(slice.value), { ref } = info;
  const trace = useMemo(() =>
    latest(async (scene: Scene, latent: Float32Array, resolution: number) => {
      const surface = await compute().call("surface", { ref, latent, resolution });
      const { mesh } = parts.get(scene)!;
      mesh.geometry.dispose();
      mesh.geometry = surfaceGeometry(surface);
      setTriangles(surface.triangles.length / 3);
      scene.draw();
    }, reportError), [ref]);
  const moves = isMoving.value;
  useEffect(() => {
    if (scene) trace(scene, latent, moves ? GLIMPSE : size);
  }, [scene, latent, size, moves]);
  const cutAt = useMemo(() =>
    latest(async (scene: Scene, latent: Float32Array, height: number) => {
      const { cut, plane } = parts.get(scene)!;
      plane.constant = height;
      cut.visible = height < 1;
      cut.position.y = height;
      if (cut.visible) {
        const before = cut.material.map;
        cut.material.map = await sliceTexture(ref, latent, height);
        cut.material.needsUpdate = true;
        before?.dispose();
      }
      scene.draw();
    }, reportError), [ref]);
  useEffect(() => {
    if (scene) cutAt(scene, latent, Number.isFinite(height) ? height : 1);
  }, [scene, latent, height]);
  const save = async () => {
    setIsSaving(true);
    try {
      const file = await compute().call("glb", { ref, latent, resolution: size });
      saveFile(new Blob([file as BlobPart], { type: "model/gltf-binary" }), "shape.glb");
    } catch (error) {
      reportError(error);
    } finally {
      setIsSaving(false);
    }
  };
  return (
    <>
      {isMissing ? <PictureStage info={info} latent={latent} resolution={size} /> : (
        <canvas
          ref={canvas}
          class="scene"
          tabIndex={0}
          role="img"
          aria-label="The shape. Drag or arrow keys turn it, plus and minus zoom."
          data-triangles={triangles}
        />
      )}
      <div class="row stage-bar">
        <Slider
          label="Resolution"
          value={size}
          min={16}
          max={160}
          step={8}
          show={(value) => `${value}³`}
          onInput={(value) => setParams({ resolution: String(value) })}
        />
        <Slider
          label="Cut at height"
          value={Number.isFinite(height) ? height : 1}
          min={-1}
          max={1}
          step={0.02}
          show={(value) => value === 1 ? "uncut" : value.toFixed(2)}
          onInput={(value) => setParams({ slice: value === 1 ? undefined : String(value) })}
        />
        <button type="button" class="button" disabled={isSaving} onClick={save}>
          <Icon name="download" /> {isSaving ? "Tracing …" : "Download GLB"}
        </button>
        <p class="caption" role="status">
          {triangles.toLocaleString("en")} triangles; normals are gradients of the function
        </p>
      </div>
    </>
  );
}
