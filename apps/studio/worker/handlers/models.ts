/**
 * Requests about the device and the models.
 *
 * @module
 */
import type { Handler } from "../../rpc/protocol.ts";
import { type DeviceChoice, type DeviceReport, deviceReport } from "../core/device.ts";
import { closeModel, type ModelInfo, type ModelSource, openModel } from "../core/models.ts";

/** Opens the device and describes it. */
export const device: Handler<{ readonly choice: DeviceChoice }, DeviceReport> = ({ choice }) =>
  deviceReport(choice);

/** Opens a model. */
export const open: Handler<{ readonly ref: string; readonly source: ModelSource }, ModelInfo> = async (
  { ref, source },
) => (await openModel(ref, source)).info;

/** Forgets a model. */
export const close: Handler<{ readonly ref: string }, void> = ({ ref }) => closeModel(ref);
