/**
 * Caches of data sets in a folder on disk.
 * @module
 */
import type { CacheFile, CacheStore } from "@gasp/datasets";

const SUFFIX = ".pixels";

/** Removes cache files of other versions of the set. Files in use or already removed are ignored. */
async function removeOthers(folder: string, set: string, keep: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name !== keep && name.startsWith(`${set}.`) && name.endsWith(SUFFIX)) {
      await Deno.remove(`${folder}/${name}`).catch(() => {});
    }
  }
}

/** Seeks and reads synchronously, so that concurrent calls do not interleave. */
class DiskCacheFile implements CacheFile {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return Promise.try(() => {
      const bytes = new Uint8Array(length);
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      let filled = 0;
      while (filled < length) {
        const count = this.#file.readSync(bytes.subarray(filled));
        if (count === null) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    });
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    return Promise.try(() => {
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      let written = 0;
      while (written < bytes.length) written += this.#file.writeSync(bytes.subarray(written));
    });
  }

  close(): Promise<void> {
    return Promise.try(() => this.#file.close());
  }
}

/**
 * Stores caches of data sets in a folder, one file each. The folder is created on first use.
 *
 * @param folder Path of the folder.
 */
export function diskCacheStore(folder: string): CacheStore {
  return {
    async open(set, version) {
      const name = `${set}.${version}${SUFFIX}`;
      await Deno.mkdir(folder, { recursive: true });
      await removeOthers(folder, set, name);
      const options = { read: true, write: true, create: true };
      return new DiskCacheFile(await Deno.open(`${folder}/${name}`, options));
    },
  };
}
