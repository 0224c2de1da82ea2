/**
 * Lists the tasks of this repository: `deno task help`.
 *
 * @module
 */

/** A task of `deno.json`. */
interface Task {
  readonly description: string;
}

const { tasks }: { tasks: Readonly<Record<string, Task>> } = JSON.parse(await Deno.readTextFile("deno.json"));
const width = Math.max(...Object.keys(tasks).map((name) => name.length));
for (const [name, { description }] of Object.entries(tasks)) {
  console.log(`deno task ${name.padEnd(width)}  ${description}`);
}
console.log("\ndeno task NAME --help shows the options of a task, if it has any.");
