/**
 * Seconds and peak memory of commands, for tools that measure.
 *
 * @module
 */
import { residentMemory } from "./storm/program.ts";

/** Milliseconds between two looks at a process's memory. */
const INTERVAL = 50;

/**
 * Runs a command.
 *
 * @param words Program and arguments.
 * @param cwd Folder in which it runs.
 * @returns Its seconds and peak memory, as text.
 * @throws {Error} If it fails, with the end of its output.
 */
export async function measured(words: readonly string[], cwd: string): Promise<string> {
  const [program = "", ...args] = words, start = performance.now();
  const child = new Deno.Command(program, { args, cwd, stdout: "piped", stderr: "piped" }).spawn();
  let memory = 0;
  const watch = setInterval(() => memory = Math.max(memory, residentMemory(child.pid)), INTERVAL);
  const { success, stdout, stderr } = await child.output();
  clearInterval(watch);
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (!success) throw new Error(text.slice(-2000));
  return `${((performance.now() - start) / 1000).toFixed(1)} s, ${(memory / 1e6).toFixed(0)} MB`;
}
