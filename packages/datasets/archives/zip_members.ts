/**
 * Members of ZIP archives.
 *
 * @module
 */
import { FileFormatError, openZip } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { isLeftBehind } from "../core/file_formats.ts";

/**
 * Lists the files of a ZIP archive, without those that systems leave behind.
 *
 * @param bytes Contents of the archive.
 * @param name Name of the archive for messages.
 * @returns A function that unpacks each file, by name.
 * @throws {DataError} If the archive is damaged; from the functions, if the file is.
 */
export function zipMembers(bytes: Uint8Array, name: string): Map<string, () => Uint8Array> {
  const orDataError = <T>(read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      if (!(cause instanceof FileFormatError)) throw cause;
      throw new DataError(`${name} cannot be unpacked (${cause.message}). Copy or download it again.`, {
        cause,
      });
    }
  };
  const entries = orDataError(() => openZip(bytes));
  return new Map(
    [...entries].filter(([member]) => !member.endsWith("/") && !isLeftBehind(member))
      .map(([member, entry]) => [member, () => orDataError(() => entry.read())]),
  );
}
