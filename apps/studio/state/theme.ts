/**
 * Dark and light: as the system says, unless the user chose.
 *
 * @module
 */
import { effect, signal } from "@preact/signals";

/** A choice of colours. */
export type Theme = "system" | "light" | "dark";

const KEY = "gasp-studio-theme";

/** The chosen colours. */
export const theme = signal<Theme>(stored());

/** Applies the chosen colours to the page. Call it once. */
export function applyTheme(): void {
  effect(() => {
    const { value } = theme;
    if (value === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = value;
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // Without storage the choice ends with the page.
    }
  });
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}
