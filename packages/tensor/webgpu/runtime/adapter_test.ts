import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { findAdapter, NoAdapterError } from "./adapter.ts";
import { openWebGPU, type WebGPUOptions } from "./device.ts";
import { deviceTest } from "./harness_test.ts";
import { Pipelines } from "./pipelines.ts";
import { isRequired, skipReason } from "./skip_reason_test.ts";

deviceTest("findAdapter() rejects a software adapter when hardware is required", async ({ info }) => {
  if (info.hardware) await (await openWebGPU({ software: false })).close();
  else await assertRejects(() => openWebGPU({ software: false }), NoAdapterError, "runs on the CPU");
});

deviceTest("openWebGPU() uses the limits of the adapter", async ({ info }) => {
  const { adapter } = await findAdapter();
  assertEquals(info.maxKernelBuffers, adapter.limits.maxStorageBuffersPerShaderStage - 1);
  assertEquals(info.kind, "webgpu");
});

deviceTest("openWebGPU() may be called several times concurrently", async () => {
  const devices = await Promise.all([openWebGPU(), openWebGPU(), openWebGPU()]);
  for (const device of devices) await device.close();
});

deviceTest(
  "a shader that does not compile is reported with its name and the compiler's message",
  async () => {
    const { adapter } = await findAdapter();
    const gpu = await adapter.requestDevice();
    const broken = { code: "fn main( {", params: new Uint32Array(1), bindings: [], groups: 1 };
    await assertRejects(
      () => new Pipelines(gpu).get(broken, "broken"),
      Error,
      "the shader of broken does not compile",
    );
    gpu.destroy();
    await gpu.lost;
  },
);

/** Runs a program that opens a GPU and prints its kind or an error; returns its output. */
async function openElsewhere(
  permissions: readonly string[],
  env: Record<string, string> = {},
  options: WebGPUOptions = {},
): Promise<string> {
  const module = new URL("./device.ts", import.meta.url).href;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/open.ts`,
      `import { openWebGPU } from ${JSON.stringify(module)};
       const show = (device) => device.close().then(() => console.log(device.info.kind));
       await openWebGPU(${JSON.stringify(options)}).then(show, (error) => console.log(String(error)));`,
    );
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", ...permissions, `${folder}/open.ts`],
      env,
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

deviceTest("openWebGPU() uses Deno's own WebGPU where native code is not allowed", async () => {
  assertEquals(await openElsewhere([]), "webgpu\n");
});

deviceTest(
  "openWebGPU() does not load Dawn if Deno's own WebGPU finds no hardware",
  async ({ info }) => {
    const printed = await openElsewhere(["-A"], {}, { software: false });
    if (info.hardware) assertEquals(printed, "webgpu\n");
    else assertStringIncludes(printed, "NoAdapterError: Deno's own WebGPU finds no hardware adapter");
  },
);

deviceTest("openWebGPU() states what to install if there is no adapter", async () => {
  const nowhere = { VK_ICD_FILENAMES: "/nowhere.json", VK_DRIVER_FILES: "/nowhere.json" };
  const printed = await openElsewhere(["--allow-ffi", "--allow-read", "--allow-env"], nowhere);
  assertStringIncludes(printed, "NoAdapterError: no WebGPU adapter was found: install the GPU driver");
});

Deno.test("skipReason() skips only where there is no adapter and none is required", () => {
  const none = new NoAdapterError("no adapter"), fault = new TypeError("a fault");
  assertEquals(skipReason("webgpu", none, ""), "no adapter");
  assertEquals(skipReason("webgpu", none, "wasm"), "no adapter");
  assertThrows(() => skipReason("webgpu", none, "wasm,webgpu"), NoAdapterError, "no adapter");
  assertEquals(["chromium", "node", ""].map((name) => isRequired(name, "webgpu,chromium")), [
    true,
    false,
    false,
  ]);
  assertThrows(() => skipReason("webgpu", fault, ""), TypeError, "a fault");
});
