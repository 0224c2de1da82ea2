/**
 * Downloads of what the page made.
 *
 * @module
 */

/**
 * Offers a file for download.
 *
 * @param contents Contents.
 * @param name Name of the file.
 */
export function saveFile(contents: Blob, name: string): void {
  const url = URL.createObjectURL(contents), link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the blob after this call.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
