/**
 * A sheet of samples from a file.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Properties of {@link SheetImage}. */
export interface SheetImageProps {
  /** The file, or its address; undefined: there is none yet. */
  readonly file: Blob | string | undefined;
}

/** The sheet. */
export function SheetImage({ file }: SheetImageProps): JSX.Element {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!(file instanceof Blob)) return setUrl(file);
    const created = URL.createObjectURL(file);
    setUrl(created);
    return () => URL.revokeObjectURL(created);
  }, [file]);
  return url
    ? <img class="picture" src={url} alt="Newest sheet of samples" />
    : <div class="train-blank">No samples yet</div>;
}
