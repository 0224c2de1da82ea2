/**
 * Measures a NetCDF 4 file that is larger than what stays in memory: writes one with netCDF4-python, describes it, trains on it
 * for some steps and deletes it, contiguous and in chunks across times: `deno run -A tools/large_fields.ts [GIGABYTES [STORAGE]]`. It prints seconds and peak memory.
 *
 * @module
 */
import { cliCommand } from "../tests/cli.ts";
import { measured } from "./measured.ts";

const gigabytes = Deno.args[0] ?? "2", folder = await Deno.makeTempDir({ prefix: "gasp-large-" });
const python = Deno.env.get("PYTHON") ?? "python3";
const script = new URL("./large_fields.py", import.meta.url).pathname;
try {
  for (const storage of Deno.args[1]?.split(",") ?? ["contiguous", "chunked"]) {
    const path = `${folder}/${storage}.nc`;
    const write = await measured([python, script, path, gigabytes, storage], folder);
    const { size } = await Deno.stat(path);
    console.log(`${storage}, ${(size / 1e9).toFixed(2)} GB: written in ${write}`);
    const resolution = ["--resolution", "46"];
    console.log(
      `  data inspect: ${await measured(cliCommand(["data", "inspect", path, ...resolution]), folder)}`,
    );
    const train = [
      "train",
      "--data",
      path,
      "--steps",
      "3",
      "--device",
      "wasm",
      "--out",
      `${folder}/${storage}`,
    ];
    console.log(`  train, 3 steps: ${await measured(cliCommand(train), folder)}`);
    await Deno.remove(path);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
