/**
 * Options of `deno task studio`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";

/** Parsed options. */
export interface StudioOptions {
  /** Folder for the static site; undefined: serve the page. */
  readonly build: string | undefined;
  /** Port of the server. */
  readonly port: number;
  /** Folder of all runs. */
  readonly runs: string;
  /** Whether to open the browser. */
  readonly open: boolean;
}

const DEFAULT_PORT = 8420;

/** The help. */
export const HELP = `Train, explore and fit models in the browser.

Usage: deno task studio [options]

Options:
  --port N      Port of the local server; 0: a free one (default: ${DEFAULT_PORT})
  --no-open     Print the address without opening the browser
  --runs DIR    Folder of the runs to show (default: runs)
  --build DIR   Write a static site for any web server instead, without the
                runs of this machine. Where a server cannot set the headers for
                shared memory, a service worker does
  --help        Show this help

Examples:
  deno task studio
  deno task studio --port 9000 --no-open
  deno task studio --build site`;

/**
 * Parses arguments.
 *
 * @param args Arguments of the program.
 * @returns Undefined if the help was asked for.
 * @throws {TypeError} If an argument is unknown or has an unusable value.
 */
export function parseOptions(args: readonly string[]): StudioOptions | undefined {
  const unknown: string[] = [];
  const { help, build, port, runs, open } = parseArgs([...args], {
    boolean: ["help", "open"],
    negatable: ["open"],
    string: ["build", "port", "runs"],
    default: { open: true, port: String(DEFAULT_PORT), runs: "runs" },
    alias: { help: "h" },
    unknown: (arg) => {
      unknown.push(arg);
      return false;
    },
  });
  if (help) return undefined;
  if (unknown.length > 0) {
    throw new TypeError(`there is no option ${unknown[0]}; see deno task studio --help`);
  }
  if (!/^\d+$/.test(port) || Number(port) > 65535) {
    throw new TypeError(`--port must be a whole number from 0 to 65535; got "${port}"`);
  }
  if (build === "" || runs === "") throw new TypeError(`--${runs === "" ? "runs" : "build"} needs a folder`);
  return { build, port: Number(port), runs, open };
}
