/**
 * The views: one line each. The code of a view is loaded when it is first shown.
 *
 * @module
 */
import type { ComponentType } from "preact";
import type { IconName } from "../ui/icons.tsx";

/** A view. */
export interface View {
  /** Name in the address, and of its folder and icon. */
  readonly name: IconName;
  /** Title in the navigation. */
  readonly title: string;
  /** Loads its component. */
  load(): Promise<{ readonly default: ComponentType }>;
}

/** All views, in the order of the navigation. */
export const VIEWS: readonly View[] = [
  { name: "start", title: "Start", load: () => import("../views/start/index.tsx") },
  { name: "train", title: "Train", load: () => import("../views/train/index.tsx") },
  { name: "explore", title: "Explore", load: () => import("../views/explore/index.tsx") },
  { name: "fit", title: "Fit", load: () => import("../views/fit/index.tsx") },
  { name: "compare", title: "Compare", load: () => import("../views/compare/index.tsx") },
  { name: "explain", title: "Explain", load: () => import("../views/explain/index.tsx") },
];
