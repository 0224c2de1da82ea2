/**
 * What the studio loads before it shows samples, compressed as servers do.
 */
import { assert, assertEquals } from "@std/assert";
import { chromiumTest } from "./browser/chromium.ts";
import { packedSizes, pictureShown, removeSites, withStudio } from "./browser/studio.ts";

Deno.test.afterAll(removeSites);

/** Maximum compressed bytes of code, styles and typefaces, and of everything: the rest is the bundled model. */
const MAX_CODE = 350_000, MAX_ALL = 2_600_000;

await chromiumTest(
  `studio: samples show after less than ${MAX_ALL / 1e6} MB, ${MAX_CODE / 1000} kB of them code`,
  (path) =>
    withStudio(path, {}, async ({ page, url, loaded }) => {
      await pictureShown(page, "49 samples");
      await pictureShown(page, "The sample at the mark");
      const sizes = await packedSizes(url, loaded);
      const sum = (of: RegExp) =>
        sizes.filter(({ path }) => of.test(path)).reduce((total, { packed }) => total + packed, 0);
      const [code, all] = [sum(/\.(?:js|css|woff2)$/), sum(/./)];
      const list = sizes.map(({ path, packed }) => `${path} ${packed}`).join("\n");
      assert(code > MAX_CODE / 4 && code < MAX_CODE, `${code} bytes of code:\n${list}`);
      assert(all < MAX_ALL, `${all} bytes:\n${list}`);
      assertEquals(sizes.filter(({ path }) => /train\.js|three|plot/.test(path)), [], "code of other views");
    }),
);
