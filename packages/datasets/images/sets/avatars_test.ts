import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { avatarDataset, avatarFace, avatarImages } from "./avatars.ts";
import { MemoryCacheStore } from "../../core/cache_store.ts";

Deno.test("avatarFace() is a function of seed and index, with varied traits", () => {
  assertEquals(avatarFace(3, 5), avatarFace(3, 5));
  assertNotEquals(avatarFace(3, 5), avatarFace(4, 5));
  const faces = Array.from({ length: 400 }, (_, item) => avatarFace(0, item));
  const kinds = (trait: keyof ReturnType<typeof avatarFace>) =>
    new Set(faces.map((face) => face[trait])).size;
  assertEquals(
    [
      kinds("hair"),
      kinds("rearHair"),
      kinds("beard"),
      kinds("skinColor"),
      kinds("hairColor"),
      kinds("background"),
    ],
    [4, 5, 6, 5, 5, 12],
  );
  const share = (trait: "beard" | "rearHair") => faces.filter((face) => face[trait]).length / faces.length;
  assert(Math.abs(share("rearHair") - 0.5) < 0.1 && Math.abs(share("beard") - 0.375) < 0.1);
  assertEquals(faces.some(({ hair, beard }) => hair === "bun" && beard !== undefined), false);
});

Deno.test("avatarImages() draws aligned faces over their backgrounds", async () => {
  const size = 32, count = 6;
  const { pixels, ...rest } = await avatarImages({ count, resolution: size, seed: 1 });
  assertEquals(rest, { count, height: size, width: size, channels: 3 });
  const hex = (item: number, row: number, column: number) => {
    const start = ((item * size + row) * size + column) * 3;
    return Array.from(pixels.subarray(start, start + 3), (v) => v.toString(16).padStart(2, "0")).join("");
  };
  for (let item = 0; item < count; item++) {
    const face = avatarFace(1, item);
    assertEquals([hex(item, 0, 0), hex(item, 0, size - 1)], [face.background, face.background]);
    // Between the eyebrows.
    assertEquals(hex(item, 17, 16), face.skinColor);
  }
});

Deno.test("avatarDataset() returns the same face in any batch, and caches it", async () => {
  const cache = new MemoryCacheStore();
  const set = await avatarDataset({ count: 4, resolution: 16, seed: 2, cache });
  const all = await set.batch([0, 1, 2, 3]);
  const again = await avatarDataset({ count: 4, resolution: 16, seed: 2, cache });
  assertEquals(await again.batch([2]), all.slice(2 * 768, 3 * 768));
  assertEquals([set.items, set.featureDim, set.name], [4, 3, "faces"]);
  await assertRejects(
    () => avatarDataset({ count: 0, resolution: 16 }),
    RangeError,
    "count must be an integer",
  );
  await assertRejects(() => avatarDataset({ count: 1, resolution: 1 }), RangeError, "got 1");
});
