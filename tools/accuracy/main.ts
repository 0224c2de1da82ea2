/**
 * Prints the accuracy of every element-wise f32 operation on every device that can be opened, as the table in
 * `docs/numerics.md`: `deno task accuracy`. `--write` puts it there.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type KernelDevice, openDevice } from "@gasp/tensor";
import { ACCURACY, type Accuracy, boundOn, MEASURED_DEVICES, type MeasuredDevice } from "./bounds.ts";
import { measure, MEASURED, type Measurement } from "./measure.ts";

const USAGE = `deno task accuracy [--device NAME,NAME] [--write]
  --device  ${MEASURED_DEVICES.join(", ")}; default: all
  --write   Put the table into docs/numerics.md`;

const DOCUMENT = new URL("../../docs/numerics.md", import.meta.url);

/** The table lies between these lines. */
const MARKS = ["<!-- accuracy: deno task accuracy --write -->\n", "<!-- end of accuracy -->\n"] as const;

const UNITS: Readonly<Record<NonNullable<Accuracy["unit"]>, string>> = {
  result: "ulp",
  one: "2⁻²³",
  divisor: "ulp of the divisor / 2",
};

function showRange({ within }: Accuracy): string {
  return within ? `${within[0].toLocaleString("en")} to ${within[1].toLocaleString("en")}` : "all";
}

/**
 * Formats measurements as a Markdown table.
 *
 * @param measured Measurements by device, all of the same operations.
 */
export function showTable(
  measured: Readonly<Partial<Record<MeasuredDevice, readonly Measurement[]>>>,
): string {
  const devices = MEASURED_DEVICES.filter((device) => measured[device]);
  const head = [
    "function",
    "arguments",
    "unit",
    ...devices.flatMap((device) => [`${device}: at most`, "measured"]),
  ];
  const rows = MEASURED.map((name, i) => {
    const accuracy = ACCURACY[name];
    const columns = devices.flatMap((device) => [
      String(boundOn(accuracy, device)),
      measured[device]![i]!.ulp.toFixed(2),
    ]);
    return [`\`${name}\``, showRange(accuracy), UNITS[accuracy.unit ?? "result"], ...columns];
  });
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

/** Returns the table in the documentation. */
export async function documentedTable(): Promise<string> {
  const text = await Deno.readTextFile(DOCUMENT), [begin, end] = MARKS;
  if (!text.includes(begin) || !text.includes(end)) {
    throw new Error("docs/numerics.md has no table of accuracy");
  }
  return text.split(begin)[1]!.split(end)[0]!.trim() + "\n";
}

async function writeTable(table: string): Promise<void> {
  const text = await Deno.readTextFile(DOCUMENT), [begin, end] = MARKS;
  const [before, rest = ""] = text.split(begin);
  await Deno.writeTextFile(DOCUMENT, `${before}${begin}\n${table}\n${end}${rest.split(end)[1] ?? ""}`);
}

async function openOrSay(name: MeasuredDevice): Promise<KernelDevice | undefined> {
  try {
    return await openDevice(name);
  } catch (error) {
    console.error(`${name} cannot be opened: ${(error as Error).message}`);
    return undefined;
  }
}

/** Returns the devices to measure. @param text Value of `--device`. */
function devicesOf(text: string): MeasuredDevice[] {
  return text.split(",").map((name) => {
    const device = MEASURED_DEVICES.find((known) => known === name);
    if (device) return device;
    throw new Error(`--device must be among ${MEASURED_DEVICES.join(", ")}, got ${name}`);
  });
}

async function main(args: readonly string[]): Promise<void> {
  const { help, device: devices, write } = parseArgs([...args], {
    string: ["device"],
    boolean: ["help", "write"],
    default: { device: MEASURED_DEVICES.join() },
    unknown: (arg) => {
      throw new Error(`unknown argument ${arg}\n${USAGE}`);
    },
  });
  if (help) return console.log(USAGE);
  const measured: Partial<Record<MeasuredDevice, readonly Measurement[]>> = {};
  for (const name of devicesOf(devices)) {
    await using device = await openOrSay(name);
    if (!device) continue;
    const list: Measurement[] = [];
    for (const operation of MEASURED) list.push(await measure(operation, device));
    measured[name] = list;
  }
  const table = showTable(measured);
  console.log(table);
  if (write) await writeTable(table);
}

if (import.meta.main) await main(Deno.args);
