/**
 * Switches between the colours of the system, light and dark.
 *
 * @module
 */
import type { JSX } from "preact";
import { type Theme, theme } from "../state/theme.ts";
import { Icon, type IconName } from "../ui/icons.tsx";

const NEXT: Readonly<Record<Theme, { next: Theme; icon: IconName; label: string }>> = {
  system: { next: "light", icon: "auto", label: "Colours: as the system" },
  light: { next: "dark", icon: "sun", label: "Colours: light" },
  dark: { next: "system", icon: "moon", label: "Colours: dark" },
};

/** The button. */
export function ThemeButton(): JSX.Element {
  const { next, icon, label } = NEXT[theme.value];
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => theme.value = next}
    >
      <Icon name={icon} />
    </button>
  );
}
