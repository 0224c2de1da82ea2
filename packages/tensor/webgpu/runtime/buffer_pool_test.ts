import { assertEquals } from "@std/assert";
import { BufferPool } from "./buffer_pool.ts";

/** A device that only creates buffers, and the sizes of destroyed ones. */
function fakeDevice(): { readonly device: GPUDevice; readonly destroyed: number[] } {
  const destroyed: number[] = [];
  const createBuffer = ({ size }: GPUBufferDescriptor) => ({ size, destroy: () => destroyed.push(size) });
  return { device: { createBuffer } as unknown as GPUDevice, destroyed };
}

Deno.test("BufferPool reuses freed buffers of the same size in one order, however they were freed", () => {
  const pool = new BufferPool(fakeDevice().device, 0, 1000);
  const acquired = [16, 16, 32, 16].map((size) => pool.acquire(size));
  assertEquals(acquired.map(({ serial }) => serial), [0, 1, 2, 3]);
  for (const order of [[3, 0, 2, 1], [1, 2, 3, 0]]) {
    order.forEach((i) => pool.release(acquired[i]!));
    assertEquals([16, 16, 32, 16].map((size) => pool.acquire(size)), acquired);
  }
  assertEquals(pool.acquire(16).serial, 4);
});

Deno.test("BufferPool destroys the oldest freed buffers beyond its limit", () => {
  const { device, destroyed } = fakeDevice();
  const pool = new BufferPool(device, 0, 48);
  const [a, b, c] = [16, 32, 48].map((size) => pool.acquire(size));
  pool.release(b!);
  pool.release(a!);
  assertEquals(destroyed, []);
  pool.release(c!);
  assertEquals(destroyed, [32, 16]);
  pool.clear();
  assertEquals(destroyed, [32, 16, 48]);
});
