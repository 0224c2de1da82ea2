/**
 * Images of samples: sheets, PNG files, previews in a terminal.
 *
 * @module
 */
export { contactSheet, type SheetLayout } from "./contact_sheet.ts";
export { rasterFromValues, type RasterImage } from "./image.ts";
export { encodePng } from "./png.ts";
export { encodePngRows, type ImageRows } from "./png_rows.ts";
export { type TerminalColours, terminalPreview } from "./terminal_preview.ts";
