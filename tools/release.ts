/**
 * Steps of a release besides publishing.
 *
 *     deno run --allow-read tools/release.ts versions v0.2.0
 *     deno run --allow-read --allow-net --allow-env=JSR_API_URL,JSR_TOKEN tools/release.ts settings
 *
 * `versions` fails unless every package has the version of the tag. `settings` sends the description and runtimes in each
 * package's `deno.json` to JSR's API at `JSR_API_URL`, since JSR does not read them from files, with the token of a member of
 * the scope.
 *
 * @module
 */
import { type Member, readMembers } from "./workspace.ts";

/**
 * Compares versions with a tag.
 *
 * @param tag Tag, such as `v0.2.0`.
 * @param members Packages.
 * @returns One line for each package with another version.
 */
export function versionProblems(tag: string, members: readonly Member[]): string[] {
  return members.filter(({ version }) => `v${version}` !== tag)
    .map(({ folder, version }) => `${folder}/deno.json has version ${version}, but the tag is ${tag}`);
}

/** A request that changes one setting of a package on JSR. */
export interface SettingsRequest {
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Returns the requests that set the description and runtimes of a package as in its `deno.json`. JSR accepts one setting per
 * request.
 *
 * @param member Package.
 * @param api Address of the API, without a slash at the end.
 * @throws {Error} If its `deno.json` has no description or no runtimes.
 */
export function settingsRequests(
  { name, folder, description, runtimes }: Member,
  api: string,
): SettingsRequest[] {
  if (description === undefined || runtimes.length === 0) {
    throw new Error(`${folder}/deno.json needs a "description" and "runtimes"`);
  }
  const [scope, short] = name.slice(1).split("/");
  const url = `${api}/scopes/${scope}/packages/${short}`;
  const runtimeCompat = Object.fromEntries(runtimes.map((runtime) => [runtime, true]));
  return [{ url, body: { description } }, { url, body: { runtimeCompat } }];
}

async function send({ url, body }: SettingsRequest, token: string): Promise<void> {
  const response = await fetch(url, {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "user-agent": "gasp-release/1",
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`PATCH ${url}: ${response.status} ${await response.text()}`);
  console.log(`${url}: ${Object.keys(body).join()}`);
}

if (import.meta.main) {
  const [task, tag] = Deno.args;
  const packages = (await readMembers(".")).filter(({ folder }) => folder.startsWith("packages/"));
  if (task === "versions" && tag !== undefined) {
    const problems = versionProblems(tag, packages);
    for (const problem of problems) console.error(problem);
    Deno.exit(problems.length > 0 ? 1 : 0);
  }
  const [api, token] = ["JSR_API_URL", "JSR_TOKEN"].map((name) => Deno.env.get(name));
  if (task !== "settings" || !api || !token) {
    console.error(
      "usage: release.ts versions TAG, or release.ts settings with JSR_API_URL and JSR_TOKEN set",
    );
    Deno.exit(2);
  }
  for (const request of packages.flatMap((member) => settingsRequests(member, api))) {
    await send(request, token);
  }
}
