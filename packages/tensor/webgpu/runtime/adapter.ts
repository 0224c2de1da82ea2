/**
 * Finds a WebGPU implementation and an adapter: `navigator.gpu` in a browser, Dawn through `npm:webgpu` elsewhere, and
 * where Dawn cannot be loaded Deno's own `navigator.gpu`, which is wgpu as in Firefox.
 * @module
 */
import { throttlePolling } from "./polling.ts";

/**
 * A WebGPU implementation: `navigator.gpu`, or a binding of another one with the same interface.
 *
 * @category Devices
 */
export interface WebGPUImplementation {
  /** As `GPU.requestAdapter`; resolves to a `GPUAdapter`. */
  requestAdapter(options?: { powerPreference?: "high-performance" | "low-power" }): Promise<object | null>;
}

/**
 * Options of {@link findAdapter}.
 *
 * @category Devices
 */
export interface AdapterOptions {
  /** Which of several GPUs to use: the fast one (default) or the power-saving one. */
  readonly powerPreference?: "high-performance" | "low-power";
  /**
   * Whether to accept an adapter that runs on the CPU (default true): it is slow, and meant for tests. With `false` in
   * Deno, Dawn's 130 MB are loaded only if Deno's own WebGPU finds a hardware adapter.
   */
  readonly software?: boolean;
  /**
   * Number of this process among those of the machine that use GPUs: they take its adapters in turn. Only adapters of different names
   * can be told apart, and only by Dawn. Default: the adapter that the implementation prefers.
   */
  readonly turn?: number;
  /** Implementation to use instead of the default: `navigator.gpu` selects Deno's own rather than Dawn. */
  readonly gpu?: WebGPUImplementation;
}

/** An adapter and its description. */
export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  /** Human-readable name. */
  readonly name: string;
  /** False if it runs on the CPU. */
  readonly hardware: boolean;
  /** Why it does not belong to the preferred implementation, if so. */
  readonly note?: string;
}

/** An implementation, and why it is not the preferred one, if so. */
interface FoundGPU {
  readonly gpu: WebGPUImplementation;
  readonly note?: string;
}

/**
 * Dawn's entry points by the turn of the process. They must stay referenced for the life of the process, but not by `navigator`, or it does not exit.
 */
const dawn = new Map<number | undefined, Promise<GPU>>();

/**
 * Specifiers of the package in Node and under an import map, and in Deno without one. Not literals, to hide them from
 * bundlers.
 */
const DAWN_MODULES = ["webgpu", "npm:webgpu@^0.6.2"];

/** Requests unquantised timestamps: quantised ones (a mitigation for browsers) cannot resolve short kernels. */
const DAWN_OPTIONS = ["disable-dawn-features=timestamp_quantization"];

const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software|basic render|\bcpu\b/i;

const inDeno = (): boolean => (globalThis.navigator?.userAgent ?? "").startsWith("Deno/");

/**
 * Thrown if there is no GPU to open: the runtime has no WebGPU, or there is no adapter of the requested kind. Programs
 * can fall back to another device; any other error is a fault.
 *
 * @category Devices
 * @example A fallback for machines without a GPU
 * ```ts
 * import { assert } from "@std/assert";
 * import { type Device, isKernelDevice, NoAdapterError, openDevice } from "@gasp/tensor";
 *
 * async function fastest(): Promise<Device> {
 *   try {
 *     return await openDevice("webgpu", { webgpu: { software: false } });
 *   } catch (error) {
 *     if (error instanceof NoAdapterError) return await openDevice("wasm");
 *     throw error;
 *   }
 * }
 *
 * await using device = await fastest();
 * assert(isKernelDevice(device) && device.info.hardware);
 * ```
 */
export class NoAdapterError extends Error {
  /** Error name. */
  override readonly name = "NoAdapterError";
}

/** Exports of the package `webgpu`. */
type Dawn = { create(options: readonly string[]): GPU };

/** Thrown if Dawn cannot be loaded. */
class NoDawnError extends NoAdapterError {
  /** The reason in a few words, for users of another implementation. */
  readonly summary: string;

  constructor(reasons: readonly string[]) {
    const forbidden = reasons.find((reason) => /ffi/i.test(reason));
    const own = "--unstable-webgpu for Deno's own WebGPU";
    super(
      forbidden
        ? `WebGPU requires native code: run Deno with --allow-ffi (or -A) for Dawn, or with ${own}. ${forbidden}`
        : 'WebGPU is not available: in Node run "npm install webgpu"; in Deno the package npm:webgpu must be downloaded ' +
          `once, and the program needs --allow-ffi --allow-env --allow-read (or -A), or ${own}. ${
            reasons.join("; ")
          }`,
    );
    this.summary = forbidden ? "needs --allow-ffi" : `cannot be loaded: ${reasons.at(-1)}`;
  }
}

/** No adapter has this name, so that Dawn lists those that there are. */
const NO_NAME = "adapter=(list of adapters)";

/**
 * Reads the adapters that Dawn lists where it finds none of a name: lines ` * backend: 'vulkan', name: 'NVIDIA L4'`.
 *
 * @param list Message of the error.
 * @returns Different names of the first backend, in order; those of hardware if there are any.
 */
export function adapterNames(list: string): string[] {
  const found = [...list.matchAll(/^ \* backend: '(.*)', name: '(.*)'$/gm)].map(([, backend, name]) => ({
    backend,
    name: name!,
  }));
  const names = [
    ...new Set(found.filter(({ backend }) => backend === found[0]!.backend).map(({ name }) => name)),
  ];
  const hardware = names.filter((name) => !SOFTWARE.test(name));
  return hardware.length > 0 ? hardware : names;
}

/** Returns the name of the adapter for a process, `""` if there are not several. */
async function nameInTurn(create: Dawn["create"], turn: number): Promise<string> {
  const list = await create([NO_NAME]).requestAdapter().then(() => "", String);
  const names = adapterNames(list);
  return names.length > 1 ? names[turn % names.length]! : "";
}

async function importDawn(turn: number | undefined): Promise<GPU> {
  const reasons: string[] = [];
  for (const name of DAWN_MODULES) {
    const module = await (import(/* @vite-ignore */ name) as Promise<Dawn>).catch((error) => {
      reasons.push(error instanceof Error ? error.message : String(error));
    });
    if (!module) continue;
    throttlePolling();
    const adapter = turn === undefined ? "" : await nameInTurn(module.create, turn);
    return module.create(adapter === "" ? DAWN_OPTIONS : [...DAWN_OPTIONS, `adapter=${adapter}`]);
  }
  throw new NoDawnError(reasons);
}

/** Returns the WebGPU implementation of this runtime. Deno's own is used where Dawn cannot be loaded. */
async function openGPU(turn: number | undefined): Promise<FoundGPU> {
  const own: GPU | undefined = globalThis.navigator?.gpu;
  if (own && !inDeno()) return { gpu: own };
  const known = dawn.get(turn) ?? importDawn(turn);
  dawn.set(turn, known);
  try {
    return { gpu: await known };
  } catch (error) {
    dawn.delete(turn);
    if (!own || !(error instanceof NoDawnError)) throw error;
    return { gpu: own, note: `Deno's own WebGPU, since Dawn ${error.summary}` };
  }
}

/**
 * Returns whether loading Dawn may lead to a hardware adapter, according to Deno's own WebGPU, which needs no download.
 */
async function mayFindHardware(options: GPURequestAdapterOptions): Promise<boolean> {
  const own: GPU | undefined = globalThis.navigator?.gpu;
  if (!inDeno() || !own || dawn.size > 0) return true;
  const adapter = await own.requestAdapter(options);
  return adapter !== null && describe(adapter).hardware;
}

function describe({ info }: GPUAdapter): { name: string; hardware: boolean } {
  const parts = [info.vendor, info.architecture, info.device, info.description];
  const type = "type" in info ? String(info.type) : "";
  const hardware = !info.isFallbackAdapter && ![...parts, type].some((part) => SOFTWARE.test(part));
  const name = info.description || info.device || [info.vendor, info.architecture].filter(Boolean).join(" ");
  return { name: name || "unnamed adapter", hardware };
}

/**
 * Finds an adapter.
 *
 * @param options Requirements on the adapter.
 * @throws {NoAdapterError} If there is none; the message says what to install or which flag to use.
 */
export async function findAdapter(options: AdapterOptions = {}): Promise<FoundAdapter> {
  const { powerPreference = "high-performance", software = true, turn } = options;
  if (!software && !options.gpu && !await mayFindHardware({ powerPreference })) {
    throw new NoAdapterError(
      "Deno's own WebGPU finds no hardware adapter: install the GPU driver, or accept any adapter, in which case Dawn is " +
        "loaded and may find one that Deno misses",
    );
  }
  const { gpu, note } = options.gpu ? { gpu: options.gpu } : await openGPU(turn);
  const adapter = await gpu.requestAdapter({ powerPreference }) as GPUAdapter | null;
  if (!adapter) {
    throw new NoAdapterError(
      "no WebGPU adapter was found: install the GPU driver with Vulkan support (on Linux also the Vulkan loader, " +
        "libvulkan1); without a GPU, Mesa's lavapipe (mesa-vulkan-drivers) provides a software adapter for tests, and " +
        "the wasm device needs nothing",
    );
  }
  const found = { adapter, ...describe(adapter), ...(note !== undefined && { note }) };
  if (!found.hardware && !software) {
    throw new NoAdapterError(
      `the only WebGPU adapter, ${found.name}, runs on the CPU: install a GPU driver, or use the wasm device, ` +
        "which is faster there",
    );
  }
  return found;
}
