/**
 * A field on the sphere: a turning globe and a map with coastlines, and a probe.
 *
 * @module
 */
// @ts-types="@types/three"
import * as three from "three";
import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { compute } from "../../../state/compute.ts";
import { param, setParams } from "../../../state/route.ts";
import { Slider } from "../../../ui/slider.tsx";
import { useLatest } from "../../../ui/use_latest.ts";
import { isMoving } from "../shared/state.ts";
import { drawField } from "./field_picture.ts";
import { PictureStage } from "./picture_stage.tsx";
import type { Scene } from "./scene.ts";
import type { StageProps } from "./stage_props.ts";
import { useScene } from "./use_scene.ts";

const GLIMPSE = 46;
/** Coasts are asked for once. */
const COASTS = {};
/** Radians a second: a turn in a minute and a half. */
const SPIN = -0.07;
const rows = param("rows", "181"), probe = param("probe", "48.2,16.4");

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** A point of the unit sphere, with the north up: longitude 0 faces the viewer at the start. */
function pointAt({ latitude, longitude }: Place): three.Vector3 {
  const [north, east] = [latitude, longitude].map((degrees) => degrees * Math.PI / 180) as [number, number];
  return new three.Vector3(
    Math.cos(north) * Math.sin(east),
    Math.sin(north),
    Math.cos(north) * Math.cos(east),
  );
}

function placeOf({ x, y, z }: three.Vector3): Place {
  const degrees = (radians: number) => radians * 180 / Math.PI;
  return { latitude: degrees(Math.asin(Math.max(-1, Math.min(1, y)))), longitude: degrees(Math.atan2(x, z)) };
}

/** A sphere whose texture begins at 0° east. */
function globeGeometry(): three.BufferGeometry {
  const geometry = new three.PlaneGeometry(1, 1, 144, 72), position = geometry.getAttribute("position");
  for (let i = 0; i < position.count; i++) {
    const place = { longitude: (position.getX(i) + 0.5) * 360, latitude: position.getY(i) * 180 };
    const { x, y, z } = pointAt(place);
    position.setXYZ(i, x, y, z);
  }
  return geometry;
}

interface Globe {
  readonly mesh: three.Mesh<three.BufferGeometry, three.MeshBasicMaterial>;
  readonly mark: three.Mesh;
}
const globes = new WeakMap<Scene, Globe>();

function prepare(scene: Scene): void {
  const mesh = new three.Mesh(globeGeometry(), new three.MeshBasicMaterial({ color: 0xffffff }));
  const mark = new three.Mesh(
    new three.SphereGeometry(0.018),
    new three.MeshBasicMaterial({ color: 0xffffff }),
  );
  scene.scene.add(mesh, mark);
  globes.set(scene, { mesh, mark });
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) scene.spin = SPIN;
}

/** A field. */
export default function SphereStage({ info, latent }: StageProps): JSX.Element {
  const { canvas, scene, isMissing } = useScene(3.9, prepare), map = useRef<HTMLCanvasElement>(null);
  const latitudes = Number(rows.value) || 181, { ref, display } = info, moves = isMoving.value;
  const [latitude = 0, longitude = 0] = probe.value.split(",").map(Number);
  const coasts = useLatest(COASTS, () => compute().call("coasts", undefined))?.result;
  const wanted = useMemo(
    () => ({ ref, latent, latitudes: moves ? GLIMPSE : latitudes }),
    [ref, latent, latitudes, moves],
  );
  const field = useLatest(wanted, (wanted) => compute().call("field", wanted))?.result;
  const probed = useMemo(() => {
    // The model's axes: x at 0° east, y at 90° east, z at the north pole
    const { x, y, z } = pointAt({ latitude, longitude });
    return { ref, latent, coordinates: Float32Array.of(z, x, y) };
  }, [ref, latent, latitude, longitude]);
  const value = useLatest(probed, (probed) => compute().call("values", probed))?.result[0];
  useEffect(() => {
    if (!field || !map.current) return;
    drawField(map.current, field, coasts ?? []);
    if (!scene) return;
    const { mesh } = globes.get(scene)!, texture = new three.CanvasTexture(map.current);
    texture.colorSpace = three.SRGBColorSpace;
    texture.anisotropy = 8;
    mesh.material.map?.dispose();
    mesh.material.map = texture;
    mesh.material.needsUpdate = true;
    scene.draw();
  }, [scene, field, coasts]);
  useEffect(() => {
    if (!scene) return;
    globes.get(scene)!.mark.position.copy(pointAt({ latitude, longitude }));
    scene.draw();
  }, [scene, latitude, longitude]);
  const onGlobe = (event: TargetedPointerEvent<HTMLCanvasElement>) => {
    if (!scene) return;
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect(),
      ray = new three.Raycaster();
    const at = new three.Vector2(
      (event.clientX - left) / width * 2 - 1,
      1 - (event.clientY - top) / height * 2,
    );
    ray.setFromCamera(at, scene.camera);
    const [hit] = ray.intersectObject(globes.get(scene)!.mesh);
    if (hit) probeAt(placeOf(hit.point.normalize()));
  };
  const onMap = (event: TargetedPointerEvent<HTMLCanvasElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const longitude = (event.clientX - left) / width * 360,
      latitude = 90 - (event.clientY - top) / height * 180;
    probeAt({ latitude, longitude: longitude > 180 ? longitude - 360 : longitude });
  };
  return (
    <>
      {isMissing ? <PictureStage info={info} latent={latent} resolution={GLIMPSE} /> : (
        <canvas
          ref={canvas}
          class="scene"
          tabIndex={0}
          role="img"
          aria-label="The field on a globe. Drag or arrow keys turn it, plus and minus zoom, a click moves the probe."
          onClick={onGlobe}
        />
      )}
      <canvas
        ref={map}
        class="map"
        role="img"
        aria-label="The field on a map with coastlines; a click moves the probe."
        data-ready={field !== undefined}
        onClick={onMap}
      />
      <div class="row stage-bar">
        <Slider
          label="Rows"
          value={latitudes}
          min={46}
          max={721}
          step={45}
          onInput={(value) => setParams({ rows: String(value) })}
        />
        <p role="status">
          <span class="number">{nameOf({ latitude, longitude })}</span>{" "}
          <strong class="number">{value === undefined ? "…" : valueText(value, display)}</strong>
        </p>
      </div>
    </>
  );
}

function probeAt({ latitude, longitude }: Place): void {
  setParams({ probe: `${latitude.toFixed(1)},${longitude.toFixed(1)}` });
}

function nameOf({ latitude, longitude }: Place): string {
  const north = `${Math.abs(latitude).toFixed(1)}° ${latitude < 0 ? "S" : "N"}`;
  return `${north}, ${Math.abs(longitude).toFixed(1)}° ${longitude < 0 ? "W" : "E"}`;
}

/** A feature in the units of the data. */
function valueText(value: number, display: StageProps["info"]["display"]): string {
  if (display.kind !== "sphere") return value.toFixed(3);
  const { low, high, units = "", quantity } = display.scale;
  const scaled = low + (value + 1) / 2 * (high - low);
  const digits = Math.max(0, 3 - Math.ceil(Math.log10(Math.abs(high - low) || 1)));
  return `${scaled.toFixed(digits)} ${units}${quantity ? `, ${quantity}` : ""}`;
}
