/**
 * What was measured of GPUs, kept on disk.
 * @module
 */
import type { TuningStore } from "@gasp/tensor";

/**
 * Keeps each text in a file of its own. Without the permission to write, what is there is read and nothing is kept.
 *
 * @param folder Where. It is made when the first text is kept.
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
      // Two programs may write at once: whole files only take the place of each other.
      const draft = await Deno.makeTempFile({ dir: folder });
      await Deno.writeTextFile(draft, value);
      await Deno.rename(draft, pathOf(key));
    },
  };
}
