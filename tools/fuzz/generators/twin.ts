/**
 * Pairs of programs that run on one device: twins differ in the parameters of one call alone, so that whatever a device
 * remembers of one must not be taken for the other.
 * @module
 */
import { Tensor, type Tree, treePaths } from "@gasp/tensor";
import { hostTensor } from "../program/arguments.ts";
import { buildSteps } from "../program/build.ts";
import type { Dice } from "../program/dice.ts";
import { leafValues } from "../program/leaf_values.ts";
import { type Argument, type Program, Reference, type Step } from "../program/program.ts";

/** Attempts at other parameters with which all shapes stay the same. */
const ATTEMPTS = 40;

/**
 * Returns a program whose steps have the same functions, shapes and types, but one other parameter.
 *
 * @param program A program.
 * @param dice Choices.
 * @returns The twin; undefined if none was found.
 */
export function twinOf(program: Program, dice: Dice): Program | undefined {
  const { steps } = program, calls = steps.flatMap((step, i) => (step.kind === "call" ? [i] : []));
  const before = signatures(steps);
  for (let attempt = 0; attempt < ATTEMPTS && calls.length > 0; attempt++) {
    const at = dice.pick(calls), step = steps[at]!;
    if (step.kind === "leaf") continue;
    const changed = changeOne(step.args, dice);
    if (!changed || JSON.stringify(changed) === JSON.stringify(step.args)) continue;
    const others = steps.with(at, { ...step, args: changed as readonly Argument[] });
    try {
      if (signatures(others) === before) return { ...program, steps: others };
    } catch {
      // A function refused it
    }
  }
  return undefined;
}

/** Shapes and types of all steps as text. */
function signatures(steps: readonly Step[]): string {
  const values: Tree[] = buildSteps(steps, (leaf) => hostTensor(leaf, leafValues(leaf)));
  const show = (tree: Tree) =>
    [...treePaths(tree)].map(([path, x]) => `${path}:${x instanceof Tensor ? `${x.dtype}[${x.shape}]` : ""}`);
  return values.map((value) => show(value).join()).join(";");
}

/** Changes one number, flag or order in arguments; undefined if there is none. */
function changeOne(argument: Argument, dice: Dice): Argument {
  const places = placesIn(argument);
  if (places.length === 0) return undefined;
  const place = dice.pick(places);
  return replaceAt(argument, place, (part) => other(part, dice));
}

type Path = readonly (string | number)[];

function placesIn(argument: Argument): Path[] {
  if (argument instanceof Reference) return [];
  if (typeof argument === "number" || typeof argument === "boolean") return [[]];
  if (typeof argument !== "object" || argument === null) return [];
  const inner = Object.entries(argument).flatMap(([key, part]) =>
    placesIn(part).map((path) => [Array.isArray(argument) ? Number(key) : key, ...path])
  );
  const isOrder = Array.isArray(argument) && argument.length > 1 &&
    argument.every((part) => typeof part === "number");
  return isOrder ? [[], ...inner] : inner;
}

function replaceAt(argument: Argument, path: Path, replace: (part: Argument) => Argument): Argument {
  const [key, ...rest] = path;
  if (key === undefined) return replace(argument);
  if (Array.isArray(argument)) {
    return argument.map((part, i) => (i === key ? replaceAt(part, rest, replace) : part));
  }
  const record = argument as { readonly [key: string]: Argument };
  return { ...record, [key]: replaceAt(record[key], rest, replace) };
}

function other(part: Argument, dice: Dice): Argument {
  if (typeof part === "boolean") return !part;
  if (typeof part === "number") return part + dice.pick([1, -1, 2, 0.5]);
  return dice.shuffled(part as readonly Argument[]);
}
