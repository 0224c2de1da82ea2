/**
 * Writes archives for tests.
 *
 * @module
 */

/** Writes a TAR archive. @param files Members by path. @param type Type of the members' paths: in the header, or GNU's or pax's headers of their own. */
export function tarFile(
  files: Readonly<Record<string, Uint8Array>>,
  type: "ustar" | "gnu" | "pax",
): Uint8Array {
  const blocks: Uint8Array[] = [];
  const add = (name: string, data: Uint8Array, flag: string) => {
    const header = new Uint8Array(512),
      put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
    put(0, name.slice(0, 100));
    put(124, data.length.toString(8).padStart(11, "0"));
    put(148, " ".repeat(8));
    put(156, flag);
    put(257, "ustar\x0000");
    put(148, header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0") + "\0 ");
    const body = new Uint8Array(Math.ceil(data.length / 512) * 512);
    body.set(data);
    blocks.push(header, body);
  };
  for (const [name, data] of Object.entries(files)) {
    const path = ` path=${name}\n`, length = path.length + 2;
    if (type === "gnu") add("././@LongLink", new TextEncoder().encode(name + "\0"), "L");
    if (type === "pax") add("PaxHeader", new TextEncoder().encode(length + path), "x");
    add(type === "ustar" ? `./${name}` : "short", data, "0");
  }
  blocks.push(new Uint8Array(1024));
  return Uint8Array.from(blocks.flatMap((block) => [...block]));
}
