/**
 * Builds the documentation for reading in a browser: a reference of each package with its exports by category, the guide, and
 * an index of both. It needs no network.
 *
 *     deno task docs [FOLDER]
 *
 * writes into FOLDER, `docs/api` unless given.
 *
 * @module
 */
import { basename, dirname, join, relative, resolve } from "node:path/posix";
import { CATEGORIES } from "./categories.ts";
import { readDocumentation } from "./documentation.ts";
import { toHtml } from "./markdown.ts";
import { type Member, readMembers } from "./workspace.ts";

const GUIDE = "docs/guide";

const STYLE = `
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
a { color: #0b57d0 } code { font: 14px/1.45 ui-monospace, monospace; background: #f3f3f3; padding: 0 0.2em; border-radius: 3px }
pre { background: #f3f3f3; padding: 0.8rem 1rem; overflow-x: auto } pre code { padding: 0 }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0 } td, th { border: 1px solid #ccc; padding: 0.3rem 0.6rem; text-align: left; vertical-align: top }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } a { color: #8ab4f8 } code, pre { background: #262626 } td, th { border-color: #444 } }
`;

function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head>
<body>
${body}
</body></html>
`;
}

/** The folder of a package's reference: `tensor` of `@gasp/tensor`. */
function folderOf({ name }: Member): string {
  return name.slice(name.indexOf("/") + 1);
}

/** The pages of all symbols, by `deno doc`. It sorts them by kind; the page before them is {@link contents}. */
async function buildReference(member: Member, folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "doc",
      "--html",
      `--name=${member.name}`,
      `--output=${join(folder, folderOf(member))}`,
      ...Object.values(member.exports),
    ],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`deno doc --html of ${member.name}: ${new TextDecoder().decode(stderr)}`);
}

/** The exports of a package by category, each with a sentence and a link to its page. */
async function contents(member: Member): Promise<string> {
  const files = Object.values(member.exports), isSingle = files.length === 1;
  const modules = await readDocumentation(files), listed = new Set<string>();
  const sections = Object.keys(CATEGORIES).map((category) => {
    const rows = modules.flatMap(({ declarations }, i) =>
      declarations.filter((declaration) =>
        declaration.category === category && declaration.kind !== "reference"
      )
        .flatMap(({ name, kind, summary }) => {
          // An export of several entry points is listed under the first
          if (listed.has(name)) return [];
          listed.add(name);
          const module = isSingle ? "" : `${relative(member.folder, files[i]!)}/`;
          const text = summary.replace(/\{@link (\w+)\}/g, "`$1`").replaceAll("|", "\\|");
          return [
            `| [\`${name}\`](${folderOf(member)}/${module}~/${name}.html) | ${
              KINDS[kind] ?? kind
            } | ${text} |`,
          ];
        })
    );
    if (rows.length === 0) return "";
    const table = ["| name | kind | |", "| - | - | - |", ...rows.toSorted()].join("\n");
    return `## ${category}\n\n${CATEGORIES[category]}\n\n${table}`;
  });
  return [`# ${member.name}`, member.description ?? "", ...sections].filter(Boolean).join("\n\n");
}

/** Kinds of declarations, as programmers call them. */
const KINDS: Readonly<Record<string, string>> = { typeAlias: "type", variable: "constant" };

function titleOf(markdown: string): string {
  return (/^# (.*)$/m.exec(markdown)?.[1] ?? "").replaceAll("`", "");
}

/** Writes the chapters; links to other chapters lead to their pages, others to the files of the repository. */
async function buildGuide(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "guide"), { recursive: true });
  for await (const { name } of Deno.readDir(GUIDE)) {
    const markdown = await Deno.readTextFile(join(GUIDE, name));
    const body = toHtml(markdown, (target) => {
      if (/^(?:https?:|#)/.test(target)) return target;
      const path = join(GUIDE, target);
      return dirname(path) === GUIDE
        ? toPage(basename(path))
        : relative(join(folder, "guide"), resolve(path));
    });
    const back = `<p><a href="../index.html">Documentation</a> · <a href="index.html">Guide</a></p>`;
    await Deno.writeTextFile(
      join(folder, "guide", toPage(name)),
      page(titleOf(markdown), `${back}\n${body}`),
    );
  }
}

/** The page of a chapter. */
function toPage(chapter: string): string {
  return chapter.replace(/README\.md$/, "index.html").replace(/\.md$/, ".html");
}

function indexOf(packages: readonly Member[], guide: string): string {
  const chapters = [...guide.matchAll(/^\d+\. (.*)$/gm)].map(([, item]) => `1. ${item}`).join("\n");
  const rows = packages.map((member) =>
    `| [${member.name}](${folderOf(member)}.html) | ${member.description ?? ""} | ` +
    `[all symbols](${folderOf(member)}/all_symbols.html) |`
  );
  return [
    "# Documentation",
    "## Guide",
    "[Where to begin](guide/README.md), and [a table for those who know JAX, PyTorch or TensorFlow.js](guide/coming_from.md).",
    chapters.replaceAll("](", "](guide/"),
    "## Reference",
    ["| package | what | |", "| - | - | - |", ...rows].join("\n"),
  ].join("\n\n");
}

/**
 * Builds everything.
 *
 * @param folder Folder to write into.
 * @throws {Error} If `deno doc` fails.
 */
export async function buildDocs(folder: string): Promise<void> {
  const packages = (await readMembers(".")).filter((member) => member.folder.startsWith("packages/"));
  await Deno.mkdir(folder, { recursive: true });
  const write = (name: string, markdown: string) =>
    Deno.writeTextFile(join(folder, name), page(titleOf(markdown), toHtml(markdown, toPage)));
  for (const member of packages) {
    await buildReference(member, folder);
    await write(`${folderOf(member)}.html`, `[Documentation](index.html)\n\n${await contents(member)}`);
  }
  await buildGuide(resolve(folder));
  const guide = await Deno.readTextFile(join(GUIDE, "README.md"));
  await write("index.html", indexOf(packages, guide));
}

if (import.meta.main) {
  const [folder = "docs/api"] = Deno.args;
  if (folder.startsWith("-")) {
    console.error("usage: deno task docs [FOLDER] (default: docs/api)");
    Deno.exit(2);
  }
  await buildDocs(folder);
  console.log(`wrote ${join(folder, "index.html")}`);
}
