/**
 * Words of commands that are shown to be copied.
 * @module
 */

/**
 * Quotes a word for a shell.
 *
 * @param word Word.
 */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
