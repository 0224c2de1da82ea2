import { assertEquals } from "@std/assert";
import { pickModel } from "./pick_model.ts";

const chosen = (...paths: string[]) => pickModel(paths.map((path) => [path, null] as const))?.[0];

Deno.test("pickModel() takes the newest checkpoint of a run by number, at any depth", () => {
  const [nine, ten] = ["checkpoints/step-9.safetensors", "checkpoints/step-10.safetensors"];
  assertEquals(chosen("config.json", ten!, nine!), ten);
  assertEquals(chosen(`digits-1/${nine}`, `digits-1/generator.safetensors`), `digits-1/${nine}`);
});

Deno.test("pickModel() takes the generator of a run without checkpoints, and the only file whatever it is", () => {
  assertEquals(chosen("a.safetensors", "generator.safetensors"), "generator.safetensors");
  assertEquals(chosen("config.json", "a.safetensors"), "a.safetensors");
  assertEquals(chosen("notes.txt"), "notes.txt");
  assertEquals(chosen("a.txt", "b.txt"), undefined);
});
