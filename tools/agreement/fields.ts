/**
 * Compares the readers of fields with netCDF4-python, h5py and zarr-python, on files of every option of the formats:
 * `deno run -A tools/agreement/fields.ts`. It prints counts by format, and fails on a difference.
 *
 * @module
 */
import { folderTree } from "../../apps/cli/files/file_tree.ts";
import { netcdfFields } from "../../packages/datasets/fields/netcdf_fields.ts";
import { type NetcdfFile, netcdfKind } from "../../packages/datasets/netcdf/netcdf.ts";
import { bytesAccess, openNetcdfClassic } from "../../packages/datasets/netcdf/netcdf_classic.ts";
import { openNetcdfHdf5 } from "../../packages/datasets/netcdf/netcdf_hdf5.ts";
import { openSyncFile } from "../../packages/datasets/netcdf/sync_file.ts";
import { openZarrStore } from "../../packages/datasets/netcdf/zarr_store.ts";
import { type Agreement, largestDifference, printAgreement } from "./agreement.ts";

async function open(path: string): Promise<NetcdfFile> {
  if (path.endsWith(".zarr")) return await openZarrStore(folderTree(path));
  const bytes = await Deno.readFile(path);
  if (netcdfKind(bytes) === "classic") return await openNetcdfClassic(bytesAccess(bytes), path);
  return await openNetcdfHdf5(await openSyncFile(path), path);
}

/** Fields, against netCDF4-python, h5py and zarr-python. */
export const FIELDS: Agreement = {
  what: "fields",
  modules: ["netCDF4", "h5py", "zarr"],
  packages: ["python3-netcdf4", "python3-h5py", "python3-zarr"],
  async compare(path, _, bytes) {
    const expected = new Float32Array(bytes.buffer), fields = await netcdfFields(await open(path));
    try {
      const points = expected.length / fields.items;
      let worst = 0;
      for (let item = 0; item < fields.items; item++) {
        const wanted = expected.subarray(item * points, (item + 1) * points);
        worst = Math.max(worst, largestDifference(await fields.read(item), wanted, true));
      }
      return worst;
    } finally {
      fields.close?.();
    }
  },
};

if (import.meta.main) Deno.exit(await printAgreement(FIELDS));
