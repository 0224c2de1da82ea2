/**
 * Finding a WebGPU implementation and an adapter: `navigator.gpu` in a browser, Dawn through `npm:webgpu` elsewhere.
 * @module
 */
import { calmTicks } from "./ticks.ts";

/** What is asked of an adapter. */
export interface AdapterOptions {
  /** Which of several GPUs: the fast one (default) or the frugal one. */
  readonly powerPreference?: "high-performance" | "low-power";
  /**
   * Whether an adapter that runs on the CPU will do (default true): it is slow, and there for tests. With `false` in Deno,
   * Dawn's 130 MB are loaded only if Deno's own WebGPU finds a hardware adapter.
   */
  readonly software?: boolean;
}

/** An adapter and what is known of it. */
export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  /** For people. */
  readonly name: string;
  /** False if it runs on the CPU. */
  readonly hardware: boolean;
}

/** Dawn's entry: must be held for the life of the process, and not on `navigator`, or the process does not end. */
let dawn: Promise<GPU> | undefined;

/** Names of the package in Node and under an import map, and in Deno without one. Not literals, so that bundlers pass. */
const DAWN_MODULES = ["webgpu", "npm:webgpu@^0.6.2"];

/** Timestamps in nanoseconds: rounded ones, against spying in browsers, cannot tell short kernels apart. */
const DAWN_OPTIONS = ["disable-dawn-features=timestamp_quantization"];

const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software|basic render|\bcpu\b/i;

const inDeno = (): boolean => (globalThis.navigator?.userAgent ?? "").startsWith("Deno/");

/**
 * Thrown where there is no GPU to open: no WebGPU in this runtime, or no adapter of the kind that was asked for. Programs
 * can go on with another device then; any other error of opening is a fault.
 */
export class NoAdapterError extends Error {
  /** Name of the class. */
  override readonly name = "NoAdapterError";
}

/** What the package `webgpu` exports. */
type Dawn = { create(options: readonly string[]): GPU };

async function importDawn(): Promise<GPU> {
  const reasons: string[] = [];
  for (const name of DAWN_MODULES) {
    const module = await (import(/* @vite-ignore */ name) as Promise<Dawn>).catch((error) => {
      reasons.push(error instanceof Error ? error.message : String(error));
    });
    if (!module) continue;
    calmTicks();
    return module.create(DAWN_OPTIONS);
  }
  const ffi = reasons.find((reason) => /ffi/i.test(reason));
  if (ffi) throw new NoAdapterError(`WebGPU needs native code: run Deno with --allow-ffi (or -A). ${ffi}`);
  throw new NoAdapterError(
    `no WebGPU here: in Node run "npm install webgpu"; in Deno the package npm:webgpu has to be reachable once, and ` +
      `the run needs --allow-ffi --allow-env --allow-read (or -A). ${reasons.join("; ")}`,
  );
}

/** The WebGPU entry of this runtime. Deno has one of its own, which is taken where it does not allow native code. */
async function openGPU(): Promise<GPU> {
  const own: GPU | undefined = globalThis.navigator?.gpu;
  if (own && !inDeno()) return own;
  try {
    return await (dawn ??= importDawn());
  } catch (error) {
    dawn = undefined;
    if (own && /Requires \w+ access/.test(String(error))) return own;
    throw error;
  }
}

/** Whether loading Dawn can lead to a hardware adapter, as far as Deno's own WebGPU, which costs no download, can see. */
async function mayFindHardware(options: GPURequestAdapterOptions): Promise<boolean> {
  const own: GPU | undefined = globalThis.navigator?.gpu;
  if (!inDeno() || !own || dawn) return true;
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
 * @param options What is asked of it.
 * @throws {NoAdapterError} If there is none; the message says what to install or which flag to use.
 */
export async function findAdapter(options: AdapterOptions = {}): Promise<FoundAdapter> {
  const { powerPreference = "high-performance", software = true } = options;
  if (!software && !await mayFindHardware({ powerPreference })) {
    throw new NoAdapterError(
      "Deno's own WebGPU finds no hardware adapter: install the driver of the GPU, or ask for any adapter, for which Dawn " +
        "is loaded and may find one that Deno misses",
    );
  }
  const gpu = await openGPU();
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (!adapter) {
    throw new NoAdapterError(
      "no WebGPU adapter was found: install the driver of the GPU with its Vulkan part (on Linux the Vulkan loader, " +
        "libvulkan1, too); without a GPU, Mesa's lavapipe (mesa-vulkan-drivers) is a software adapter for tests, and " +
        "the device wasm needs nothing",
    );
  }
  const found = { adapter, ...describe(adapter) };
  if (!found.hardware && !software) {
    throw new NoAdapterError(
      `the only WebGPU adapter, ${found.name}, runs on the CPU: install the driver of a GPU, or use the device wasm, ` +
        "which is faster there",
    );
  }
  return found;
}
