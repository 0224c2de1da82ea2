import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DataError } from "./data_error.ts";
import { missingMessage, packageFile, packageModule } from "./npm_package.ts";

const MISSING = { name: "@gasp/no-such-package", versions: "^1.0.0" };

Deno.test("packageModule() imports a package and packageFile() reads a file of it", async () => {
  const jpeg = { name: "jpeg-js", versions: "^0.4.4" };
  const { default: library } = await packageModule(jpeg);
  assertEquals(Object.keys(library as object).sort(), ["decode", "encode"]);
  const description = JSON.parse(new TextDecoder().decode(await packageFile(jpeg, "package.json")));
  assertEquals(description.name, "jpeg-js");
  await assertRejects(
    () => packageFile(jpeg, "none.png"),
    DataError,
    "jpeg-js (its file none.png) cannot be loaded",
  );
});

Deno.test("packageFile() names the package to install if it is missing", async () => {
  await assertRejects(() => packageFile(MISSING, "a.png"), DataError, "Install @gasp/no-such-package@^1.0.0");
});

Deno.test("missingMessage() sends a page to the command line", () => {
  const message = missingMessage(MISSING, "a.so", new Error("404"), "http://127.0.0.1:8000/main.js");
  assertStringIncludes(
    message,
    "This page does not have the npm package @gasp/no-such-package (its file a.so)",
  );
  assertStringIncludes(message, "deno task train --data FILE");
});
