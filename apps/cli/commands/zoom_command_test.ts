/** @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ON_REFERENCE, withTinyRun } from "./explore_commands_testing.ts";
import { UsageError } from "../options/options.ts";
import { zoomCommand } from "./zoom_command.ts";

Deno.test("zoom starts with the whole image and ends with the window", () =>
  withTinyRun(async (run, folder) => {
    const args = [run, "--sample", "3", "--resolution", "6", ...ON_REFERENCE];
    const window = ["--centre", "-0.5,0.25", "--width", "0.5"],
      frames = ["--frames", "3", "--format", "frames"];
    const zoom = (out: string, ...more: string[]) =>
      zoomCommand.execute([...args, ...more, "--out", `${folder}/${out}`]);
    assertEquals(await zoom("frames", ...window, ...frames), 0);
    assertEquals(await zoom("whole.png", "--width", "2"), 0);
    assertEquals(await zoom("window.png", ...window), 0);
    const read = (name: string) => Deno.readFileSync(`${folder}/${name}`);
    assertEquals(read("frames/0.png"), read("whole.png"));
    assertEquals(read("frames/2.png"), read("window.png"));
    assertEquals(await zoom("moving.png", ...window, "--frames", "3"), 0);
    assert(new TextDecoder("latin1").decode(read("moving.png")).includes("acTL"));
  }));

Deno.test("zoom explains invalid windows", () =>
  withTinyRun(async (run) => {
    const refuse = (option: string, message: string) =>
      assertRejects(() => zoomCommand.execute([run, option, ...ON_REFERENCE]), UsageError, message);
    await refuse("--centre=1", '--centre must be 2 numbers x,y; got "1"');
    await refuse("--centre=1,b", "--centre must be 2 numbers x,y");
    await refuse("--width=-1", '--width must be above 0; got "-1"');
  }));
