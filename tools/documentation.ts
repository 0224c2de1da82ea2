/**
 * Reads the output of `deno doc` about modules.
 *
 * @module
 */

/** One exported declaration. */
export interface Declaration {
  readonly name: string;
  /** `function`, `class`, `interface`, `typeAlias`, `variable`, or `reference` to another entry point. */
  readonly kind: string;
  /** `file:line`. */
  readonly place: string;
  readonly isDocumented: boolean;
  readonly hasExample: boolean;
  /** What `@category` says; empty if it says nothing. */
  readonly category: string;
  /** The first sentence of its description, on one line; empty without one. */
  readonly summary: string;
}

/** One module. */
export interface ModuleDocumentation {
  readonly isDocumented: boolean;
  readonly declarations: readonly Declaration[];
}

interface Comment {
  readonly doc?: string;
  readonly tags?: readonly { readonly kind: string; readonly doc?: string }[];
}

/** The part of the output of `deno doc --json` that is read here. */
interface DocumentationJson {
  readonly nodes: Readonly<
    Record<string, {
      readonly module_doc?: Comment;
      readonly symbols: readonly {
        readonly name: string;
        readonly declarations: readonly {
          readonly kind: string;
          readonly declarationKind: string;
          readonly location: { readonly filename: string; readonly line: number };
          readonly jsDoc?: Comment;
          readonly def?: { readonly hasBody?: boolean };
        }[];
      }[];
    }>
  >;
}

function isDocumented(comment: Comment | undefined): boolean {
  return (comment?.doc ?? "") !== "" || (comment?.tags ?? []).length > 0;
}

/** Yields the public declarations of a symbol; for an overloaded function, its signatures without the implementation. */
function* visible({ name, declarations }: DocumentationJson["nodes"][string]["symbols"][number]) {
  const seen = declarations.filter(({ declarationKind }) => declarationKind !== "private");
  const isOverloaded = seen.length > 1 && seen.every(({ kind }) => kind === "function");
  for (const { kind, location: { filename, line }, jsDoc, def } of seen) {
    if (isOverloaded && def?.hasBody) continue;
    yield {
      name,
      kind,
      place: `${filename}:${line}`,
      isDocumented: isDocumented(jsDoc),
      hasExample: (jsDoc?.tags ?? []).some((tag) => tag.kind === "example"),
      category: jsDoc?.tags?.find((tag) => tag.kind === "category")?.doc?.trim() ?? "",
      summary: /^[^]*?(?:\.(?=\s|$)|\n\n|$)/.exec(jsDoc?.doc ?? "")![0].replaceAll(/\s+/g, " ").trim(),
    };
  }
}

/**
 * Reads the documentation of modules that belong together, such as the entry points of a package.
 *
 * @param files Files of the modules.
 * @returns Their documentation, in the same order.
 * @throws {Error} If `deno doc` fails or does not list one of them.
 */
export async function readDocumentation(files: readonly string[]): Promise<ModuleDocumentation[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", "--lock=deno.lock", "--frozen", ...files],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`deno doc --json ${files.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  const { nodes }: DocumentationJson = JSON.parse(new TextDecoder().decode(stdout));
  return files.map((file) => {
    const [, node] = Object.entries(nodes).find(([url]) => url.endsWith(`/${file}`)) ?? [];
    if (node === undefined) throw new Error(`deno doc --json does not list ${file}: has its format changed?`);
    return {
      isDocumented: isDocumented(node.module_doc),
      declarations: node.symbols.flatMap((symbol) => [...visible(symbol)]),
    };
  });
}
