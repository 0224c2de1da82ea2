/**
 * What a file really is, by its content: downloads often have the wrong ending, or are an error message.
 *
 * @module
 */

/** A kind of content that is not read here, and what to do about it. */
interface Content {
  /** What it is, as in "FILE is …". */
  readonly what: string;
  /** What to do. */
  readonly cure: string;
}

const DOWNLOAD = "download it again, logged in and with the link of the file itself";

/** Signatures at the beginning of files. */
const SIGNATURES: readonly (readonly [signature: string, content: Content])[] = [
  ["GRIB", { what: "a GRIB file", cure: "convert it with cdo -f nc copy IN.grib OUT.nc or grib_to_netcdf" }],
  ["BUFR", { what: "a BUFR file", cure: "convert it with bufr_dump or ask for NetCDF" }],
  ["\x0e\x03\x13\x01", { what: "an HDF 4 file", cure: "convert it with h4tonccf IN.hdf OUT.nc" }],
  ["PK\x03\x04", { what: "a ZIP archive", cure: "unpack it" }],
  ["PK\x05\x06", { what: "an empty ZIP archive", cure: "download it again" }],
  ["\x1f\x8b", { what: "a gzip file", cure: "unpack it with gunzip" }],
  ["\x28\xb5\x2f\xfd", { what: "a Zstandard file", cure: "unpack it with zstd -d" }],
  ["BZh", { what: "a bzip2 file", cure: "unpack it with bunzip2" }],
  ["\xfd7zXZ", { what: "an xz file", cure: "unpack it with unxz" }],
  ["7z\xbc\xaf", { what: "a 7-Zip archive", cure: "unpack it" }],
  ["Rar!", { what: "a RAR archive", cure: "unpack it" }],
  ["%PDF", { what: "a PDF document", cure: DOWNLOAD }],
  ["\x89PNG", { what: "a PNG picture", cure: "give it its ending .png" }],
  ["\xff\xd8\xff", { what: "a JPEG picture", cure: "give it its ending .jpg" }],
  ["RIFF", { what: "a RIFF file, as WAV files are", cure: "give it its ending .wav" }],
  ["fLaC", { what: "a FLAC sound", cure: "give it its ending .flac" }],
  ["OggS", { what: "an Ogg file", cure: "give it its ending .ogg" }],
  ["PAR1", { what: "a Parquet table", cure: "give it its ending .parquet" }],
  ["CDF", { what: "a NetCDF 3 file", cure: "give it its ending .nc" }],
  ["\x89HDF", { what: "a NetCDF 4 or HDF5 file", cure: "give it its ending .nc or .h5" }],
  ["\x93NUMPY", { what: "a NumPy array", cure: "give it its ending .npy" }],
  ["version https://git-lfs", { what: "a pointer of Git LFS", cure: "fetch the file with git lfs pull" }],
];

/**
 * Describes what a file is that cannot be read, with the cure: `a.nc is a GRIB file, …`.
 *
 * @param start The first bytes of the file, a few hundred if it has as many.
 * @param name File name for messages.
 * @param expected What it should be: `a NetCDF file`.
 * @returns A sentence.
 */
export function describeContent(start: Uint8Array, name: string, expected: string): string {
  if (start.length === 0) return `${name} is empty, expected ${expected}: download it again.`;
  const text = String.fromCharCode(...start.subarray(0, 512));
  const known = SIGNATURES.find(([signature]) => text.startsWith(signature))?.[1];
  if (known !== undefined) return `${name} is ${known.what}, not ${expected}: ${known.cure}.`;
  // GRIB messages may follow a header of a bulletin.
  const grib = text.indexOf("GRIB"), edition = start[grib + 7];
  if (grib >= 0 && grib <= 100 && (edition === 1 || edition === 2)) {
    return `${name} is a GRIB file, not ${expected}: ${SIGNATURES[0]![1].cure}.`;
  }
  const readable = text.replace(/^\xef\xbb\xbf/, "").trimStart();
  if (/^<(!doctype|html|head|body|\?xml|error)/i.test(readable)) {
    return `${name} is a web page (${shown(readable)}), not ${expected}: the download failed; ${DOWNLOAD}.`;
  }
  if (/^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(text)) {
    return `${name} is a text (${shown(readable)}), not ${expected}: if it is an error message, ${DOWNLOAD}.`;
  }
  if (start.every((byte) => byte === 0)) {
    return `${name} begins with zeros, expected ${expected}: the download broke off; download it again.`;
  }
  return `${name} is not ${expected}: it has neither its beginning nor that of another known format. Download it again.`;
}

/** Beginnings of pictures and sounds, and the usual endings of their names. */
const ENDINGS: readonly (readonly [start: RegExp, ending: string])[] = [
  [/^\x89PNG/, ".png"],
  [/^\xff\xd8\xff/, ".jpg"],
  [/^GIF8/, ".gif"],
  [/^RIFF....WEBP/s, ".webp"],
  [/^(?:II\*\0|MM\0\*)/, ".tif"],
  [/^....ftypavi[fs]/s, ".avif"],
  [/^BM/, ".bmp"],
  [/^(?:RIFF|RF64|BW64)....WAVE/s, ".wav"],
  [/^fLaC/, ".flac"],
  [/^OggS/, ".ogg"],
  // With a tag, or from the first frame of MPEG audio of layer III.
  [/^(?:ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb])/, ".mp3"],
];

/**
 * Returns the usual ending of the name of a picture or sound.
 *
 * @param start Its first bytes.
 * @returns The ending; `undefined` if it is neither.
 */
export function endingOfContent(start: Uint8Array): string | undefined {
  const text = String.fromCharCode(...start.subarray(0, 16));
  return ENDINGS.find(([beginning]) => beginning.test(text))?.[1];
}

/** Returns the beginning of a text in quotes. */
function shown(text: string): string {
  const line = text.split("\n", 1)[0]!.trim();
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 57)}...` : line);
}
