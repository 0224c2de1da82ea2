import { gzip } from "@gasp/tensor";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { assertReadOrRejected, mutations } from "../core/mutations_testing.ts";
import { DataError } from "../core/data_error.ts";
import { memoryTree, plain, pngFile } from "../images/picture_testing.ts";
import { inferDataKind, openDataset } from "../open_dataset.ts";
import { writeWav } from "../points/wav.ts";
import { type ParquetToWrite, writeParquet } from "./parquet_testing.ts";
import { parquetTree } from "./parquet_tree.ts";

const pictures = (count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => pngFile(plain(4, 4, [first + i, 40, 200])));

/** A Snappy stream of literals. */
function snappy(page: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  let rest = page.length;
  for (; rest >= 128; rest >>= 7) bytes.push(rest & 127 | 128);
  bytes.push(rest);
  for (let at = 0; at < page.length; at += 60) {
    const part = page.subarray(at, at + 60);
    bytes.push((part.length - 1) << 2, ...part);
  }
  return Uint8Array.from(bytes);
}

/** A Zstandard frame of raw blocks. */
function zstd(page: Uint8Array): Uint8Array {
  const u32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
  const bytes = [0x28, 0xb5, 0x2f, 0xfd, 0xa0, ...u32(page.length)];
  for (let at = 0; at < page.length; at += 1000) {
    const part = page.subarray(at, at + 1000), isLast = at + 1000 >= page.length;
    bytes.push(...u32(part.length << 3 | Number(isLast)).slice(0, 3), ...part);
  }
  return Uint8Array.from(bytes);
}

const LAYOUTS: Readonly<Record<string, Omit<ParquetToWrite, "files">>> = {
  "structs in one group": {},
  "plain bytes": { struct: false },
  "several row groups": { groupRows: 3 },
  "several pages": { groupRows: 5, pageRows: 2 },
  "an index of pages": { pageRows: 2, index: true },
  "Snappy": { codec: 1, compress: snappy, groupRows: 4 },
  "gzip": { codec: 2, compress: (page) => gzip(page) },
  "Zstandard": { codec: 6, compress: zstd },
  "another name": { column: "photo_of_me" },
};

for (const [what, layout] of Object.entries(LAYOUTS)) {
  Deno.test(`parquetTree() reads ${what}`, async () => {
    const files = pictures(7);
    const { files: rows, notes } = await parquetTree(
      memoryTree({ "a.parquet": writeParquet({ ...layout, files }) }),
      ["a.parquet"],
    );
    assertEquals(notes, []);
    const names = await rows.list();
    assertEquals(names, files.map((_, row) => `a.parquet/${row}.png`));
    for (const row of [6, 0, 3, 3, 1]) assertEquals(await rows.read(names[row]!), files[row]!);
  });
}

Deno.test("openDataset() reads the shards of a table as one set of pictures, in order", async () => {
  const shards = memoryTree({
    "data/train-00001-of-00002.parquet": writeParquet({ files: pictures(2, 100) }),
    "data/train-00000-of-00002.parquet": writeParquet({ files: pictures(3), groupRows: 2 }),
    "README.md": new Uint8Array(3),
  });
  assertEquals(await inferDataKind({ files: shards }), "images");
  const { dataset, kind, assumptions } = await openDataset({ files: shards, resolution: 4 });
  assertEquals([kind, dataset.items, dataset.featureDim, assumptions], ["images", 5, 3, []]);
  const first = await dataset.batch([0, 2, 3, 4]);
  const red = (row: number) => Math.round((first[row * 48]! + 1) / 2 * 255);
  assertEquals([0, 1, 2, 3].map(red), [0, 2, 100, 101]);
  await dataset.close?.();
});

Deno.test("openDataset() reads one shard, and says that parts are read together", async () => {
  const shards = memoryTree({
    "test.parquet": writeParquet({ files: pictures(2) }),
    "train.parquet": writeParquet({ files: pictures(3) }),
  });
  const one = await openDataset({ files: shards, file: "train.parquet", resolution: 4 });
  assertEquals([one.dataset.items, one.assumptions], [3, []]);
  const both = await openDataset({ files: shards, resolution: 4 });
  assertEquals(both.dataset.items, 5);
  assertStringIncludes(both.assumptions.join(), "the parts test and train are read together");
});

Deno.test("openDataset() reads a column of sounds", async () => {
  const sounds = [1, 2].map((level) =>
    writeWav({ rate: 8000, samples: new Float32Array(100).fill(level / 4) })
  );
  const files = memoryTree({ "a.parquet": writeParquet({ files: sounds, column: "audio" }) });
  assertEquals(await inferDataKind({ files }), "curves");
  const { dataset, kind } = await openDataset({ files, resolution: 50 });
  assertEquals([kind, dataset.items, dataset.pointCount], ["curves", 2, 50]);
  assert(Math.abs((await dataset.batch([1]))[0]! - 0.5) < 1e-4);
});

Deno.test("parquetTree() reads a block once, and keeps it", async () => {
  const bytes = writeParquet({ files: pictures(8), groupRows: 4 });
  let reads = 0;
  const files = {
    ...memoryTree({ "a.parquet": bytes }),
    readRange(_: string, start: number, length: number) {
      reads++;
      return Promise.resolve(bytes.slice(start, start + length));
    },
  };
  const { files: rows } = await parquetTree(files, ["a.parquet"]);
  const names = await rows.list(), before = reads;
  await Promise.all(names.slice(4).map((name) => rows.read(name)));
  const perBlock = reads - before;
  await Promise.all(names.map((name) => rows.read(name)));
  // The first block was read for the kind of its files.
  assert(perBlock > 0 && reads === before + perBlock, `${reads} reads, ${before} before`);
});

Deno.test("parquetTree() refuses tables without files, and says which columns there are", async () => {
  const two = pictures(2),
    refused = async (files: Record<string, Uint8Array>, message: string, column?: string) =>
      await assertRejects(() => parquetTree(memoryTree(files), ["a.parquet"], column), DataError, message);
  await refused({ "a.parquet": new Uint8Array(50) }, "pictures/a.parquet cannot be read as Parquet");
  await refused({ "a.parquet": new Uint8Array(0) }, "cannot be read as Parquet");
  await refused({ "a.parquet": writeParquet({ files: [] }) }, "no row of a.parquet has bytes");
  await refused({ "a.parquet": writeParquet({ files: [null, null] }) }, "no row of a.parquet has bytes");
  await refused(
    { "a.parquet": writeParquet({ files: two }) },
    "has no column label of files (bytes, or structs of bytes and path): those are image, of the columns image, label",
    "label",
  );
  await refused(
    { "a.parquet": writeParquet({ files: [new TextEncoder().encode("GRIB file of weather")] }) },
    "the first row of a.parquet is a GRIB file, not a picture or a sound",
  );
});

Deno.test("openDataset() names rows without bytes, or leaves them out", async () => {
  const files = memoryTree({ "a.parquet": writeParquet({ files: [...pictures(2), null] }) });
  await assertRejects(() => openDataset({ files }), DataError, "a.parquet has no bytes in row 2");
  const { dataset } = await openDataset({ files, read: { skipDamaged: true }, report: () => {} });
  assertEquals(dataset.items, 2);
});

Deno.test("parquetTree() survives damaged tables", async () => {
  const files = pictures(4),
    originals = [
      writeParquet({ files, groupRows: 2, pageRows: 1, index: true }),
      writeParquet({ files, codec: 1, compress: snappy }),
    ];
  // The structure of a table is at its end.
  const reversed = originals.map((bytes) => bytes.toReversed());
  const damaged = mutations(reversed, 400, 3).map((bytes) => bytes.toReversed());
  await assertReadOrRejected(damaged, async (bytes) => {
    const { files: rows } = await parquetTree(memoryTree({ "a.parquet": bytes }), ["a.parquet"]);
    for (const name of (await rows.list()).slice(0, 8)) await rows.read(name);
  });
});
