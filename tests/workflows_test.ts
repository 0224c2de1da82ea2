/**
 * The GitHub workflows parse, and every script, tool and task that they name exists.
 */
import { assert, assertEquals } from "@std/assert";
import { parse } from "yaml";
import { settingsRequests, versionProblems } from "../tools/release.ts";
import { readMembers } from "../tools/workspace.ts";

const ROOT = new URL("..", import.meta.url).pathname;

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<
    Record<string, {
      readonly "runs-on": string;
      readonly needs?: string | readonly string[];
      readonly permissions?: Readonly<Record<string, string>>;
      readonly steps: readonly Step[];
    }>
  >;
}

async function read(name: string): Promise<Workflow> {
  const text = await Deno.readTextFile(`${ROOT}.github/workflows/${name}`);
  return parse(text, { strict: true, uniqueKeys: true });
}

const names = Array.from(Deno.readDirSync(`${ROOT}.github/workflows`), ({ name }) => name).toSorted();
const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)) as {
  tasks: Record<string, unknown>;
};

Deno.test("there is one workflow for pushes and one for releases", () => {
  assertEquals(names, ["ci.yml", "release.yml"]);
});

for (const name of names) {
  Deno.test(`${name} has jobs whose steps run something, after jobs that exist`, async () => {
    const { on, jobs } = await read(name);
    assert(Object.keys(on).length > 0);
    for (const [job, { "runs-on": machine, needs = [], steps }] of Object.entries(jobs)) {
      assert(typeof machine === "string" && steps.length > 0, job);
      for (const other of [needs].flat()) assert(Object.hasOwn(jobs, other), `${job} needs ${other}`);
      for (const { run, uses } of steps) {
        assert((run === undefined) !== (uses === undefined), `${job}: a step must have either run or uses`);
        if (uses !== undefined) assert(/^[\w-]+\/[\w-]+@v\d+$/.test(uses), uses);
      }
    }
  });

  Deno.test(`${name} names only files and tasks that exist, and its commands are valid shell`, async () => {
    const commands = Object.values((await read(name)).jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => run ?? [])
    );
    assert(commands.length > 0);
    for (const command of commands) {
      for (const [path] of command.matchAll(/(?:tools\/|\.ci\/)[\w./]+/g)) {
        assert((await Deno.stat(ROOT + path)).isFile, path);
      }
      for (const [, task] of command.matchAll(/deno task (\S+)/g)) assert(Object.hasOwn(tasks, task!), task);
      const { success, stderr } = await new Deno.Command("bash", { args: ["-n", "-c", command] }).output();
      assert(success, new TextDecoder().decode(stderr));
    }
  });
}

Deno.test("release.yml publishes to both registries with provenance, after the tests", async () => {
  const { jobs: { check, jsr, npm } } = await read("release.yml");
  assert(check?.steps.some(({ run }) => run === "bash .ci/run"));
  for (const job of [jsr, npm]) {
    assertEquals([job?.needs, job?.permissions?.["id-token"]], ["check", "write"]);
  }
  assert(jsr?.steps.some(({ run }) => run?.startsWith("deno publish") && !run.includes("--no-provenance")));
  const publish = npm?.steps.find(({ run }) => run?.includes("npm publish --provenance"))?.run;
  for (const { folder } of await readMembers(ROOT)) {
    if (folder.startsWith("packages/")) assert(publish?.includes(folder.replace("packages/", "")), folder);
  }
});

const API = "https://api.example";

Deno.test("settingsRequests() sends the description and the runtimes of each package to JSR", async () => {
  const packages = (await readMembers(ROOT)).filter(({ folder }) => folder.startsWith("packages/"));
  const requests = packages.flatMap((member) => settingsRequests(member, API));
  assertEquals(requests.length, 2 * packages.length);
  const [description, runtimes] = settingsRequests(
    packages.find(({ name }) => name === "@gasp/tensor")!,
    API,
  );
  assertEquals(description!.url, `${API}/scopes/gasp/packages/tensor`);
  const text = String(description!.body.description);
  // JSR accepts at most 250 characters.
  assert(text.length > 40 && text.length <= 250, text);
  assertEquals(runtimes!.body, { runtimeCompat: { browser: true, bun: true, deno: true, node: true } });
});

Deno.test("versionProblems() reports packages whose version differs from the tag", async () => {
  const packages = (await readMembers(ROOT)).filter(({ folder }) => folder.startsWith("packages/"));
  const version = packages[0]!.version;
  assertEquals(versionProblems(`v${version}`, packages), []);
  assertEquals(versionProblems("v99.0.0", packages).length, packages.length);
});
