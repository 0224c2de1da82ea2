import { assertEquals } from "@std/assert";
import { Spares } from "./spares.ts";

/** A device that only creates buffers, and the sizes of those that were destroyed. */
function fakeDevice(): { readonly device: GPUDevice; readonly destroyed: number[] } {
  const destroyed: number[] = [];
  const createBuffer = ({ size }: GPUBufferDescriptor) => ({ size, destroy: () => destroyed.push(size) });
  return { device: { createBuffer } as unknown as GPUDevice, destroyed };
}

Deno.test("Spares reuses freed buffers of the same size in one order, however they were freed", () => {
  const spares = new Spares(fakeDevice().device, 0, 1000);
  const taken = [16, 16, 32, 16].map((size) => spares.take(size));
  assertEquals(taken.map(({ serial }) => serial), [0, 1, 2, 3]);
  for (const order of [[3, 0, 2, 1], [1, 2, 3, 0]]) {
    order.forEach((i) => spares.give(taken[i]!));
    assertEquals([16, 16, 32, 16].map((size) => spares.take(size)), taken);
  }
  assertEquals(spares.take(16).serial, 4);
});

Deno.test("Spares destroys the buffers freed longest ago beyond its limit", () => {
  const { device, destroyed } = fakeDevice();
  const spares = new Spares(device, 0, 48);
  const [a, b, c] = [16, 32, 48].map((size) => spares.take(size));
  spares.give(b!);
  spares.give(a!);
  assertEquals(destroyed, []);
  spares.give(c!);
  assertEquals(destroyed, [32, 16]);
  spares.clear();
  assertEquals(destroyed, [32, 16, 48]);
});
