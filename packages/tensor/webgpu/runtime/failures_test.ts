/** What a GPU reports or loses surfaces as an error of the next call: neither as a hang, nor as wrong values. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as t from "../../mod.ts";
import { deviceTest } from "./harness_test.ts";
import { openWithGPU } from "./opened_gpu_test.ts";
import { PendingWork } from "./pending_work.ts";

/** Work of some time. */
function slowProgram(device: t.KernelDevice) {
  return t.compile((x: t.Tensor) => t.matmul(t.matmul(x, x), x), { device });
}

const square = () => t.full([256, 256], 1 / 256);

deviceTest("work that is pending when the GPU is lost is rejected, and so is all later work", async () => {
  const { device, gpu } = await openWithGPU();
  using f = slowProgram(device);
  const y = await f(square());
  const [z, pending] = [await f(y), y.data()];
  const running = Promise.all([f(z), f(z)]);
  gpu.destroy();
  const message = "the GPU was lost with everything in its memory (";
  await assertRejects(() => pending, t.DeviceLostError, message);
  await running.catch((error) => {
    if (!(error instanceof t.DeviceLostError)) throw error;
  });
  await assertRejects(() => z.data(), t.DeviceLostError, message);
  await assertRejects(() => f(square()), t.DeviceLostError, message);
  await assertRejects(() => t.evaluate(t.exp(square()), device), t.DeviceLostError, message);
  assertThrows(() => device.allocate(4), t.DeviceLostError, message);
  [y, z].forEach((tensor) => tensor.dispose());
  await device.close();
  assertThrows(() => device.allocate(4), t.DeviceLostError, message);
});

deviceTest("a GPU that is lost while shaders are compiled rejects the program", async () => {
  const { device, gpu } = await openWithGPU();
  using f = slowProgram(device);
  const result = f(square());
  gpu.destroy();
  await assertRejects(() => result.then((y) => y.data()), t.DeviceLostError, "open a new device");
  await device.close();
});

/** Makes a GPU report an error, as it does for work that nobody waits for. */
function report(gpu: GPUDevice, kind: string, message: string): void {
  const error = Object.create({ constructor: { name: kind } }, { message: { value: message } });
  gpu.dispatchEvent(Object.assign(new Event("uncapturederror", { cancelable: true }), { error }));
}

deviceTest("a full memory, reported after the allocation, is a DeviceMemoryError", async () => {
  const { device, gpu } = await openWithGPU();
  const x = await t.evaluate(t.ones([4]), device);
  report(gpu, "GPUValidationError", "the buffer is invalid");
  report(gpu, "GPUOutOfMemoryError", "not enough memory left");
  await assertRejects(() => x.data(), t.DeviceMemoryError, "the GPU's memory is full, with 0.0 MiB in use (");
  assertEquals([...await x.data()], [1, 1, 1, 1]);
  report(gpu, "GPUInternalError", "the driver failed");
  await assertRejects(() => x.data(), Error, "the GPU reported: the driver failed");
  x.dispose();
  await device.close();
});

Deno.test("PendingWork rejects work that never ends, and work that fails just before the loss is reported", async () => {
  const pending = new PendingWork();
  assertEquals(await pending.wait(Promise.resolve(3)), 3);
  await assertRejects(() => pending.wait(Promise.reject(new Error("broken"))), Error, "broken");
  const hanging = pending.wait(new Promise(() => {}));
  const failing = pending.wait(Promise.reject(new DOMException("unmapped", "AbortError")));
  await Promise.resolve();
  pending.check();
  pending.fail(() => new t.DeviceLostError("reset"));
  pending.fail(() => new Error("closed"));
  for (const work of [hanging, failing]) await assertRejects(() => work, t.DeviceLostError, "(reset)");
  assertThrows(() => pending.check(), t.DeviceLostError, "(reset)");
});

/** Exit status and output of a program that uses a GPU and ends in some way. */
async function endsWith(ending: string): Promise<[status: number, printed: string]> {
  const from = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);
  const folder = await Deno.makeTempDir();
  try {
    const program = `
      import { openDevice } from ${from("open.ts")};
      import { compile } from ${from("run/compile.ts")};
      import { tensor } from ${from("graph/from_host.ts")};
      import { matmul } from ${from("ops/linear/linear.ts")};
      const device = await openDevice("webgpu");
      const f = compile((x) => matmul(x, x), { device });
      const y = await f(tensor(new Float32Array(256 ** 2).fill(1), [256, 256]));
      ${ending}`;
    await Deno.writeTextFile(`${folder}/end.ts`, program);
    const own = (await Deno.permissions.query({ name: "ffi" })).state !== "granted";
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...(own ? ["--deny-ffi"] : []), "--no-prompt", "--no-check", `${folder}/end.ts`],
      env: { NO_COLOR: "1" },
      stderr: "null",
    }).output();
    return [code, new TextDecoder().decode(stdout)];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (
  const [how, ending, expected] of [
    ["at its end", "console.log((await y.data())[0]);", [0, "256\n"]],
    ["with work pending", "f(y); y.data().then((data) => console.log(data[0]));", [0, "256\n"]],
    ["by an error", 'f(y); throw new Error("broken");', [1, ""]],
    ["by Deno.exit()", "f(y); Deno.exit(3);", [3, ""]],
    ["after closing the device", "await device.close(); console.log(1);", [0, "1\n"]],
  ] as const
) {
  deviceTest(`a program that uses a GPU and ends ${how} exits with its status`, async () => {
    assertEquals(await endsWith(ending), [...expected]);
  });
}
