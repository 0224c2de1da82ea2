import { assertEquals, assertRejects } from "@std/assert";
import { type CacheStore, MemoryCacheStore } from "../core/cache_store.ts";
import { DataError } from "../core/data_error.ts";
import { imageDataset } from "./images.ts";
import { type PictureSource, streamedImages } from "./streamed_images.ts";

/** Grey 2×2 pictures of which each is plain; it notes which were made. */
function source(damaged: readonly number[] = []): PictureSource & { readonly made: number[] } {
  const made: number[] = [];
  return {
    name: "plain",
    items: 4,
    resolution: 2,
    channels: 1,
    identity: "plain",
    state: 1,
    made,
    pixels(item) {
      made.push(item);
      if (damaged.includes(item)) return Promise.reject(new DataError(`picture ${item} is broken`));
      return Promise.resolve(new Uint8Array(4).fill(50 * item));
    },
  };
}

Deno.test("streamedImages() gives the batches of the same pictures in memory", async () => {
  const pixels = Uint8Array.from({ length: 16 }, (_, i) => 50 * (i >> 2));
  const inMemory = imageDataset("plain", { count: 4, height: 2, width: 2, channels: 1, pixels });
  const streamed = await streamedImages(source());
  assertEquals(await streamed.batch([2, 0, 2]), await inMemory.batch([2, 0, 2]));
  const { name, items, coordinates, pointCount, coordinateDim, featureDim, display } = streamed;
  const { batch: _, ...rest } = inMemory;
  assertEquals({ name, items, coordinates, pointCount, coordinateDim, featureDim, display }, rest);
  for (const item of [-1, 4, 0.5]) {
    await assertRejects(() => streamed.batch([item]), RangeError, `items 0 to 3, asked for ${item}`);
  }
});

Deno.test("streamedImages() makes only what a batch needs, once for all runs that share a cache", async () => {
  const cache = new MemoryCacheStore();
  const first = source(), second = source();
  const set = await streamedImages(first, { cache });
  await set.batch([3, 1, 3]);
  assertEquals([...await set.pixels([1])], [50, 50, 50, 50]);
  assertEquals(first.made, [3, 1]);
  const again = await streamedImages(second, { cache });
  assertEquals([...await again.pixels([3, 2])], [150, 150, 150, 150, 100, 100, 100, 100]);
  assertEquals(second.made, [2]);
  const changed = source();
  await (await streamedImages({ ...changed, state: 2 }, { cache })).batch([3]);
  assertEquals(changed.made, [3]);
});

Deno.test("streamedImages() ends with the error of a damaged picture", async () => {
  const set = await streamedImages(source([1]), { cache: new MemoryCacheStore() });
  await set.batch([0]);
  for (let attempt = 0; attempt < 2; attempt++) {
    await assertRejects(() => set.batch([1]), DataError, "picture 1 is broken");
  }
});

Deno.test("streamedImages() replaces damaged pictures by the next, and remembers them", async () => {
  const cache = new MemoryCacheStore();
  const told: string[] = [];
  const options = { cache, skipDamaged: true, report: (message: string) => told.push(message) };
  const set = await streamedImages(source([1, 2, 3]), options);
  assertEquals([...await set.pixels([2, 1, 0])], new Array(12).fill(0));
  assertEquals([set.damaged, told.length], [3, 3]);
  assertEquals(told[0], "Skipped: picture 2 is broken");
  const sound = source();
  const again = await streamedImages(sound, options);
  await again.batch([1]);
  assertEquals([again.damaged, sound.made.length], [3, 0]);
  const strict = await streamedImages(source([1]), { cache });
  await assertRejects(() => strict.batch([1]), DataError, "picture 1 is broken");
  const hopeless = await streamedImages(source([0, 1, 2, 3]), { skipDamaged: true });
  await assertRejects(() => hopeless.batch([1]), DataError, "All 4 pictures of plain are damaged");
});

Deno.test("streamedImages() goes on without a cache that fails, and says so once", async () => {
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
    const told: string[] = [];
    const set = await streamedImages(source(), { cache, report: (message) => told.push(message) });
    assertEquals([...await set.pixels([1, 2])], [50, 50, 50, 50, 100, 100, 100, 100]);
    const reason = ["no such disk", "disk full"][i];
    assertEquals(told, [
      `The cache of plain cannot be used (${reason}): its pictures are made anew for each batch.`,
    ]);
    await set.close();
  }
});
