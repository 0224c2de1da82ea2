import { assertEquals } from "@std/assert";

const MODULE = new URL("native_notices.ts", import.meta.url);

Deno.test({
  name: "withoutNotices() drops Dawn's notices from the native standard error, and nothing else",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const notice =
      "Warning: maxDynamicUniformBuffersPerPipelineLayout artificially reduced from 1000000 to 16 " +
      "to fit dynamic offset allocation limit.";
    const script = `import { withoutNotices } from "${MODULE}";
      const say = (text) => Deno.stderr.writeSync(new TextEncoder().encode(text + "\\n"));
      say("before");
      const result = await withoutNotices(async () => {
        say("${notice}");
        say("Error: the driver is too old");
        return 7;
      });
      say("after " + result);
      await withoutNotices(() => Promise.reject(new Error("no adapter"))).catch((error) => say(error.message));`;
    const args = ["eval", "--quiet", "--no-lock", script];
    const { stderr } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).output();
    const lines = new TextDecoder().decode(stderr).trim().split("\n");
    assertEquals(lines, ["before", "Error: the driver is too old", "after 7", "no adapter"]);
  },
});
