import { assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { adapterNames, findAdapter, NoAdapterError } from "./adapter.ts";
import { openWebGPU, type WebGPUOptions } from "./device.ts";
import { deviceTest } from "./harness_test.ts";
import { Pipelines } from "./pipelines.ts";
import { isRequired, skipReason } from "./skip_reason_test.ts";

deviceTest("findAdapter() rejects a software adapter when hardware is required", async ({ info }) => {
  if (info.hardware) await (await openWebGPU({ software: false })).close();
  else {
    const { message } = await assertRejects(() => openWebGPU({ software: false }), NoAdapterError);
    assertMatch(message, /runs on the CPU|finds no hardware adapter/);
  }
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

deviceTest("openWebGPU() takes adapters in turn, again from the first one", async () => {
  for (const turn of [0, 7]) {
    await using device = await openWebGPU({ turn });
    assertEquals(device.info.kind, "webgpu");
  }
});

Deno.test("adapterNames() reads the adapters of hardware of one backend that differ in name", () => {
  const listed = (...lines: string[]) =>
    `Error: no suitable backends found\nAvailable adapters:\n${lines.join("\n")}\n`;
  const line = (name: string, backend = "vulkan") => ` * backend: '${backend}', name: '${name}'`;
  const cpu = line("llvmpipe (LLVM 15.0.6, 256 bits)"), other = line("SwiftShader Device (Subzero)");
  assertEquals(
    adapterNames(
      listed(line("NVIDIA L4"), line("NVIDIA L4"), line("NVIDIA T4"), cpu, line("NVIDIA L4", "opengl")),
    ),
    [
      "NVIDIA L4",
      "NVIDIA T4",
    ],
  );
  assertEquals(adapterNames(listed(other, cpu)), [
    "SwiftShader Device (Subzero)",
    "llvmpipe (LLVM 15.0.6, 256 bits)",
  ]);
  assertEquals(adapterNames("Error: something else"), []);
});

deviceTest(
  "a shader that does not compile is reported with its name and the compiler's message",
  async () => {
    const { adapter } = await findAdapter();
    const gpu = await adapter.requestDevice();
    const broken = { code: "fn main( {", params: new Uint32Array(1), bindings: [] };
    await assertRejects(
      () => new Pipelines(gpu).get(broken, "broken"),
      Error,
      "the shader of broken does not compile",
    );
    gpu.destroy();
    await gpu.lost;
  },
);

/** Runs a program that opens a GPU and prints its kind and note or an error; returns its output. */
async function openElsewhere(
  permissions: readonly string[],
  env: Record<string, string> = {},
  options: WebGPUOptions = {},
  before = "",
): Promise<string> {
  const module = new URL("./device.ts", import.meta.url).href;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/open.ts`,
      `import { openWebGPU } from ${JSON.stringify(module)};
       ${before}
       const show = ({ info }) => console.log([info.kind, info.note].filter(Boolean).join(" "));
       await openWebGPU(${JSON.stringify(options)}).then(
         (device) => device.close().then(() => show(device)),
         (error) => console.log(String(error)),
       );`,
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

deviceTest("openWebGPU() uses Deno's own WebGPU where Dawn cannot be loaded", async () => {
  const note = "webgpu Deno's own WebGPU, since Dawn ";
  assertEquals(await openElsewhere([]), `${note}needs --allow-ffi\n`);
  const empty = await Deno.makeTempDir();
  const missing = await openElsewhere(["-A", "--cached-only"], { DENO_DIR: empty });
  await Deno.remove(empty, { recursive: true });
  assertStringIncludes(missing, `${note}cannot be loaded: `);
});

deviceTest("openWebGPU() uses the implementation that it is passed", async () => {
  let requests = 0;
  const gpu = {
    requestAdapter: (options?: GPURequestAdapterOptions) => {
      requests++;
      assertEquals(options, { powerPreference: "low-power" });
      return navigator.gpu.requestAdapter(options);
    },
  };
  const device = await openWebGPU({ gpu, powerPreference: "low-power" });
  assertEquals([requests, device.info.note], [1, undefined]);
  await device.close();
  const none = { requestAdapter: () => Promise.resolve(null) };
  await assertRejects(() => openWebGPU({ gpu: none }), NoAdapterError, "no WebGPU adapter was found");
});

Deno.test("openWebGPU() states both cures where there is neither Dawn nor an own WebGPU", async () => {
  const printed = await openElsewhere(
    [],
    {},
    {},
    'Object.defineProperty(navigator, "gpu", { value: undefined });',
  );
  assertStringIncludes(
    printed,
    "NoAdapterError: WebGPU requires native code: run Deno with --allow-ffi (or -A) for Dawn, or with " +
      "--unstable-webgpu for Deno's own WebGPU.",
  );
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
