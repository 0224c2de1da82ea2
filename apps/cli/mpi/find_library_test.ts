import { UserError } from "@gasp/gasp";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { candidatesOf, findLibrary, noLibraryError } from "./find_library.ts";

Deno.test("candidatesOf() lists the names of each system, those of an active conda environment first", () => {
  assertEquals(candidatesOf("Open MPI", "linux", undefined), [
    "libmpi.so.40",
    "/usr/lib64/openmpi/lib/libmpi.so.40",
  ]);
  assertEquals(candidatesOf("MPICH", "linux", "/conda")[0], "/conda/lib/libmpi.so.12");
  assertEquals(candidatesOf("MPICH", "darwin", undefined)[0], "libmpi.12.dylib");
  assertEquals(candidatesOf("MPICH", "windows", undefined), []);
});

Deno.test("noLibraryError() names what was tried, and the packages of each system", () => {
  const { message } = noLibraryError(["libmpi.so.12", "libmpi.so.40"]);
  for (
    const part of [
      "(tried libmpi.so.12, libmpi.so.40)",
      "apt install",
      "dnf install",
      "conda",
      "brew install",
    ]
  ) {
    assertStringIncludes(message, part);
  }
  assertStringIncludes(noLibraryError([], "windows").message, "not on windows");
});

Deno.test("findLibrary() refuses a file that is no MPI library", () => {
  assertThrows(
    () => findLibrary(undefined, "/nowhere/libmpi.so"),
    UserError,
    "/nowhere/libmpi.so is not an MPI library that can be used",
  );
});
