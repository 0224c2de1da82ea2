/**
 * Compares the readers of fields with netCDF4-python and zarr-python on generated files of every option of the formats.
 * Prints counts; exits with 0 without a comparison where `python3` lacks these modules.
 *
 * Run it with `deno run -A tools/compare_fields.ts [PYTHON]`.
 *
 * @module
 */
import { type NetcdfFile, netcdfKind } from "../packages/datasets/netcdf/netcdf.ts";
import { bytesAccess, openNetcdfClassic } from "../packages/datasets/netcdf/netcdf_classic.ts";
import { openNetcdfHdf5 } from "../packages/datasets/netcdf/netcdf_hdf5.ts";
import { openZarrStore } from "../packages/datasets/netcdf/zarr_store.ts";
import { openSyncFile } from "../packages/datasets/netcdf/sync_file.ts";
import { netcdfFields } from "../packages/datasets/fields/netcdf_fields.ts";
import { folderTree } from "../apps/cli/files/file_tree.ts";

async function open(path: string): Promise<NetcdfFile> {
  if (path.endsWith(".zarr")) return await openZarrStore(folderTree(path));
  const bytes = await Deno.readFile(path);
  if (netcdfKind(bytes) === "classic") return await openNetcdfClassic(bytesAccess(bytes), path);
  return await openNetcdfHdf5(await openSyncFile(path), path);
}

/** Returns the first difference, or `undefined`. */
async function difference(path: string): Promise<string | undefined> {
  const expected = new Float32Array((await Deno.readFile(`${path}.f32`)).buffer);
  const fields = await netcdfFields(await open(path));
  try {
    const points = expected.length / fields.items;
    for (let item = 0; item < fields.items; item++) {
      const values = await fields.read(item);
      for (let i = 0; i < points; i++) {
        const wanted = expected[item * points + i]!, found = values[i]!;
        // Unpacking rounds once here, twice in NumPy's single precision.
        const isClose = Math.abs(found - wanted) <= 1e-6 * Math.abs(wanted);
        if (!isClose && !(Number.isNaN(wanted) && Number.isNaN(found))) {
          return `item ${item}, point ${i}: ${found}, expected ${wanted}`;
        }
      }
    }
    return fields.items > 0 && points > 0 ? undefined : "nothing was compared";
  } finally {
    fields.close?.();
  }
}

async function compare(python: string): Promise<number> {
  const script = new URL("./compare_fields.py", import.meta.url).pathname;
  const hasModules = await new Deno.Command(python, { args: ["-c", "import netCDF4, numpy"], stderr: "null" })
    .output();
  if (!hasModules.success) {
    console.log(`${python} has no netCDF4: nothing was compared`);
    return 0;
  }
  const folder = await Deno.makeTempDir();
  try {
    const written = await new Deno.Command(python, { args: [script, folder], stderr: "inherit" }).output();
    if (!written.success) throw new Error(`${script} failed`);
    const names = new TextDecoder().decode(written.stdout).trim().split("\n");
    let different = 0;
    for (const name of names) {
      const found = await difference(`${folder}/${name}`).catch((error: unknown) => String(error));
      if (found === undefined) continue;
      different++;
      console.log(`${name}: ${found}`);
    }
    const stores = names.filter((name) => name.endsWith(".zarr")).length;
    console.log(`${names.length - stores} NetCDF files and ${stores} Zarr stores: ${different} differ`);
    return different === 0 && names.length > 100 ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await compare(Deno.args[0] ?? "python3"));
