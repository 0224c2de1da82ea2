/** Disks: full, limited, read-only. */
import { type Kind, require } from "../kind.ts";
import { run, tail } from "../program.ts";
import { continuation, requireAdvice, requireSameEnd, requireWhole, RUN, TRAIN } from "../training.ts";

/** Runs a command and returns whether it succeeded. */
export async function succeeds(program: string, ...args: readonly string[]): Promise<boolean> {
  const command = new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" });
  return await command.output().then(({ success }) => success, () => false);
}

export const disks: Kind = {
  name: "disks",
  what:
    "full and read-only disks, limited file sizes: an error that says so, the last checkpoint is whole and resumes",
  missing: () => Deno.build.os === "linux" ? undefined : "needs Linux",
  async run({ folder, random }) {
    const way = random.pick(["small disk", "file size", "read-only"] as const);
    if (way === "file size") return await withFileLimit(folder, 1 + random.below(60));
    const isReadOnly = way === "read-only";
    const size = isReadOnly ? "ro" : `size=${4 * (5 + random.below(60))}k`;
    await Deno.mkdir(`${folder}/${RUN}`);
    if (!await succeeds("mount", "-t", "tmpfs", "-o", size, "tmpfs", `${folder}/${RUN}`)) {
      // Without the rights to mount, permissions are tried instead
      return await withoutRights(folder);
    }
    try {
      const ending = await run(TRAIN, { folder });
      if (isReadOnly) {
        require(
          ending.code === 1 && /read-only/.test(ending.stderr),
          `${ending.code} ${tail(ending.stderr)}`,
        );
      } else if (ending.code !== 0) {
        require(
          ending.code === 1 && /disk is full/.test(ending.stderr),
          `${ending.code} ${tail(ending.stderr)}`,
        );
        if (await requireWhole(folder) !== undefined) requireAdvice(ending);
        // Space is found
        await succeeds("mount", "-o", "remount,size=10m", `${folder}/${RUN}`);
        await requireSameEnd(folder);
      }
    } finally {
      await succeeds("umount", "-l", `${folder}/${RUN}`);
    }
    return 1;
  },
};

/** The system ends a process that writes beyond its limit. */
async function withFileLimit(folder: string, blocks: number): Promise<number> {
  const ending = await run(TRAIN, { folder, script: `ulimit -f ${blocks}; "$@"` });
  // 153: SIGXFSZ
  require([0, 1, 153].includes(ending.code), `exit code ${ending.code}: ${tail(ending.stderr)}`);
  await requireWhole(folder);
  await requireSameEnd(folder);
  return 1;
}

async function withoutRights(folder: string): Promise<number> {
  await Deno.chmod(`${folder}/${RUN}`, 0o555);
  const ending = await run(await continuation(folder), { folder });
  await Deno.chmod(`${folder}/${RUN}`, 0o755);
  require(
    ending.code === 1 && /permission denied/.test(ending.stderr),
    `${ending.code} ${tail(ending.stderr)}`,
  );
  return 1;
}
