/**
 * The gallery: models that come with the page, runs in this browser, runs of the local server, and files from disk.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { bundled, hasServer, inBrowser, refreshRuns, served } from "../../state/library.ts";
import { modelRef, openFile, openFolder } from "../../state/model.ts";
import { reportError } from "../../state/notices.ts";
import { deleteRun } from "../../state/opfs.ts";
import { setParams } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";

/** Properties of {@link Card}. */
interface CardProps {
  readonly reference: string;
  readonly title: string;
  readonly about: string;
  /** Path of a picture of samples. */
  readonly picture?: string | undefined;
  readonly children?: ComponentChildren;
}

/** A model to choose. */
function Card({ reference, title, about, picture, children }: CardProps): JSX.Element {
  const isChosen = modelRef.value === reference;
  const choose = () => {
    setParams({ model: reference });
    scrollTo({ top: 0, behavior: "smooth" });
  };
  return (
    <li class="card">
      <button type="button" class="card-choose" aria-pressed={isChosen} onClick={choose}>
        {picture
          ? <img src={picture} alt="" loading="lazy" decoding="async" />
          : <span class="card-blank" aria-hidden="true">{title.slice(0, 1)}</span>}
        <span class="card-title">{title}</span>
        <span class="card-about">{about}</span>
      </button>
      {children}
    </li>
  );
}

function Shelf(
  { title, children }: { readonly title: string; readonly children: ComponentChildren },
): JSX.Element {
  return (
    <section class="shelf">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** All shelves. */
export function Gallery(): JSX.Element {
  const runs = served.value ?? [];
  return (
    <div class="gallery">
      <Shelf title="With the studio">
        <ul class="cards">
          {bundled.value.map(({ name, title, about }) => (
            <Card
              key={name}
              reference={`bundled/${name}`}
              title={title}
              about={about}
              picture={`models/${name}.png`}
            />
          ))}
        </ul>
      </Shelf>
      {hasServer && (
        <Shelf title="Under runs/">
          {runs.length === 0
            ? (
              <p class="muted">
                No runs yet: train one here, or with <code>deno task train</code>.
              </p>
            )
            : (
              <ul class="cards">
                {runs.map((run) => (
                  <Card
                    key={run.name}
                    reference={`runs/${run.name}`}
                    title={run.name}
                    about={`${run.preset}, ${run.method}, step ${run.step.toLocaleString("en")}${
                      run.live ? " · training now" : ""
                    }`}
                    picture={run.sheet}
                  />
                ))}
              </ul>
            )}
        </Shelf>
      )}
      <Shelf title="In this browser">
        <OpenFromDisk />
        <ul class="cards">
          {inBrowser.value.map((name) => (
            <Card key={name} reference={`browser/${name}`} title={name} about="Stored in this browser">
              <button
                type="button"
                class="icon-button card-delete"
                aria-label={`Delete ${name}`}
                onClick={() =>
                  deleteRun(name).then(refreshRuns).catch(reportError)}
              >
                <Icon name="trash" />
              </button>
            </Card>
          ))}
        </ul>
      </Shelf>
    </div>
  );
}

/** Buttons for files and folders; dropping works anywhere on the page. */
function OpenFromDisk(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="open">
      <button type="button" class="button" onClick={() => input.current?.click()}>
        <Icon name="open" /> Open a model
      </button>
      {"showDirectoryPicker" in globalThis && (
        <button
          type="button"
          class="button"
          onClick={() => pickFolder().catch(reportError)}
        >
          Open the folder of a run
        </button>
      )}
      <p class="muted">
        Or drop a <code>.safetensors</code>{" "}
        file or the folder of a run anywhere on this page. Nothing leaves your computer.
      </p>
      <input
        ref={input}
        type="file"
        accept=".safetensors"
        hidden
        aria-label="Model file"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) openFile(file, file.name.replace(/\.safetensors$/, "")).catch(reportError);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}

/** Chromium's picker of folders, which the types of the DOM do not have yet. */
interface DirectoryPicker {
  showDirectoryPicker(options: { readonly id: string }): Promise<FileSystemDirectoryHandle>;
}

async function pickFolder(): Promise<void> {
  const picker = globalThis as unknown as DirectoryPicker;
  const folder = await picker.showDirectoryPicker({ id: "run" }).catch((error: DOMException) => {
    if (error.name === "AbortError") return undefined;
    throw error;
  });
  if (folder) await openFolder(folder);
}
