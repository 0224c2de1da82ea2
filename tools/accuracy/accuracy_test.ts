import { openDevice } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { skipReason } from "../../packages/tensor/webgpu/runtime/skip_reason_test.ts";
import { ACCURACY, boundOn, MEASURED_DEVICES, type MeasuredDevice } from "./bounds.ts";
import { documentedTable, showTable } from "./main.ts";
import { measure, MEASURED, type Measurement } from "./measure.ts";

/** Rows of a table without the spaces and dashes that align it. */
function cellsOf(table: string): string[][] {
  const lines = table.trim().split("\n");
  const rows = lines.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  return rows.filter((_, i) => i !== 1);
}

/** Columns of the documented table: name, range, unit, then a bound and a measurement per device. */
async function documentedRows(): Promise<string[][]> {
  return cellsOf(await documentedTable()).slice(1);
}

async function reasonToSkip(name: MeasuredDevice): Promise<string | undefined> {
  try {
    await (await openDevice(name)).close();
    return undefined;
  } catch (error) {
    return skipReason(name, error);
  }
}

Deno.test("docs/numerics.md has the table that deno task accuracy prints", async () => {
  const rows = await documentedRows();
  const measured = MEASURED_DEVICES.map((device, column) => {
    const list = MEASURED.map((name, i): Measurement => ({
      name,
      ulp: Number(rows[i]?.[4 + 2 * column]),
      at: [],
    }));
    return [device, list] as const;
  });
  // The numbers of the documentation in the table of today: functions, ranges and promises must be the same
  assertEquals(cellsOf(await documentedTable()), cellsOf(showTable(Object.fromEntries(measured))));
});

for (const [column, device] of MEASURED_DEVICES.entries()) {
  const reason = await reasonToSkip(device);
  Deno.test({
    name: `element-wise operations are as accurate as documented on ${device}${
      reason === undefined ? "" : `: ${reason}`
    }`,
    ignore: reason !== undefined,
    async fn() {
      await using opened = await openDevice(device);
      const rows = await documentedRows();
      for (const [i, name] of MEASURED.entries()) {
        const { ulp, at } = await measure(name, opened), bound = boundOn(ACCURACY[name], device);
        assert(ulp <= bound, `${name}(${at.join(", ")}) is off by ${ulp} ulp, more than ${bound}`);
        const documented = Number(rows[i]?.[4 + 2 * column]);
        assert(documented <= bound, `${name}: ${documented} is documented as measured, more than ${bound}`);
        // Engines with and without fused multiply-add differ a little
        const near = device === "webgpu" || Math.abs(ulp - documented) <= 0.5 + 0.25 * documented;
        assert(
          near,
          `${name} is off by ${ulp} ulp, but ${documented} is documented: run deno task accuracy --write`,
        );
      }
    },
  });
}
