/**
 * The File System API in memory, for tests: as strict about exclusive access, missing entries and full storage as browsers.
 *
 * @module
 */
import type { WebFile, WebFileAccess, WebFileStream, WebFolder } from "@gasp/tensor";

/** What the storage of a test can do. */
export interface MemoryFolderOptions {
  /** Whether files have synchronous access and can be renamed, as in the workers of current browsers. Default true. */
  readonly inWorker?: boolean;
  /** Bytes that all files may have. Default: no limit. */
  readonly quota?: number;
}

const missing = (name: string) => new DOMException(`${name} could not be found`, "NotFoundError");

class MemoryFile implements WebFile {
  readonly kind = "file";
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
  #isHeld = false;
  createSyncAccessHandle?: () => Promise<WebFileAccess>;
  move?: (name: string) => Promise<void>;

  constructor(public name: string, readonly folder: MemoryFolder) {
    if (!folder.inWorker) return;
    this.createSyncAccessHandle = () => Promise.resolve().then(() => this.#access());
    this.move = (to) => {
      folder.files.delete(this.name);
      folder.files.set(this.name = to, this);
      return Promise.resolve();
    };
  }

  getFile() {
    return Promise.resolve(new File([this.bytes.slice()], this.name, { lastModified: 1 }));
  }

  resize(size: number): void {
    if (size > this.folder.available() + this.bytes.length) {
      throw new DOMException("no space", "QuotaExceededError");
    }
    const resized = new Uint8Array(size);
    resized.set(this.bytes.subarray(0, size));
    this.bytes = resized;
  }

  createWritable(options?: { readonly keepExistingData?: boolean }): Promise<WebFileStream> {
    const copy = new MemoryFile(this.name, this.folder);
    if (options?.keepExistingData) copy.bytes = this.bytes.slice();
    let at = 0;
    return Promise.resolve({
      write: (part) => {
        const { position, data } = part instanceof Uint8Array ? { position: at, data: part } : part;
        at = position + data.length;
        copy.resize(Math.max(copy.bytes.length, at));
        copy.bytes.set(data, position);
        return Promise.resolve();
      },
      close: () => Promise.resolve(void (this.bytes = copy.bytes)),
      abort: () => Promise.resolve(),
    });
  }

  #access(): WebFileAccess {
    if (this.#isHeld) throw new DOMException("another access is open", "NoModificationAllowedError");
    this.#isHeld = true;
    return {
      getSize: () => this.bytes.length,
      write: (bytes, { at }) => {
        this.resize(Math.max(this.bytes.length, at + bytes.length));
        this.bytes.set(bytes, at);
        return bytes.length;
      },
      truncate: (size) => this.resize(size),
      flush: () => {},
      close: () => void (this.#isHeld = false),
    };
  }
}

class MemoryFolder implements WebFolder {
  readonly kind = "directory";
  readonly files = new Map<string, MemoryFile | MemoryFolder>();

  constructor(readonly name: string, readonly inWorker: boolean, readonly available: () => number) {}

  /** Number of bytes of all files. */
  get size(): number {
    return this.files.values().reduce(
      (sum, entry) => sum + (entry.kind === "file" ? entry.bytes.length : entry.size),
      0,
    );
  }

  getFileHandle(name: string, options?: { readonly create?: boolean }): Promise<WebFile> {
    return Promise.resolve(
      this.#entry(name, options?.create, "file", () => new MemoryFile(name, this)) as MemoryFile,
    );
  }

  getDirectoryHandle(name: string, options?: { readonly create?: boolean }): Promise<WebFolder> {
    const create = () => new MemoryFolder(name, this.inWorker, this.available);
    return Promise.resolve().then(() =>
      this.#entry(name, options?.create, "directory", create) as MemoryFolder
    );
  }

  removeEntry(name: string, options?: { readonly recursive?: boolean }): Promise<void> {
    const entry = this.files.get(name);
    if (entry === undefined) return Promise.reject(missing(name));
    if (entry.kind === "directory" && entry.files.size > 0 && !options?.recursive) {
      return Promise.reject(new DOMException("not empty", "InvalidModificationError"));
    }
    this.files.delete(name);
    return Promise.resolve();
  }

  async *entries(): AsyncIterable<[string, WebFile | WebFolder]> {
    yield* this.files;
  }

  #entry(
    name: string,
    create: boolean | undefined,
    kind: "file" | "directory",
    open: () => MemoryFile | MemoryFolder,
  ) {
    const found = this.files.get(name);
    if (found !== undefined && found.kind !== kind) {
      throw new DOMException(`${name} is a ${found.kind}`, "TypeMismatchError");
    }
    if (found === undefined && !create) throw missing(name);
    const entry = found ?? open();
    this.files.set(name, entry);
    return entry;
  }
}

/**
 * Creates an empty folder.
 *
 * @param name Its name.
 * @param options What its storage can do.
 */
export function memoryFolder(
  name: string,
  { inWorker = true, quota = Infinity }: MemoryFolderOptions = {},
): WebFolder {
  const folder: MemoryFolder = new MemoryFolder(name, inWorker, () => quota - folder.size);
  return folder;
}
