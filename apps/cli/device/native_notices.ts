/**
 * Notices that Dawn prints on every start. It lowers two limits of every Vulkan adapter, of no consequence here, and says so on
 * the native standard error, which JavaScript cannot intercept and Dawn has no option to silence.
 * @module
 */

/** Lines that are dropped; all others are passed on. */
const NOTICE =
  /^Warning: maxDynamic\w+ artificially reduced from \d+ to \d+ to fit dynamic offset allocation limit\.$/;

const STDERR = 2;

const SYMBOLS = {
  dup: { parameters: ["i32"], result: "i32" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Runs work during which Dawn looks for adapters, and drops its notices from standard error. Elsewhere than on Linux, or
 * without permission to call native code, only runs the work.
 *
 * @param work Work to run.
 * @returns Its result.
 */
export async function withoutNotices<T>(work: () => Promise<T>): Promise<T> {
  const capture = captureStderr();
  try {
    return await work();
  } finally {
    const text = capture?.();
    const kept = text?.split("\n").filter((line) => !NOTICE.test(line)).join("\n");
    if (kept) Deno.stderr.writeSync(new TextEncoder().encode(kept));
  }
}

/** Redirects standard error into memory. Returns a function that undoes it and returns the text; undefined if impossible. */
function captureStderr(): (() => string) | undefined {
  if (Deno.build.os !== "linux") return undefined;
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  let library: Deno.DynamicLibrary<typeof SYMBOLS>;
  try {
    library = Deno.dlopen("libc.so.6", SYMBOLS);
  } catch {
    return undefined;
  }
  const { dup, dup2, memfd_create, pread, close } = library.symbols;
  const original = dup(STDERR), memory = memfd_create(new TextEncoder().encode("stderr\0"), 0);
  if (original < 0 || memory < 0 || dup2(memory, STDERR) < 0) {
    for (const descriptor of [original, memory]) if (descriptor >= 0) close(descriptor);
    library.close();
    return undefined;
  }
  return () => {
    dup2(original, STDERR);
    close(original);
    const decoder = new TextDecoder(), chunk = new Uint8Array(4096);
    let text = "";
    for (let at = 0n;;) {
      const count = Number(pread(memory, chunk, BigInt(chunk.length), at));
      if (count <= 0) break;
      text += decoder.decode(chunk.subarray(0, count), { stream: true });
      at += BigInt(count);
    }
    close(memory);
    library.close();
    return text;
  };
}
