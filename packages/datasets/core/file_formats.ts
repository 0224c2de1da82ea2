/**
 * The file formats that are read: endings of their names, and the kind of data that they hold.
 *
 * @module
 */

/**
 * Kinds of data that files hold.
 *
 * @category Data
 */
export const DATA_KINDS = [
  "digits",
  "images",
  "shapes",
  "occupancy",
  "climate",
  "curves",
  "glyphs",
  "points",
] as const;

/**
 * Kind of data that files hold.
 *
 * @category Data
 */
export type DataKind = typeof DATA_KINDS[number];

/** A file format. */
interface FileFormat {
  /** Kind of its data; `arrays` if the kind depends on the array. */
  readonly kind: DataKind | "arrays";
  /** Endings of file names in lower case, the usual one first. */
  readonly endings: readonly string[];
  /** Whether files may also be gzipped: the ending followed by `.gz`. */
  readonly gzip?: boolean;
}

const FORMATS = {
  idx: { kind: "digits", endings: ["idx3-ubyte", "idx1-ubyte", "idx3.ubyte", "idx1.ubyte"], gzip: true },
  png: { kind: "images", endings: [".png"] },
  jpeg: { kind: "images", endings: [".jpg", ".jpeg", ".jpe", ".jfif"] },
  webp: { kind: "images", endings: [".webp"] },
  gif: { kind: "images", endings: [".gif"] },
  bmp: { kind: "images", endings: [".bmp", ".dib"] },
  tiff: { kind: "images", endings: [".tif", ".tiff"] },
  avif: { kind: "images", endings: [".avif"] },
  parquet: { kind: "images", endings: [".parquet"] },
  binvox: { kind: "shapes", endings: [".binvox"], gzip: true },
  obj: { kind: "shapes", endings: [".obj"] },
  ply: { kind: "shapes", endings: [".ply"] },
  glb: { kind: "shapes", endings: [".glb"] },
  gltf: { kind: "shapes", endings: [".gltf"] },
  off: { kind: "shapes", endings: [".off"] },
  stl: { kind: "shapes", endings: [".stl"] },
  netcdf: { kind: "climate", endings: [".nc", ".nc3", ".nc4", ".cdf", ".netcdf"], gzip: true },
  hdf5: { kind: "climate", endings: [".h5", ".hdf5"], gzip: true },
  wav: { kind: "curves", endings: [".wav", ".wave"] },
  flac: { kind: "curves", endings: [".flac"] },
  mp3: { kind: "curves", endings: [".mp3"] },
  ogg: { kind: "curves", endings: [".ogg", ".oga", ".opus"] },
  npy: { kind: "arrays", endings: [".npy"], gzip: true },
  npz: { kind: "arrays", endings: [".npz"] },
  torch: { kind: "arrays", endings: [".pt", ".pth"] },
} as const satisfies Readonly<Record<string, FileFormat>>;

/** Name of a file format. */
export type FormatName = keyof typeof FORMATS;

const NAMES = Object.keys(FORMATS) as readonly FormatName[];

/** Files and folders that systems leave behind, in archives too. */
const LEFT_BEHIND = /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini|@eaDir|\$RECYCLE\.BIN)$/i;

/**
 * Whether a file, or a folder on its path, is one that systems leave behind: `._a.wav`, `.DS_Store`, `__MACOSX/a.png`.
 *
 * @param path Path relative to the folder that is read.
 */
export function isLeftBehind(path: string): boolean {
  return path.split("/").some((part) => LEFT_BEHIND.test(part));
}

/**
 * Finds the format of a file by the ending of its name, in upper or lower case.
 *
 * @param fileName Path of the file, relative to the folder that is read.
 * @returns Name of the format; `undefined` for files that are not data, or that systems leave behind.
 */
export function formatOf(fileName: string): FormatName | undefined {
  if (isLeftBehind(fileName)) return undefined;
  const name = fileName.toLowerCase(), unzipped = withoutGz(name);
  return NAMES.find((format) => {
    const { endings, gzip }: FileFormat = FORMATS[format];
    return endings.some((ending) => (gzip ? unzipped : name).endsWith(ending));
  });
}

/**
 * Finds the kind of data in a file by the ending of its name.
 *
 * @param fileName Name of the file.
 * @returns Kind; `arrays` if it depends on the array, `undefined` for files that are not data.
 */
export function kindOf(fileName: string): DataKind | "arrays" | undefined {
  const format = formatOf(fileName);
  return format && FORMATS[format].kind;
}

/**
 * Selects the files of some formats.
 *
 * @param fileNames Names of files, in any order.
 * @param formats Names of the formats.
 * @returns The names of such files, sorted.
 */
export function filesOfFormat(fileNames: readonly string[], ...formats: readonly FormatName[]): string[] {
  return fileNames.filter((name) => {
    const format = formatOf(name);
    return format !== undefined && formats.includes(format);
  }).sort();
}

/**
 * Removes the ending `.gz`.
 *
 * @param fileName Name of a file.
 */
export function withoutGz(fileName: string): string {
  return fileName.replace(/\.gz$/i, "");
}

/** Lists all kinds with the usual endings of their formats, for messages: `images (.png, .jpg), …`. */
export function describeFormats(): string {
  const formats: readonly FileFormat[] = NAMES.map((name) => FORMATS[name]);
  const kinds = [...new Set(formats.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const endings = formats.filter((format) => format.kind === kind).map((format) => format.endings[0]);
    return `${kind} (${endings.join(", ")})`;
  }).join(", ");
}
