/**
 * Trains and samples in Node, with relaxed SIMD and, in a version without it, with plain SIMD.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { type Bundle, bundleEntry } from "./bundle.ts";
import type { SmokeReport } from "./entry.ts";
import { assertSameRun, assertSound, reportOfDeno } from "./expectations.ts";
import { findNode, output } from "./node.ts";
import { isRequired } from "../../packages/tensor/webgpu/runtime/skip_reason_test.ts";

/** Tolerance without fused multiply-add, where each product is rounded. Measured: 2.4e-7 after ten steps. */
const ROUNDING = 1e-5;

const VERSIONS = [
  { major: 22, simd: "WebAssembly relaxed SIMD", tolerance: 0 },
  { major: 20, simd: "WebAssembly SIMD", tolerance: ROUNDING },
];

const RUNNER = fileURLToPath(new URL("run_in_node.mjs", import.meta.url));

let bundled: Promise<Bundle> | undefined;
const bundle = () => bundled ??= bundleEntry();
Deno.test.afterAll(async () => await (await bundled)?.remove());

Deno.test("runSmoke() trains and samples in Deno", async () => {
  const report = await reportOfDeno();
  assertSound(report);
  assertStringIncludes(report.device, "relaxed SIMD");
  assertEquals(report.threads, 2);
});

for (const { major, simd, tolerance } of VERSIONS) {
  const node = await findNode(major);
  const name = `runSmoke() trains and samples in Node ${major} with ${simd}`;
  if ("missing" in node) {
    if (isRequired("node")) throw new Error(`no Node ${major}: ${node.missing}`);
    Deno.test.ignore(`${name}: ${node.missing}`, () => {});
    continue;
  }
  Deno.test(name, async () => {
    const text = await output(node.path, [RUNNER, (await bundle()).path]);
    const { report, workers }: { report: SmokeReport; workers: number } = JSON.parse(text);
    assertSound(report);
    assertEquals([report.device, workers], [`${simd}, 2 threads`, 2]);
    assertSameRun(report, await reportOfDeno(), tolerance);
  });
}
