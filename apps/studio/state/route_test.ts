import { assertEquals } from "@std/assert";
import { hashOf, linkTo, param, parseRoute } from "./route.ts";

Deno.test("parseRoute() and hashOf() are inverses", () => {
  for (const hash of ["#/start", "#/explore?model=bundled/digits&at=0.1,0.2", "#/fit?name=a%26b%3Dc"]) {
    assertEquals(hashOf(parseRoute(hash)), hash);
  }
});

Deno.test("parseRoute() of an empty address is the first view", () => {
  for (const hash of ["", "#", "#/"]) assertEquals(hashOf(parseRoute(hash)), "#/start");
});

Deno.test("linkTo() sets parameters; param() has a default where the address has none", () => {
  assertEquals(linkTo("train", { preset: "tiny" }), "#/train?preset=tiny");
  assertEquals(param("seed", "7").value, "7");
});
