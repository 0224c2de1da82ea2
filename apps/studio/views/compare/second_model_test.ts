/** @module */
import { assertEquals } from "@std/assert";
import { secondModel } from "./second_model.ts";

Deno.test("secondModel() is another bundled model of the same kind, else the first model again", () => {
  const bundled = [
    { name: "digits", kind: "image" },
    { name: "climate", kind: "sphere" },
    { name: "faces", kind: "image" },
  ] as const;
  const image = { kind: "image", height: 2, width: 2, channels: 1 } as const;
  const volume = { kind: "volume", resolution: 4 } as const;
  assertEquals(secondModel({ ref: "bundled/digits", display: image }, bundled), "bundled/faces");
  assertEquals(secondModel({ ref: "bundled/faces", display: image }, bundled), "bundled/digits");
  assertEquals(secondModel({ ref: "browser/mine", display: image }, bundled), "bundled/digits");
  assertEquals(secondModel({ ref: "browser/mine", display: volume }, bundled), "browser/mine");
  assertEquals(secondModel({ ref: "bundled/digits", display: image }, []), "bundled/digits");
});
