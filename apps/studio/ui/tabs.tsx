/**
 * Tabs with one panel.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

/** Properties of {@link Tabs}. */
export interface TabsProps<Name extends string> {
  /** What the tabs choose. */
  readonly label: string;
  /** Tabs in order. */
  readonly tabs: readonly { readonly name: Name; readonly title: string }[];
  /** Name of the chosen one. */
  readonly chosen: Name;
  /** Receives the name of another one. */
  readonly onChoose: (name: Name) => void;
  /** Panel of the chosen tab. */
  readonly children: ComponentChildren;
}

/** Tabs; arrow keys move between them, as the pattern of the W3C has it. */
export function Tabs<Name extends string>(
  { label, tabs, chosen, onChoose, children }: TabsProps<Name>,
): JSX.Element {
  const id = useId(), index = tabs.findIndex(({ name }) => name === chosen);
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const { name } = tabs[(index + step + tabs.length) % tabs.length]!;
    onChoose(name);
    document.getElementById(`${id}-${name}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(({ name, title }) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            aria-selected={name === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => onChoose(name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="stack" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </>
  );
}
