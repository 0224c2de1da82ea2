/**
 * Checks packages as they are published. The versions of dependencies are in the import map of the workspace, which is not
 * published: `deno publish` writes them into the imports. This script publishes to a server in this process and checks that
 * every import in the received files resolves to a file of the same package, or begins with `npm:`, `jsr:` or `node:`.
 * Publishing removes types but does not transform newer JavaScript syntax, so the sources must not use syntax that Node 20
 * does not support.
 *
 * Run it with `deno run -A tools/published.ts`.
 *
 * @module
 */
import { dirname, join } from "node:path/posix";
import { imports, tokens } from "./source.ts";
import { readArchive } from "./tar.ts";

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

/**
 * Finds declarations with `using`, which Node 22 does not support.
 *
 * @param name Name of the package.
 * @param files Its source files.
 * @returns Problems, one per line.
 */
export function tooYoung(name: string, files: PublishedFiles): string[] {
  const declaration = /(?:^|[;{}\n])\s*(?:await\s+)?using\s+[\w$]+\s*=/g;
  return [...files].flatMap(([path, source]) =>
    tokens(source).filter(({ kind }) => kind === "code").flatMap(({ value, line }) =>
      Array.from(value.matchAll(declaration), ({ index, 0: { length } }) => {
        const at = line + value.slice(0, index + length).split("\n").length - 1;
        return `${name}/${path}:${at}: Node 22 and some browsers do not support "using": use try and finally`;
      })
    )
  );
}

/** Publishes the workspace to a server of this process; returns the archive of each package. */
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

/** Returns the source files of an archive. */
async function sourcesOf(archive: Uint8Array<ArrayBuffer>): Promise<PublishedFiles> {
  const files = [...await readArchive(archive)].filter(([path]) => path.endsWith(".ts"));
  return new Map(files.map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));
}

if (import.meta.main) {
  const archives = await publish();
  const checked = await Promise.all(
    Array.from(archives, async ([name, archive]) => {
      const files = await sourcesOf(archive);
      return [...unresolved(name, files), ...(name === "cli" ? [] : tooYoung(name, files))];
    }),
  );
  const problems = checked.flat();
  if (archives.size === 0) problems.push("deno publish published no package");
  for (const problem of problems) console.log(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
