import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { registry } from "zarrita";
import { DataError } from "../core/data_error.ts";
import { limitCodecs } from "./zarr_codecs.ts";

/** A chunk of 18 numbers of four bytes. */
const CHUNK = { dataType: "float32", shape: [2, 3, 3] };

async function decode(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  limitCodecs(registry);
  const codec = await registry.get(name)!() as unknown as {
    fromConfig(configuration: object, metadata: object): { decode(bytes: Uint8Array): Promise<Uint8Array> };
  };
  return await codec.fromConfig({}, CHUNK).decode(bytes);
}

async function deflated(length: number, format: "gzip" | "deflate"): Promise<Uint8Array> {
  const zeros = new Blob([new Uint8Array(length)]).stream();
  return new Uint8Array(await new Response(zeros.pipeThrough(new CompressionStream(format))).arrayBuffer());
}

/** A frame of Zstandard that does not say how long it is: blocks that repeat a byte. */
function repeated(blocks: readonly number[]): Uint8Array {
  const frame = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x58];
  blocks.forEach((length, i) => {
    const header = length << 3 | 1 << 1 | Number(i === blocks.length - 1);
    frame.push(header & 255, header >> 8 & 255, header >> 16 & 255, 7);
  });
  return Uint8Array.from(frame);
}

/** Chunks that unpack to far more than 72 bytes. */
const BOMBS: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>> = {
  gzip: () => deflated(1 << 22, "gzip"),
  zlib: () => deflated(1 << 22, "deflate"),
  lz4: () => Uint8Array.of(0, 0, 0, 64, 1, 2, 3),
  blosc: () => Uint8Array.of(2, 1, 1, 4, 0, 0, 0, 64, 0, 0, 0, 64, 16, 0, 0, 0),
  zstd: () => repeated(Array(1000).fill(1 << 17)),
};

for (const [name, bomb] of Object.entries(BOMBS)) {
  for (const key of [name, `numcodecs.${name}`]) {
    Deno.test(`a chunk that ${key} would unpack to more than its numbers is refused`, async () => {
      const bytes = await bomb(), error = await assertRejects(() => decode(key, bytes), DataError);
      assertMatch(error.message, /more than the \d+ bytes of its numbers/);
    });
  }
}

Deno.test("chunks as long as their numbers are unpacked", async () => {
  assertEquals((await decode("gzip", await deflated(72, "gzip"))).length, 72);
  assertEquals((await decode("zlib", await deflated(72, "deflate"))).length, 72);
  assertEquals(await decode("zstd", repeated([40, 32])), new Uint8Array(72).fill(7));
});
