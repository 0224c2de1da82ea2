/**
 * Reads every real data set in the folder of the environment variable GASP_DATA. Ignored if it is not set; the readers have
 * tests of their own.
 *
 * @module
 */
import { type DataKind, type Dataset, openDataset } from "@gasp/datasets";
import { assert, assertEquals } from "@std/assert";
import { folderTree } from "../apps/cli/files/file_tree.ts";

const FOLDER = Deno.env.get("GASP_DATA");
const BATCH = 16;

/** Expected properties of a file. */
interface Known {
  readonly kind: DataKind;
  readonly items: number;
  /** Points per item. */
  readonly points: number;
  readonly features?: number;
  /** Whether to pass the kind, since another would be inferred from the shape. */
  readonly isExplicit?: boolean;
}

const KNOWN: Readonly<Record<string, Known>> = {
  "chairs-modelnet10-32.npy.gz": { kind: "shapes", items: 713, points: 32 ** 3 },
  "chairs-procedural32.npy.gz": { kind: "shapes", items: 1700, points: 32 ** 3 },
  "cifar10-test2000.npy.gz": { kind: "images", items: 1700, points: 32 ** 2, features: 3 },
  "emoji64.npy.gz": { kind: "images", items: 1611, points: 64 ** 2, features: 3 },
  "era5-t-3deg.npy.gz": { kind: "climate", items: 60, points: 61 * 120 },
  "era5-t-46x90.npy.gz": { kind: "climate", items: 60, points: 46 * 90 },
  "etopo60.npy.gz": { kind: "climate", items: 1, points: 180 * 360, isExplicit: true },
  "faces128.npy.gz": { kind: "images", items: 480, points: 128 ** 2, features: 3 },
  "faces64.npy.gz": { kind: "images", items: 3400, points: 64 ** 2, features: 3 },
  "fsdd-8k-4096.npy.gz": { kind: "curves", items: 600, points: 4096 },
  "glyph-sdf64.npy.gz": { kind: "glyphs", items: 4457, points: 64 ** 2 },
  "mnist-images-idx3-ubyte.gz": { kind: "digits", items: 8500, points: 28 ** 2 },
  "t2m-monthly.npy.gz": { kind: "climate", items: 31, points: 46 * 90 },
  "t2m-seasonal-blend.npy.gz": { kind: "climate", items: 770, points: 46 * 90 },
};

/** Returns the names of the data sets in a folder. */
function setsIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => /\.np[yz](\.gz)?$|images-idx3-ubyte(\.gz)?$/.test(name) && !/labels/.test(name))
    .sort();
}

const firstBatch = (dataset: Dataset) =>
  dataset.batch(Int32Array.from({ length: Math.min(BATCH, dataset.items) }, (_, item) => item));

Deno.test({
  name: `openDataset() reads every real data set${FOLDER === undefined ? ": GASP_DATA is not set" : ""}`,
  ignore: FOLDER === undefined,
  async fn(context) {
    const sets = setsIn(FOLDER!), files = folderTree(FOLDER!);
    assert(sets.length > 0, `there are none in ${FOLDER}`);
    for (const file of sets) {
      await context.step(file, async () => {
        const known = KNOWN[file];
        const { dataset, kind } = await openDataset({
          files,
          file,
          ...(known?.isExplicit && { kind: known.kind }),
        });
        const { items, pointCount, featureDim } = dataset, features = await firstBatch(dataset);
        if (known) {
          const { features: channels = 1, ...expected } = known;
          assertEquals([kind, items, pointCount, featureDim], [
            expected.kind,
            expected.items,
            expected.points,
            channels,
          ]);
        }
        assertEquals(features.length, Math.min(BATCH, items) * pointCount * featureDim);
        // Also rejects NaN.
        assert(
          features.every((feature) => feature >= -1 && feature <= 1),
          `${file} has features outside [-1, 1]`,
        );
        assert(features.some((feature) => feature !== features[0]), `${file} is constant`);
      });
    }
  },
});
