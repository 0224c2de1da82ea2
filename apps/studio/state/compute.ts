/**
 * The page's connection to the compute worker, which starts with the first call.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { WorkerClient } from "../rpc/client.ts";
import type { HandlerTable } from "../rpc/protocol.ts";
import type { DeviceChoice, DeviceReport } from "../worker/core/device.ts";
import type { ComputeTable } from "../worker/handlers/table.ts";
import { route } from "./route.ts";

let client: WorkerClient<ComputeTable> | undefined;

/** The device of the worker, once it is open. */
export const device = signal<DeviceReport | undefined>(undefined);

/**
 * Starts a worker of the studio.
 *
 * @param entry File of the bundle, relative to the page: `worker/compute.js`.
 * @returns Client of the worker, whose calls fail if it crashes.
 */
export function startWorker<Table extends HandlerTable>(
  entry: string,
): { readonly worker: Worker; readonly client: WorkerClient<Table> } {
  const worker = new Worker(new URL(entry, document.baseURI), { type: "module", name: entry });
  const client = new WorkerClient<Table>(worker);
  worker.addEventListener("error", (event) => {
    client.fail(
      `the worker ${entry} stopped: ${event.message || "its code could not be loaded"}. Reload the page`,
    );
  });
  return { worker, client };
}

/** Returns the client of the compute worker. */
export function compute(): WorkerClient<ComputeTable> {
  if (client) return client;
  client = startWorker<ComputeTable>("worker/compute.js").client;
  // The device is shown when it is known; its errors reach the calls that need it.
  client.call("device", { choice: deviceChoice() }).then((report) => device.value = report, () => {});
  return client;
}

/** Returns the device named in the address, such as `?device=wasm`. */
export function deviceChoice(): DeviceChoice {
  const asked = route.peek().params.get("device");
  return asked === "wasm" || asked === "webgpu" ? asked : "auto";
}
