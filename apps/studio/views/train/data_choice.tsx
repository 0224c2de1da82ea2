/**
 * Where the data of a new run come from.
 *
 * @module
 */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { bundled } from "../../state/library.ts";
import { reportError } from "../../state/notices.ts";
import type { FileSet } from "../../worker/training/protocol.ts";
import { Icon } from "../../ui/icons.tsx";
import { chosenFiles, droppedFiles } from "./file_sets.ts";

/** Sets that need no files, by their names in configurations; their pictures are those of the bundled models. */
const SETS = [
  { data: "mnist", title: "Digits", about: "10,000 handwritten digits of 28×28 pixels", picture: "digits" },
  { data: "faces", title: "Faces", about: "3,000 drawn faces in colour", picture: "faces" },
  { data: "chairs", title: "Chairs", about: "2,000 solid shapes in three dimensions", picture: "chairs" },
  {
    data: "examples/data/t2m.nc",
    title: "Climate",
    about: "Temperature over the globe, a field on the sphere",
    picture: "climate",
  },
] as const;

/** Properties of {@link DataChoice}. */
export interface DataChoiceProps {
  /** Name of the chosen set. */
  readonly chosen: string | undefined;
  /** Why the last data could not be used. */
  readonly failure: string | undefined;
  /** Receives the name of a chosen set. */
  readonly onBundled: (data: string) => void;
  /** Receives files. */
  readonly onFiles: (files: FileSet) => void;
}

/** Bundled sets, and a place to drop files. */
export function DataChoice({ chosen, failure, onBundled, onFiles }: DataChoiceProps): JSX.Element {
  return (
    <section class="shelf" aria-labelledby="train-data">
      <h2 id="train-data">Data</h2>
      <ul class="cards train-sets">
        {SETS.map(({ data, title, about, picture }) => (
          <li class="card" key={data}>
            <button
              type="button"
              class="card-choose"
              aria-pressed={chosen === data}
              onClick={() => onBundled(data)}
            >
              {bundled.value.some(({ name }) => name === picture)
                ? <img src={`models/${picture}.png`} alt="" loading="lazy" decoding="async" />
                : <span class="card-blank" aria-hidden="true">{title.slice(0, 1)}</span>}
              <span class="card-title">{title}</span>
              <span class="card-about">{about}</span>
            </button>
          </li>
        ))}
        <li class="card">
          <DropZone onFiles={onFiles} />
        </li>
      </ul>
      {failure && <p class="train-failure" role="alert">{failure}</p>}
    </section>
  );
}

/** A place for files, folders and runs. */
function DropZone({ onFiles }: Pick<DataChoiceProps, "onFiles">): JSX.Element {
  const files = useRef<HTMLInputElement>(null), folder = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const onChange = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    if (currentTarget.files?.length) onFiles(chosenFiles([...currentTarget.files]));
    // The same files can be chosen again
    currentTarget.value = "";
  };
  return (
    <div
      class={isOver ? "drop-zone over" : "drop-zone"}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        if (event.dataTransfer) droppedFiles(event.dataTransfer).then(onFiles, reportError);
      }}
    >
      <Icon name="open" />
      <p class="card-title">Your own</p>
      <p class="card-about">Drop pictures, meshes, NetCDF, WAV or NumPy files, a folder of them, or a run.</p>
      <div class="row">
        <button type="button" class="button small" onClick={() => files.current?.click()}>Files</button>
        <button type="button" class="button small" onClick={() => folder.current?.click()}>Folder</button>
      </div>
      <input ref={files} type="file" multiple hidden aria-label="Data files" onChange={onChange} />
      <input
        ref={folder}
        type="file"
        hidden
        aria-label="Data folder"
        onChange={onChange}
        {...{ webkitdirectory: true }}
      />
    </div>
  );
}
