/**
 * Copies of the repository to plant faults in.
 * @module
 */

/** Copies the tracked and untracked, but not the ignored files of the working tree into a new folder. */
export async function copyTree(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "gasp-mutate-" });
  const listed = await new Deno.Command("git", { args: ["ls-files", "-z", "-co", "--exclude-standard"] })
    .output();
  if (!listed.success) throw new Error(new TextDecoder().decode(listed.stderr));
  for (const file of new TextDecoder().decode(listed.stdout).split("\0")) {
    const isThere = file !== "" && await Deno.stat(file).then((info) => info.isFile, () => false);
    if (!isThere) continue;
    await Deno.mkdir(`${folder}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(file, `${folder}/${file}`);
  }
  return folder;
}
