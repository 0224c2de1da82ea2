import { assertEquals } from "@std/assert";
import { fileTuningStore } from "./tuning_store.ts";

Deno.test("fileTuningStore() stores entries by key in a folder that need not exist", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const store = fileTuningStore(`${folder}/new`), key = "webgpu products 1: vendor, a/b (GPU)";
    assertEquals(await store.getItem(key), null);
    await store.setItem(key, "first");
    await store.setItem(key, "second");
    await store.setItem("other", "third");
    assertEquals(await fileTuningStore(`${folder}/new`).getItem(key), "second");
    const names = [...Deno.readDirSync(`${folder}/new`)].map(({ name }) => name).sort();
    assertEquals(names, ["other.json", "webgpu_products_1_vendor_a_b_GPU_.json"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
