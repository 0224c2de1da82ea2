/**
 * A scene of three that a pointer can turn, drawn when something changes.
 *
 * @module
 */
// @ts-types="@types/three"
import * as three from "three";
// @ts-types="@types/three/addons/controls/OrbitControls.js"
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

/** Radians that an arrow key turns. */
const KEY_TURN = 0.12;

/** A scene on a canvas. */
export class Scene {
  /** What is drawn. */
  readonly scene = new three.Scene();
  /** From where. */
  readonly camera: three.PerspectiveCamera;
  /** Turns the camera. */
  readonly controls: OrbitControls;
  /** Radians a second by which the camera turns by itself. */
  spin = 0;
  readonly #renderer: three.WebGLRenderer;
  readonly #observer: ResizeObserver;
  #request = 0;
  #isWanted = true;

  /**
   * @param canvas Canvas; its style says how large it is.
   * @param distance Distance of the camera from the centre.
   * @throws {Error} If the browser has no WebGL.
   */
  constructor(canvas: HTMLCanvasElement, distance: number) {
    this.#renderer = new three.WebGLRenderer({
      canvas,
      antialias: true,
      alpha: true,
      preserveDrawingBuffer: true,
    });
    this.#renderer.localClippingEnabled = true;
    this.camera = new three.PerspectiveCamera(35, 1, 0.1, 50);
    this.camera.position.set(0.55, 0.35, 1).setLength(distance);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enablePan = false;
    this.controls.minDistance = distance / 4;
    this.controls.maxDistance = distance * 2;
    this.controls.addEventListener("change", () => this.draw());
    this.controls.addEventListener("start", () => this.spin = 0);
    canvas.addEventListener("keydown", (event) => this.#onKey(event));
    this.#observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = canvas;
      if (clientWidth === 0) return;
      this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio));
      this.#renderer.setSize(clientWidth, clientHeight, false);
      this.camera.aspect = clientWidth / clientHeight;
      this.camera.updateProjectionMatrix();
      this.draw();
    });
    this.#observer.observe(canvas);
    let last = performance.now();
    const frame = (now: number) => {
      if (this.spin !== 0) this.turn(this.spin * (now - last) / 1000, 0);
      last = now;
      if (this.#isWanted) {
        this.#isWanted = false;
        this.#renderer.render(this.scene, this.camera);
      }
      this.#request = requestAnimationFrame(frame);
    };
    this.#request = requestAnimationFrame(frame);
  }

  /** Draws the next frame. */
  draw(): void {
    this.#isWanted = true;
  }

  /**
   * Turns the camera around the centre.
   *
   * @param around Radians around the vertical axis.
   * @param up Radians towards the top.
   */
  turn(around: number, up: number): void {
    const place = new three.Spherical().setFromVector3(this.camera.position);
    place.theta += around;
    place.phi -= up;
    this.camera.position.setFromSpherical(place.makeSafe());
    this.camera.lookAt(0, 0, 0);
    this.draw();
  }

  /** Frees what the scene holds. */
  release(): void {
    cancelAnimationFrame(this.#request);
    this.#observer.disconnect();
    this.controls.dispose();
    this.scene.traverse((object) => {
      const isDrawn = object instanceof three.Mesh || object instanceof three.LineSegments ||
        object instanceof three.Points;
      if (!isDrawn) return;
      object.geometry.dispose();
      for (const material of [object.material].flat()) material.dispose();
    });
    this.#renderer.dispose();
  }

  #onKey(event: KeyboardEvent): void {
    const [around, up] = {
      ArrowLeft: [-KEY_TURN, 0],
      ArrowRight: [KEY_TURN, 0],
      ArrowUp: [0, KEY_TURN],
      ArrowDown: [0, -KEY_TURN],
    }[event.key] ?? [];
    const nearer = { "+": 1 / 1.15, "=": 1 / 1.15, "-": 1.15 }[event.key];
    if (around !== undefined && up !== undefined) this.turn(around, up);
    else if (nearer !== undefined) {
      this.camera.position.multiplyScalar(nearer).clampLength(
        this.controls.minDistance,
        this.controls.maxDistance,
      );
    } else return;
    event.preventDefault();
    this.spin = 0;
    this.draw();
  }
}
