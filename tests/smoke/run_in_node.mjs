/**
 * Runs a bundle in Node: `node run_in_node.mjs FILE`. Prints its report as JSON, with the number of workers started. It does
 * not call `process.exit`, so that a process kept alive by the program is detected.
 */
import process from "node:process";
import { pathToFileURL } from "node:url";

let workers = 0;
process.on("worker", () => workers++);
const { runSmoke } = await import(pathToFileURL(process.argv[2]).href);
const report = await runSmoke();
console.log(JSON.stringify({ report, workers }));
