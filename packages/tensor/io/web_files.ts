/**
 * The part of the browsers' File System API that is used here, written out so that neither its types nor a browser are needed.
 * It covers the origin-private file system, folders that a user has picked, and those dropped on a page.
 *
 * @module
 */

/**
 * A file that only one holder may change: the synchronous access that workers have to origin-private files.
 *
 * @category Files
 */
export interface WebFileAccess {
  /** Returns the size in bytes. */
  getSize(): number;
  /** Writes bytes at a position; returns how many, fewer if the storage is full. */
  write(bytes: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  /** Shortens or extends the file. */
  truncate(size: number): void;
  /** Waits until the storage has it all. */
  flush(): void;
  /** Ends the access. */
  close(): void;
}

/**
 * A stream into a file, whose contents are replaced when it is closed.
 *
 * @category Files
 */
export interface WebFileStream {
  /** Writes bytes, at a position or after those before. */
  write(
    data: Uint8Array<ArrayBuffer> | {
      readonly type: "write";
      readonly position: number;
      readonly data: Uint8Array<ArrayBuffer>;
    },
  ): Promise<void>;
  /** Replaces the file. */
  close(): Promise<void>;
  /** Leaves the file as it was. */
  abort(): Promise<void>;
}

/**
 * A file: `FileSystemFileHandle`.
 *
 * @category Files
 */
export interface WebFile {
  /** Discriminant. */
  readonly kind: "file";
  /** Its name in its folder. */
  readonly name: string;
  /** Opens it for reading. */
  getFile(): Promise<Blob & { readonly lastModified: number }>;
  /** Opens it for writing in place; absent outside workers and outside origin-private storage. */
  createSyncAccessHandle?(): Promise<WebFileAccess>;
  /** Opens it for writing; absent in some browsers. */
  createWritable?(options?: { readonly keepExistingData?: boolean }): Promise<WebFileStream>;
  /** Gives it another name, replacing a file of that name; absent in some browsers. */
  move?(name: string): Promise<void>;
}

/**
 * A folder: `FileSystemDirectoryHandle`.
 *
 * @category Files
 */
export interface WebFolder {
  /** Discriminant. */
  readonly kind: "directory";
  /** Its name. */
  readonly name: string;
  /** Opens a file. */
  getFileHandle(name: string, options?: { readonly create?: boolean }): Promise<WebFile>;
  /** Opens a folder in it. */
  getDirectoryHandle(name: string, options?: { readonly create?: boolean }): Promise<WebFolder>;
  /** Deletes a file or folder. */
  removeEntry(name: string, options?: { readonly recursive?: boolean }): Promise<void>;
  /** Lists what it holds. */
  entries(): AsyncIterable<[string, WebFile | WebFolder]>;
}
