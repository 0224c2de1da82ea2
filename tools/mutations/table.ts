/** All readers. */
import type { Reader } from "./reader.ts";
import { ARCHIVES } from "./readers/archives.ts";
import { COMPRESSED_SOUNDS } from "./readers/compressed_sounds.ts";
import { FIELDS } from "./readers/fields.ts";
import { HDF5 } from "./readers/hdf5.ts";
import { PICTURES } from "./readers/pictures.ts";
import { SHAPES } from "./readers/shapes.ts";
import { SOUNDS_AND_ARRAYS } from "./readers/sounds_and_arrays.ts";
import { TENSORS } from "./readers/tensors.ts";

/** Every reader of files. */
export const READERS: readonly Reader[] = [
  ...PICTURES,
  ...SOUNDS_AND_ARRAYS,
  ...COMPRESSED_SOUNDS,
  ...FIELDS,
  ...HDF5,
  ...ARCHIVES,
  ...SHAPES,
  ...TENSORS,
];
