import { withStudio, removeSites } from "./tests/browser/studio.ts";
const [addresses, sizes] = [Deno.args[0]!.split(" "), (Deno.args[1] ?? "1280x900").split(" ")];
const wait = Number(Deno.args[2] ?? 8000);
for (const size of sizes) {
  const [width, height] = size.split("x").map(Number) as [number, number];
  for (const address of addresses) {
    const name = `${address.replace(/[^a-z0-9]+/gi, "_")}_${width}`;
    try {
      await withStudio("/usr/bin/chromium", { address, context: { viewport: { width, height } } }, async ({ page, errors }) => {
        await page.waitForTimeout(wait);
        await page.screenshot({ path: `/tmp/w/shots/${name}.png`, fullPage: true });
        console.log(name, errors);
        errors.length = 0;
      });
    } catch (e) { console.log(name, String(e).slice(0, 600)); }
  }
}
await removeSites();
