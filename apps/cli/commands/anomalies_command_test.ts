/** @module */
import { UserError } from "@gasp/gasp";
import { writeNpy } from "@gasp/tensor";
import { decodeImage, mnistPackage } from "@gasp/datasets";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../options/options.ts";
import { collectPrinted } from "../terminal/output_testing.ts";
import { anomaliesCommand } from "./anomalies_command.ts";
import { withTinyRun } from "./explore_commands_testing.ts";

const FEW = ["--steps", "20", "--restarts", "2", "--show", "2", "--device", "wasm", "--threads", "1"];

Deno.test("anomalies ranks noise before digits, prints both ends, and writes a sheet and JSON", () =>
  withTinyRun(async (run, folder) => {
    const digits = await (await mnistPackage(5)).batch([0, 1, 2, 3, 4, 5]), file = `${folder}/items.npy`;
    // Checkerboards of two phases, which no digit resembles
    const noise = Float32Array.from({ length: 50 }, (_, i) => (i + (i >= 25 ? 1 : 0)) % 2 === 0 ? 1 : -1);
    const data = Uint8Array.from([...digits, ...noise], (value) => Math.round(127.5 * (value + 1)));
    await Deno.writeFile(file, writeNpy({ shape: [8, 5, 5], data }));
    const json = `${folder}/anomalies.json`, out = `${folder}/anomalies.png`;
    using printed = collectPrinted();
    assertEquals(
      await anomaliesCommand.execute([run, "--data", file, "--json", json, "--out", out, ...FEW]),
      0,
    );
    const { items, noise: used } = JSON.parse(await Deno.readTextFile(json));
    assertEquals([items.length, used], [8, 0.2]);
    assertEquals(items.slice(0, 2).map(({ item }: { item: number }) => item).sort(), [6, 7]);
    for (const [i, { anomaly, evidence, fit, prior, volume }] of items.entries()) {
      assert(i === 0 || anomaly <= items[i - 1].anomaly);
      assert(Math.abs(anomaly + evidence / 25) < 1e-9 && Math.abs(evidence - fit - prior - volume) < 1e-9);
    }
    const lines = printed.text.trim().split("\n");
    assertEquals(lines.length, 1 + 2 + 1 + 2 + 1);
    assert(/^item +anomaly +log p +fit +prior +volume$/.test(lines[0]!.trim()), lines[0]);
    // Four rows of two pictures
    const { width, height } = await decodeImage(await Deno.readFile(out), out);
    assert(height > width, `${width}×${height}`);
  }));

Deno.test("anomalies refuses a noise of 0 and data of another kind", () =>
  withTinyRun(async (run) => {
    await assertRejects(() => anomaliesCommand.execute([run, "--noise", "0", ...FEW]), UsageError, "above 0");
    await assertRejects(
      () => anomaliesCommand.execute([run, "--data", "chairs", ...FEW]),
      UserError,
      "pass data of the kind it was trained on",
    );
  }));
