import { assertEquals, assertRejects } from "@std/assert";
import { type CacheStore, MemoryCacheStore } from "../core/cache_store.ts";
import { DataError } from "../core/data_error.ts";
import { imageDataset } from "./images.ts";
import { type PictureSource, streamedImages } from "./streamed_images.ts";

/** A source of uniform grey 2×2 images that records which were produced. */
function source(damaged: readonly number[] = []): PictureSource & { readonly produced: number[] } {
  const produced: number[] = [];
  return {
    name: "plain",
    items: 4,
    resolution: 2,
    channels: 1,
    identity: "plain",
    state: 1,
    produced,
    pixels(item) {
      produced.push(item);
      if (damaged.includes(item)) return Promise.reject(new DataError(`image ${item} is broken`));
      return Promise.resolve(new Uint8Array(4).fill(50 * item));
    },
  };
}

Deno.test("streamedImages() returns the same batches as imageDataset()", async () => {
  const pixels = Uint8Array.from({ length: 16 }, (_, i) => 50 * (i >> 2));
  const inMemory = imageDataset("plain", { count: 4, height: 2, width: 2, channels: 1, pixels });
  const streamed = await streamedImages(source());
  assertEquals(await streamed.batch([2, 0, 2]), await inMemory.batch([2, 0, 2]));
  const { name, items, coordinates, pointCount, coordinateDim, featureDim, display } = streamed;
  const { batch: _, ...rest } = inMemory;
  assertEquals({ name, items, coordinates, pointCount, coordinateDim, featureDim, display }, rest);
  for (const item of [-1, 4, 0.5]) {
    await assertRejects(() => streamed.batch([item]), RangeError, `items 0 to 3, got index ${item}`);
    await assertRejects(() => streamed.pixels([item]), RangeError, `items 0 to 3, got index ${item}`);
  }
});

Deno.test("streamedImages() produces only what a batch needs, once for all runs that share a cache", async () => {
  const cache = new MemoryCacheStore();
  const first = source(), second = source();
  const set = await streamedImages(first, { cache });
  await set.batch([3, 1, 3]);
  assertEquals([...await set.pixels([1])], [50, 50, 50, 50]);
  assertEquals(first.produced, [3, 1]);
  const again = await streamedImages(second, { cache });
  assertEquals([...await again.pixels([3, 2])], [150, 150, 150, 150, 100, 100, 100, 100]);
  assertEquals(second.produced, [2]);
  const changed = source();
  await (await streamedImages({ ...changed, state: 2 }, { cache })).batch([3]);
  assertEquals(changed.produced, [3]);
});

Deno.test("streamedImages() throws the error of a damaged image", async () => {
  const set = await streamedImages(source([1]), { cache: new MemoryCacheStore() });
  await set.batch([0]);
  for (let attempt = 0; attempt < 2; attempt++) {
    await assertRejects(() => set.batch([1]), DataError, "image 1 is broken");
  }
});

Deno.test("streamedImages() replaces damaged images by the next intact one, and caches which are damaged", async () => {
  const cache = new MemoryCacheStore();
  const messages: string[] = [];
  const options = { cache, skipDamaged: true, report: (message: string) => messages.push(message) };
  const set = await streamedImages(source([1, 2, 3]), options);
  assertEquals([...await set.pixels([2, 1, 0])], new Array(12).fill(0));
  assertEquals([set.damaged, messages.length], [3, 3]);
  assertEquals(messages[0], "Skipped: image 2 is broken");
  const intact = source();
  const again = await streamedImages(intact, options);
  await again.batch([1]);
  assertEquals([again.damaged, intact.produced.length], [3, 0]);
  const strict = await streamedImages(source([1]), { cache });
  await assertRejects(() => strict.batch([1]), DataError, "image 1 is broken");
  const hopeless = await streamedImages(source([0, 1, 2, 3]), { skipDamaged: true });
  await assertRejects(() => hopeless.batch([1]), DataError, "All 4 images of plain are damaged");
});

Deno.test("streamedImages() continues without a cache that fails, and reports it once", async () => {
  const full = new MemoryCacheStore();
  const stores: readonly CacheStore[] = [
    { open: () => Promise.reject(new Error("no such disk")) },
    {
      open: async (set, version) => ({
        ...await full.open(set, version),
        write: () => Promise.reject(new Error("disk full")),
      }),
    },
  ];
  for (const [i, cache] of stores.entries()) {
    const messages: string[] = [];
    const set = await streamedImages(source(), { cache, report: (message) => messages.push(message) });
    assertEquals([...await set.pixels([1, 2])], [50, 50, 50, 50, 100, 100, 100, 100]);
    const reason = ["no such disk", "disk full"][i];
    assertEquals(messages, [
      `The cache of plain cannot be used (${reason}): its images are recomputed for each batch.`,
    ]);
    await set.close();
  }
});
