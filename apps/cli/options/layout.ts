/**
 * Text layout for a terminal: wrapped paragraphs and two-column lists.
 * @module
 */

/** Maximum width of the left column; longer entries have a line of their own. */
const LEFT_WIDTH = 28;
/** Minimum width of the right column, however narrow the terminal. */
const RIGHT_WIDTH = 30;

/**
 * Wraps text at spaces.
 *
 * @param text One paragraph.
 * @param columns Maximum length of a line; longer words are not broken.
 * @returns Lines, at least one.
 */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * Lays out a list of terms and descriptions in two columns, with wrapped descriptions.
 *
 * @param rows Term and description of each entry.
 * @param columns Width of the terminal.
 */
export function twoColumns(
  rows: readonly (readonly [term: string, description: string])[],
  columns: number,
): string[] {
  const left = Math.min(LEFT_WIDTH, Math.max(0, ...rows.map(([term]) => term.length)));
  const indent = " ".repeat(left + 4), right = Math.max(RIGHT_WIDTH, columns - indent.length - 1);
  return rows.flatMap(([term, description]) => {
    const lines = wrap(description, right).map((line) => indent + line);
    if (term.length > left) return [`  ${term}`, ...lines];
    return [`  ${term.padEnd(left)}  ${lines[0]!.slice(indent.length)}`, ...lines.slice(1)];
  });
}
