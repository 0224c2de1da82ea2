/** Readers of archives, tables of files, and of what is gzipped: checksums leave the members as they were, or refuse them. */
import { FileFormatError, gunzip, gzip } from "@gasp/tensor";
import { zipSync } from "fflate";
import { tarFile } from "../../../packages/datasets/archives/archive_testing.ts";
import { archiveTree } from "../../../packages/datasets/archives/archive_tree.ts";
import { writeParquet } from "../../../packages/datasets/archives/parquet_testing.ts";
import { memoryTree, plain, pngFile } from "../../../packages/datasets/images/picture_testing.ts";
import { check, datasetReader, type Files, openAndRead, type Reader } from "../reader.ts";

const MEMBERS = {
  "img/a.png": pngFile(plain(4, 4, [9, 9, 9])),
  "img/b.png": pngFile(plain(4, 4, [7, 7, 7])),
  "notes.txt": new TextEncoder().encode("text ".repeat(100)),
};

const isEqual = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Reads all members; then opens the archive as commands do. @param hasChecksums Whether members cannot change. */
function archive(name: string, archives: () => Uint8Array[], hasChecksums: boolean): Reader {
  return {
    name: name.slice(2),
    originals: () => Promise.resolve(archives().map((bytes): Files => ({ [name]: bytes }))),
    async read(files) {
      const tree = await archiveTree(memoryTree({ ...files }), name);
      for (const path of await tree.list()) {
        const contents = await tree.read(path);
        check(
          !hasChecksums || Object.values(MEMBERS).some((member) => isEqual(member, contents)),
          `${path} has other contents in spite of its checksum`,
        );
      }
      await openAndRead(files, { resolution: 4, kind: "images" });
    },
  };
}

const TEXT = new TextEncoder().encode("0123456789 ".repeat(60));

const gz: Reader = {
  name: "gz",
  refusals: [FileFormatError],
  originals: () => Promise.resolve([{ "a.gz": gzip(TEXT) }]),
  read(files) {
    check(isEqual(gunzip(Object.values(files)[0]!), TEXT), "other contents in spite of the checksum");
    return Promise.resolve();
  },
};

const ROWS = [MEMBERS["img/a.png"], MEMBERS["img/b.png"], MEMBERS["img/a.png"]];

/** Tables of pictures: structs and plain bytes, in groups, pages with an index, and compressed. */
function tables(): Files[] {
  return [
    { files: ROWS },
    { files: ROWS, struct: false, groupRows: 2 },
    { files: ROWS, pageRows: 1, index: true },
    { files: ROWS, codec: 2, compress: (page: Uint8Array) => gzip(page) },
    { files: [...ROWS, null], groupRows: 3, pageRows: 2 },
  ].map((table): Files => ({ "a.parquet": writeParquet(table) }));
}

/** The readers of archives. */
export const ARCHIVES: readonly Reader[] = [
  archive("a.zip", () => [zipSync(MEMBERS), zipSync(MEMBERS, { level: 0 })], true),
  archive("a.tar", () => (["ustar", "gnu", "pax"] as const).map((type) => tarFile(MEMBERS, type)), false),
  datasetReader("parquet", tables, { resolution: 4, kind: "images", read: { skipDamaged: true } }),
  gz,
];
