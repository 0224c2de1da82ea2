/**
 * The page of the studio.
 *
 * @module
 */
import { render } from "preact";
import { compute } from "../state/compute.ts";
import { loadLibrary } from "../state/library.ts";
import { followModel } from "../state/model.ts";
import { reportError } from "../state/notices.ts";
import { followAddress } from "../state/route.ts";
import { applyTheme } from "../state/theme.ts";
import { acceptDrops } from "./drop.ts";
import { isolate } from "./isolate.ts";
import { Shell } from "./shell.tsx";

// The page may be about to load again, with shared memory.
if (await isolate()) {
  compute();
  followAddress();
  applyTheme();
  followModel();
  acceptDrops();
  render(<Shell />, document.getElementById("app")!);
  loadLibrary().catch(reportError);
}
