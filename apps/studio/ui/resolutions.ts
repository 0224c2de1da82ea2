/**
 * Resolutions of pictures.
 *
 * @module
 */

/** Rows, voxels along an axis or points of one of many pictures side by side, by kind. */
export const RESOLUTIONS = { image: 64, volume: 24, sphere: 46, curve: 256, cloud: 32 } as const;

/** The same of small pictures beside a control. */
export const THUMBNAIL = { image: 48, volume: 20, sphere: 32, curve: 192, cloud: 16 } as const;
