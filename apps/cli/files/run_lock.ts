/**
 * A lock on the folder of a run, so that two trainings cannot write into it at once.
 *
 * The lock is an advisory lock of the operating system (`flock`) on a file in the folder: it ends with its process, however
 * that dies, and cannot be mistaken for that of a later process with the same number. The contents of the file, the process,
 * its host and its start, are for messages, and for network file systems, where locks of other hosts may be invisible.
 *
 * @module
 */
import { openFileStore, UserError } from "@gasp/gasp";

/** Name of the lock file in the folder of a run. It exists only while the run is trained, or after a crash. */
export const LOCK_FILE = "training.lock";

/** Who holds a lock. */
interface Holder {
  /** Process id. */
  readonly pid: number;
  /** Name of the host; `""` if unknown. */
  readonly host: string;
  /** Start of the training, ISO 8601. */
  readonly started: string;
}

/** A lock that is held by this process. */
export interface RunLock {
  /** Releases the lock and deletes its file. */
  release(): Promise<void>;
}

/**
 * Locks the folder of a run; creates the folder if there is none. A lock left by a process that has died is taken over.
 *
 * @param folder Folder of the run.
 * @param host Name of this host. Default: that of the machine.
 * @throws {UserError} If another process trains this run, a process of another host has left a lock, or the folder is not
 *   writable.
 */
export async function lockRun(folder: string, host: string = hostName()): Promise<RunLock> {
  const path = `${folder}/${LOCK_FILE}`;
  for (;;) {
    // Creates the folder and the file, with the messages of all other files of a run
    await (await openFileStore(folder)).append(LOCK_FILE, "");
    const file = await Deno.open(path, { read: true, write: true });
    try {
      if (!await tryLock(file)) throw beingTrained(folder, await readHolder(path));
      // The previous holder may have deleted the file between opening and locking it
      if (!await isSameFile(file, path)) {
        file.close();
        continue;
      }
      checkHost(path, await readHolder(path), host);
    } catch (error) {
      file.close();
      throw error;
    }
    await writeHolder(file, { pid: Deno.pid, host, started: new Date().toISOString() });
    return {
      async release() {
        // Deleted before it is unlocked, so that no other process deletes the lock of a third one
        await Deno.remove(path).catch(() => {});
        file.close();
      },
    };
  }
}

/**
 * Checks that no process trains a run, without writing.
 *
 * @param folder Folder of the run.
 * @param host Name of this host. Default: that of the machine.
 * @throws {UserError} As {@link lockRun} does.
 */
export async function checkUnlocked(folder: string, host: string = hostName()): Promise<void> {
  const path = `${folder}/${LOCK_FILE}`;
  // Opening anything but a file could block
  if (!(await Deno.stat(path).catch(() => undefined))?.isFile) return;
  const file = await Deno.open(path).catch(() => undefined);
  if (file === undefined) return;
  try {
    const holder = await readHolder(path);
    if (!await tryLock(file, "shared")) throw beingTrained(folder, holder);
    checkHost(path, holder, host);
  } finally {
    file.close();
  }
}

/** Returns whether the lock was acquired. On file systems without locks, it is. */
async function tryLock(file: Deno.FsFile, kind: "exclusive" | "shared" = "exclusive"): Promise<boolean> {
  return await file.tryLock(kind === "exclusive").catch(() => true);
}

async function isSameFile(file: Deno.FsFile, path: string): Promise<boolean> {
  const [opened, named] = [await file.stat(), await Deno.stat(path).catch(() => undefined)];
  // Windows has no inode numbers; there an open file cannot be deleted
  return named !== undefined && opened.ino === named.ino && opened.dev === named.dev;
}

/** Returns the holder named by a lock file; `undefined` if the file is empty or unreadable. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { pid, host, started } = JSON.parse(await Deno.readTextFile(path)) as Partial<Holder>;
    if (!Number.isSafeInteger(pid) || typeof host !== "string" || typeof started !== "string") {
      return undefined;
    }
    return { pid: Number(pid), host, started };
  } catch {
    return undefined;
  }
}

async function writeHolder(file: Deno.FsFile, holder: Holder): Promise<void> {
  try {
    await file.truncate(0);
    await file.write(new TextEncoder().encode(`${JSON.stringify(holder)}\n`));
  } catch {
    // A full disk: the lock holds without its description
  }
}

function checkHost(path: string, holder: Holder | undefined, host: string): void {
  if (holder === undefined || host === "" || holder.host === "" || holder.host === host) return;
  throw new UserError(
    `${path} says that process ${holder.pid} on the host ${holder.host} has trained this run since ${holder.started}, ` +
      `which cannot be verified from this host, ${host}: if that training has ended, delete the file and try again`,
  );
}

function beingTrained(folder: string, holder: Holder | undefined): UserError {
  const process = holder === undefined
    ? "another process"
    : `process ${holder.pid}${holder.host && ` on ${holder.host}`}, since ${holder.started}`;
  const stop = holder === undefined
    ? "stop it"
    : `stop it with "kill -INT ${holder.pid}", which saves a checkpoint`;
  return new UserError(
    `${folder} is being trained by ${process}: wait until it ends, ${stop}, or choose another folder`,
  );
}

/** Returns the name of this host, `""` if it cannot be determined. Needs no permission but that to read. */
function hostName(): string {
  try {
    const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
    return (state === "granted" ? Deno.hostname() : Deno.readTextFileSync("/etc/hostname")).trim();
  } catch {
    return "";
  }
}
