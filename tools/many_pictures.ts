/**
 * Measures the check of a large set of pictures before its first step: `deno run -A tools/many_pictures.ts [COUNT]` writes JPEG
 * and PNG files of many qualities and sizes, of which one in a hundred is damaged, and prints the seconds of opening them.
 *
 * @module
 */
import { openDataset } from "@gasp/datasets";
import { folderTree } from "../apps/cli/files/file_tree.ts";
import { jpegFile, pngFile } from "../packages/datasets/images/picture_testing.ts";
import { Random } from "./storm/random.ts";

/** Files that differ; the set repeats them. */
const DISTINCT = 300;
/** Of as many files, one is cut off. */
const DAMAGED_EVERY = 100;

/** A picture of smooth colours with noise. */
function picture(random: Random) {
  const height = 64 + random.below(128), width = 64 + random.below(128), shift = random.below(255);
  const pixels = Uint8Array.from({ length: 3 * height * width }, (_, i) => {
    const x = Math.floor(i / 3) % width, y = Math.floor(i / 3 / width);
    return (shift + x * (1 + i % 3) + y + random.below(24)) & 255;
  });
  return { height, width, channels: 3, pixels } as const;
}

const count = Number(Deno.args[0] ?? 30_000), random = new Random(1);
const folder = await Deno.makeTempDir({ prefix: "gasp-pictures-" });
try {
  const files = Array.from({ length: DISTINCT }, (_, i) => {
    const one = picture(random);
    return i % 10 === 0 ? pngFile(one) : jpegFile(one, 20 + random.below(80));
  });
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const whole = files[i % DISTINCT]!, isDamaged = i % DAMAGED_EVERY === 7;
    const contents = isDamaged ? whole.subarray(0, Math.floor(whole.length * 0.7)) : whole;
    bytes += contents.length;
    const name = `${String(i).padStart(6, "0")}.${i % DISTINCT % 10 === 0 ? "png" : "jpg"}`;
    await Deno.writeFile(`${folder}/${name}`, contents);
  }
  const start = performance.now(), report: string[] = [];
  const { dataset } = await openDataset({
    files: folderTree(folder),
    resolution: 64,
    read: { skipDamaged: true },
    report: (message) => report.push(message),
  });
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${count} files of ${(bytes / 1e6).toFixed(0)} MB: ${seconds.toFixed(1)} s until ${dataset.items} items`,
  );
  console.log(report.map((message) => message.slice(0, 120)).join("\n"));
} finally {
  await Deno.remove(folder, { recursive: true });
}
