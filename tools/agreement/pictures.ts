/**
 * Compares the readers of image files with Pillow, on files of every option of their formats. Run it where `python3`, or the
 * program in the variable PYTHON, has Pillow: `deno run -A tools/agreement/pictures.ts`. It prints counts by format, and fails on a difference.
 *
 * @module
 */
import { decodeImage } from "@gasp/datasets";

/** A file, and what Pillow read from it. */
interface Entry {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Allowed difference of a value, where decoders may round otherwise. */
  readonly tolerance: number;
  readonly group: string;
}

const folder = await Deno.makeTempDir();
try {
  const python = new Deno.Command(Deno.env.get("PYTHON") ?? "python3", {
    args: [new URL("./pictures.py", import.meta.url).pathname, folder],
    stderr: "inherit",
  });
  const { success, stdout } = await python.output();
  if (!success) throw new Error("pictures.py failed: is Pillow installed (python3-pil)?");
  const entries: Entry[] = JSON.parse(new TextDecoder().decode(stdout));
  const groups = new Map<string, { files: number; equal: number; worst: number; failures: string[] }>();
  for (const entry of entries) {
    const group = groups.get(entry.group) ?? { files: 0, equal: 0, worst: 0, failures: [] };
    groups.set(entry.group, group);
    group.files++;
    const expected = await Deno.readFile(`${folder}/${entry.name}.raw`);
    const problem = await compare(entry, expected).catch((error) => String(error));
    if (typeof problem === "string") group.failures.push(`${entry.name}: ${problem}`);
    else {
      group.worst = Math.max(group.worst, problem);
      if (problem === 0) group.equal++;
      if (problem > entry.tolerance) group.failures.push(`${entry.name}: values differ by up to ${problem}`);
    }
  }
  let failed = 0;
  for (const [name, { files, equal, worst, failures }] of groups) {
    console.log(
      `${
        name.padEnd(6)
      } ${files} files, ${equal} equal, largest difference ${worst}, ${failures.length} failed`,
    );
    for (const failure of failures.slice(0, 8)) console.log(`  ${failure}`);
    failed += failures.length;
  }
  if (failed > 0) Deno.exit(1);
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Largest difference of values. */
async function compare({ name, width, height, channels }: Entry, expected: Uint8Array): Promise<number> {
  const picture = await decodeImage(await Deno.readFile(`${folder}/${name}`), name);
  if (picture.width !== width || picture.height !== height) {
    throw new Error(`size ${picture.width}×${picture.height}, expected ${width}×${height}`);
  }
  let worst = 0;
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      const value = picture.pixels[i * picture.channels + c % picture.channels]!;
      worst = Math.max(worst, Math.abs(value - expected[i * channels + c % channels]!));
    }
  }
  return worst;
}
