/**
 * The error thrown when a device has stopped working.
 * @module
 */

/**
 * A GPU that is gone: its driver was reset, it was removed, or it was destroyed. All its buffers are lost; a new device
 * can be opened.
 *
 * @category Devices
 * @example Closed devices are not lost
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { compile, DeviceLostError, openDevice, type Tensor } from "@gasp/tensor";
 *
 * const device = await openDevice("wasm", { threads: 1 });
 * using f = compile((x: Tensor) => x, { device });
 * await device.close();
 * const error = await assertRejects(() => f([1, 2]), Error);
 * if (error instanceof DeviceLostError) throw error; // open another device and resume from the last saved state
 * ```
 */
export class DeviceLostError extends Error {
  /** The name of the error. */
  override readonly name = "DeviceLostError";

  /**
   * Constructs the error.
   *
   * @param reason Reason reported by the driver; may be empty.
   */
  constructor(readonly reason: string) {
    super(
      `the GPU was lost with everything in its memory (${
        reason || "no reason reported"
      }): open a new device, and resume ` +
        "from the last saved state",
    );
  }
}
