/**
 * The view Train: choose data, train on them, continue runs.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { hasServer } from "../../state/library.ts";
import { reportError } from "../../state/notices.ts";
import { param } from "../../state/route.ts";
import { browserRuns, currentRun, refreshBrowserRuns } from "../../state/training.ts";
import { ViewFrame } from "../../ui/view_frame.tsx";
import { LivePanel } from "./live_panel.tsx";
import { RunList } from "./run_list.tsx";
import { ServedPanel } from "./served_panel.tsx";
import { ServedRuns } from "./served_runs.tsx";
import { Setup } from "./setup.tsx";
import { StoredPanel } from "./stored_panel.tsx";

const chosen = param("run"), chosenServed = param("served");

const LEAD =
  "Learn the functions behind pictures, shapes, fields or sounds. All of it happens in this browser: nothing is uploaded.";

/** The view. */
export default function Train(): JSX.Element {
  const isNew = chosen.value === "" && chosenServed.value === "";
  useEffect(() => void refreshBrowserRuns().catch(reportError), []);
  return (
    <ViewFrame title="Train" {...(isNew && { lead: LEAD })}>
      <Stage />
      <RunList />
      {hasServer && <ServedRuns />}
    </ViewFrame>
  );
}

/** The chosen run, or the choice of data for a new one. */
function Stage(): JSX.Element {
  const name = chosen.value, current = currentRun.value;
  if (chosenServed.value !== "") return <ServedPanel key={chosenServed.value} name={chosenServed.value} />;
  if (name !== "" && current?.name === name) return <LivePanel key={name} run={current} />;
  const stored = browserRuns.value?.find((run) => run.name === name);
  if (stored) return <StoredPanel key={name} run={stored} />;
  return <Setup />;
}
