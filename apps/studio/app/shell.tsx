/**
 * The frame of the application: navigation, the chosen model, the current view, messages.
 *
 * @module
 */
import { useComputed } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { reportError } from "../state/notices.ts";
import { linkTo, route } from "../state/route.ts";
import { Icon } from "../ui/icons.tsx";
import { DeviceNote } from "./device_note.tsx";
import { ModelPicker } from "./model_picker.tsx";
import { Notices } from "./notices.tsx";
import { ThemeButton } from "./theme_button.tsx";
import { type View, VIEWS } from "./views.ts";

/** The application. */
export function Shell(): JSX.Element {
  const view = useComputed(() => VIEWS.find(({ name }) => name === route.value.view) ?? VIEWS[0]!).value;
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>Skip to the content</a>
      <header class="bar">
        <a class="wordmark" href={linkTo("start")} aria-label="GASP Studio, start">
          GASP <em>Studio</em>
        </a>
        <nav class="views" aria-label="Views">
          {VIEWS.map(({ name, title }) => (
            <a key={name} href={linkTo(name)} aria-current={name === view.name ? "page" : undefined}>
              <Icon name={name} />
              <span>{title}</span>
            </a>
          ))}
        </nav>
        <div class="bar-end">
          <ModelPicker />
          <ThemeButton />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <CurrentView view={view} />
      </main>
      <DeviceNote />
      <Notices />
    </>
  );
}

/** Fragments are addresses of views here, so that the link cannot be followed as usual. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** Shows a view once its code is there; until then, the previous one. */
function CurrentView({ view }: { readonly view: View }): JSX.Element {
  const [shown, setShown] = useState<{ name: string; Component: ComponentType }>();
  useEffect(() => {
    let isCurrent = true;
    view.load().then(({ default: Component }) => {
      if (!isCurrent) return;
      setShown({ name: view.name, Component });
      document.title = view.name === "start" ? "GASP Studio" : `${view.title} · GASP Studio`;
    }, reportError);
    return () => isCurrent = false;
  }, [view]);
  if (!shown) return <div class="view" aria-busy="true" />;
  return <shown.Component key={shown.name} />;
}
