/**
 * GPU tuning measurements, stored on disk.
 * @module
 */
import type { TuningStore } from "@gasp/tensor";

/**
 * Stores each entry in a separate file. Without write permission the store is read-only.
 *
 * @param folder Path of the folder, created by the first write.
 */
export function fileTuningStore(folder: string): TuningStore {
  const pathOf = (key: string) => `${folder}/${key.replaceAll(/[^a-z0-9.-]+/gi, "_")}.json`;
  return {
    async getItem(key) {
      try {
        return await Deno.readTextFile(pathOf(key));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    async setItem(key, value) {
      const { state } = await Deno.permissions.query({ name: "write", path: folder });
      if (state !== "granted") return;
      await Deno.mkdir(folder, { recursive: true });
      // Other processes may write concurrently, so replace the file atomically
      const draft = await Deno.makeTempFile({ dir: folder });
      await Deno.writeTextFile(draft, value);
      await Deno.rename(draft, pathOf(key));
    },
  };
}
