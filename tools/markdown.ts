/**
 * Markdown to HTML, as far as the guide uses it: headings, paragraphs, lists, tables, fenced code, links, images, code,
 * emphasis.
 *
 * @module
 */

/** Changes the target of a link. */
export type Relink = (target: string) => string;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}

/** Text within a line. Code is set aside first, so that nothing in it is read as Markdown. */
function inline(text: string, relink: Relink): string {
  const code: string[] = [];
  return escaped(text.replace(/`([^`]+)`/g, (_, inner) => `\0${code.push(inner) - 1}\0`))
    .replace(/!\[([^\]]*)\]\(([^)]+)\)/g, (_, alt, target) => `<img alt="${alt}" src="${relink(target)}">`)
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, label, target) => `<a href="${relink(target)}">${label}</a>`)
    .replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>")
    .replace(/(?<![\w_])_([^_]+)_(?![\w_])/g, "<em>$1</em>")
    .replace(/\0(\d+)\0/g, (_, i) => `<code>${escaped(code[i]!)}</code>`);
}

/** The cells of a row; a bar within code is written `\|`. */
function cells(row: string): string[] {
  return row.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function table(rows: readonly string[], relink: Relink): string {
  const row = (line: string, tag: string) =>
    `<tr>${cells(line).map((cell) => `<${tag}>${inline(cell, relink)}</${tag}>`).join("")}</tr>`;
  const [head, , ...body] = rows;
  return `<table><thead>${row(head!, "th")}</thead><tbody>${
    body.map((line) => row(line, "td")).join("")
  }</tbody></table>`;
}

function list(lines: readonly string[], relink: Relink): string {
  const tag = /^\d/.test(lines[0]!) ? "ol" : "ul";
  const items: string[] = [];
  for (const line of lines) {
    const [, text] = /^(?:-|\d+\.) (.*)$/.exec(line) ?? [];
    if (text === undefined) items.push(`${items.pop()} ${line.trim()}`);
    else items.push(text);
  }
  return `<${tag}>${items.map((item) => `<li>${inline(item, relink)}</li>`).join("")}</${tag}>`;
}

/** Blocks of lines: code with its blank lines, everything else between blank lines. */
function* blocks(text: string): Generator<string[]> {
  let block: string[] = [];
  for (const line of text.split("\n")) {
    const isCode = block[0]?.startsWith("```") ?? false;
    if (isCode) {
      block.push(line);
      if (line !== "```") continue;
    } else if (line.trim() !== "") {
      if (line.startsWith("```") && block.length > 0) {
        yield block;
        block = [];
      }
      block.push(line);
      continue;
    }
    if (block.length > 0) yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

/**
 * Converts a document.
 *
 * @param text Markdown.
 * @param relink Called for the target of each link and image.
 * @returns The HTML of the body.
 */
export function toHtml(text: string, relink: Relink = (target) => target): string {
  return [...blocks(text)].map((block) => {
    const [first] = block as [string];
    const [, marks, heading] = /^(#{1,4}) (.*)$/.exec(first) ?? [];
    if (marks !== undefined) return `<h${marks.length}>${inline(heading!, relink)}</h${marks.length}>`;
    if (first.startsWith("```")) return `<pre><code>${escaped(block.slice(1, -1).join("\n"))}</code></pre>`;
    if (first.startsWith("|")) return table(block, relink);
    if (/^(?:-|\d+\.) /.test(first)) return list(block, relink);
    return `<p>${inline(block.join(" "), relink)}</p>`;
  }).join("\n");
}
