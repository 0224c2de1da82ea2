/**
 * Checks the packages as they are published. The versions of their dependencies are in the import map of the workspace,
 * which is not published: `deno publish` inserts them into the imports. This tool publishes to a local server, and checks
 * that every import of the uploaded files is a file of the same package, or starts with `npm:`, `jsr:` or `node:`.
 *
 * Run it with `deno run -A tools/published.ts`.
 *
 * @module
 */
import { dirname, join } from "node:path/posix";
import { imports } from "./source.ts";

/** Source files of a package by path. */
export type PublishedFiles = ReadonlyMap<string, string>;

/**
 * Finds imports that cannot be resolved outside the workspace.
 *
 * @param name Name of the package.
 * @param files Its source files.
 * @returns Problems, one per line.
 */
export function unresolved(name: string, files: PublishedFiles): string[] {
  return [...files].flatMap(([path, source]) =>
    imports(source)
      .filter(({ specifier }) =>
        specifier.startsWith(".")
          ? !files.has(join(dirname(path), specifier))
          : !/^(?:npm|jsr|node):/.test(specifier)
      )
      .map(({ specifier, line }) =>
        `${name}/${path}:${line}: "${specifier}" cannot be resolved after publishing`
      )
  );
}

/** Publishes the workspace to a local server, and returns the archive of each package. */
async function publish(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const archives = new Map<string, Uint8Array<ArrayBuffer>>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const name = /\/packages\/([^/]+)\/versions\//.exec(request.url)?.[1];
    if (name === undefined || request.method === "POST") {
      if (name !== undefined) archives.set(name, await request.bytes());
      return Response.json({ id: "0", status: "success" });
    }
    return Response.json({ code: "packageVersionNotFound", message: "not published yet" }, { status: 404 });
  });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--allow-dirty", "--no-provenance", "--token=none", "--lock=deno.lock", "--frozen"],
    env: { JSR_URL: `http://127.0.0.1:${server.addr.port}` },
    stdout: "null",
  }).output();
  await server.shutdown();
  if (!success) throw new Error(`deno publish failed: ${new TextDecoder().decode(stderr)}`);
  return archives;
}

/** Extracts the source files of a published archive, a gzipped tar file. */
async function filesOf(archive: Uint8Array<ArrayBuffer>): Promise<PublishedFiles> {
  const stream = new Blob([archive]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(stream).bytes();
  const files = new Map<string, string>();
  const text = (from: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(from, from + length));
  for (let at = 0; bytes[at];) {
    const path = text(at, 100).split("\0")[0]!.replace(/^\.\//, ""), size = parseInt(text(at + 124, 12), 8);
    if (path.endsWith(".ts")) files.set(path, text(at + 512, size));
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return files;
}

if (import.meta.main) {
  const archives = await publish();
  const checked = await Promise.all(
    Array.from(archives, async ([name, archive]) => unresolved(name, await filesOf(archive))),
  );
  const problems = checked.flat();
  if (archives.size === 0) problems.push("deno publish published no package");
  for (const problem of problems) console.log(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
