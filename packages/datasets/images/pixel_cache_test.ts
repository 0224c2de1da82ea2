import { assertEquals, assertNotEquals } from "@std/assert";
import { type CacheFile, MemoryCacheStore } from "../core/cache_store.ts";
import { cacheKey, PixelCache } from "./pixel_cache.ts";

const ITEM = Uint8Array.of(1, 2, 3, 4, 5);

Deno.test("PixelCache stores items and which are damaged", async () => {
  const store = new MemoryCacheStore();
  const cache = await PixelCache.open(store, "set", "a", 4, 5);
  assertEquals(await cache.get(2), undefined);
  await cache.put(2, ITEM);
  await cache.put(0, "damaged");
  const again = await PixelCache.open(store, "set", "a", 4, 5);
  for (const one of [cache, again]) {
    assertEquals([await one.get(0), await one.get(1), await one.get(2)], ["damaged", undefined, ITEM]);
  }
});

Deno.test("PixelCache distinguishes items of zeros from missing ones", async () => {
  for (const length of [1, 4, 12]) {
    const cache = await PixelCache.open(new MemoryCacheStore(), "set", "a", 2, length);
    await cache.put(1, new Uint8Array(length));
    assertEquals([await cache.get(0), await cache.get(1)], [undefined, new Uint8Array(length)]);
  }
});

Deno.test("PixelCache discards items of other versions of a set", async () => {
  const store = new MemoryCacheStore();
  await (await PixelCache.open(store, "set", "a", 1, 5)).put(0, ITEM);
  await (await PixelCache.open(store, "other", "a", 1, 5)).put(0, ITEM);
  assertEquals(await (await PixelCache.open(store, "set", "b", 1, 5)).get(0), undefined);
  assertEquals(await (await PixelCache.open(store, "set", "a", 1, 5)).get(0), undefined);
  assertEquals(await (await PixelCache.open(store, "other", "a", 1, 5)).get(0), ITEM);
});

Deno.test("PixelCache discards an item with a corrupt byte", async () => {
  const store = new MemoryCacheStore();
  const tableBytes = 4 * 2;
  const fill = async (): Promise<CacheFile> => {
    const cache = await PixelCache.open(store, "set", "a", 2, 5);
    await cache.put(0, ITEM);
    await cache.put(1, ITEM);
    return await store.open("set", "a");
  };
  for (let byte = 0; byte < tableBytes + 5; byte++) {
    const file = await fill();
    const [value] = await file.read(byte, 1);
    await file.write(byte, Uint8Array.of(value! ^ 0x10));
    const cache = await PixelCache.open(store, "set", "a", 2, 5);
    const items = [await cache.get(0), await cache.get(1)];
    const broken = byte >= 4 && byte < tableBytes ? 1 : 0;
    assertEquals(items[broken], undefined, `byte ${byte}`);
    assertEquals(items[1 - broken], ITEM);
  }
});

Deno.test("PixelCache killed at any write holds whole items or none", async () => {
  const store = new MemoryCacheStore();
  for (let writes = 0; writes <= 4; writes++) {
    let left = writes;
    const stopping = {
      async open(set: string, version: string): Promise<CacheFile> {
        const file = await store.open(set, version + writes);
        return {
          ...file,
          write: (offset, bytes) =>
            left-- > 0 ? file.write(offset, bytes) : Promise.reject(new Error("killed")),
        };
      },
    };
    const cache = await PixelCache.open(stopping, "set", "a", 2, 5);
    await cache.put(1, ITEM).then(() => cache.put(0, ITEM)).catch(() => {});
    const again = await PixelCache.open(store, "set", `a${writes}`, 2, 5);
    const items = [await again.get(0), await again.get(1)];
    assertEquals(items, [writes >= 4 ? ITEM : undefined, writes >= 2 ? ITEM : undefined]);
  }
});

Deno.test("cacheKey() is a short key that distinguishes descriptions", async () => {
  assertEquals(await cacheKey(["a", 1]), await cacheKey(["a", 1]));
  assertNotEquals(await cacheKey(["a", 1]), await cacheKey(["a", "1"]));
  assertEquals(/^[0-9a-f]{32}$/.test(await cacheKey(null)), true);
});
