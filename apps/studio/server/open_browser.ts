/**
 * Opens the browser of the desktop.
 *
 * @module
 */

/** Commands that open an address, by operating system. */
const OPENERS: Readonly<Partial<Record<typeof Deno.build.os, readonly string[]>>> = {
  darwin: ["open"],
  linux: ["xdg-open"],
  windows: ["explorer"],
};

/**
 * Opens an address in the browser.
 *
 * @param url Address.
 * @returns Whether a command for it was found; it may still fail, as where there is no desktop.
 */
export function openBrowser(url: string): boolean {
  const [program, ...args] = OPENERS[Deno.build.os] ?? [];
  if (program === undefined) return false;
  try {
    const command = new Deno.Command(program, {
      args: [...args, url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
    command.spawn().unref();
    return true;
  } catch {
    return false;
  }
}
