/**
 * Caches of data sets in a folder on disk.
 * @module
 */
import type { CacheFile, CacheStore } from "@gasp/datasets";

const SUFFIX = ".pixels";

/** Removes files of the set in other states. One that is in use or already gone is no matter. */
async function removeOthers(folder: string, set: string, keep: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name !== keep && name.startsWith(`${set}.`) && name.endsWith(SUFFIX)) {
      await Deno.remove(`${folder}/${name}`).catch(() => {});
    }
  }
}

/** Seeks and reads without a pause between, so that two calls never mix. */
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
 * Keeps caches of data sets in a folder, one file each. The folder is made when the first is opened.
 *
 * @param folder Where.
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
