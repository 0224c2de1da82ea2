/**
 * Text from users and files as it may be printed: control characters could move the cursor, change colours or hide text.
 * @module
 */

/** Control characters except line breaks and tabs, characters that reverse the direction of text, and unpaired surrogates. */
const UNPRINTABLE = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\u2028\u2029]|\p{Cs}/gu;

/**
 * Replaces unprintable characters by their escapes, such as `\u001b`, which JSON allows in texts.
 *
 * @param text Text to print.
 */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
