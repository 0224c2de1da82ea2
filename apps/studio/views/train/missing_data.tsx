/**
 * Asks for the data of a run that are not in this browser.
 *
 * @module
 */
import type { JSX } from "preact";
import { reportError } from "../../state/notices.ts";
import type { FileSet } from "../../worker/training/protocol.ts";
import { chosenFiles, droppedFiles } from "./file_sets.ts";

/** Properties of {@link MissingData}. */
export interface MissingDataProps {
  /** Name of the data. */
  readonly data: string;
  /** Receives the files. */
  readonly onFiles: (files: FileSet) => void;
}

/** A place for the data. */
export function MissingData({ data, onFiles }: MissingDataProps): JSX.Element {
  return (
    <div
      class="drop-zone"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        if (event.dataTransfer) droppedFiles(event.dataTransfer).then(onFiles, reportError);
      }}
    >
      <p>
        To continue, drop the data <code>{data}</code> here, or choose them.
      </p>
      <input
        type="file"
        multiple
        aria-label={`Files of ${data}`}
        onChange={({ currentTarget: { files } }) => files?.length && onFiles(chosenFiles([...files]))}
      />
    </div>
  );
}
