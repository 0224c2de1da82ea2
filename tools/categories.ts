/**
 * The categories that the API reference sorts exports into. Each exported declaration names its own by `@category`; what
 * belongs where follows from the folder that it is in.
 *
 *     deno run --allow-read --allow-run tools/categories.ts            # lists exports without a category, or with an unknown one
 *     deno run --allow-read --allow-run --allow-write tools/categories.ts --write    # adds those that are missing
 *
 * @module
 */
import { type Declaration, readDocumentation } from "./documentation.ts";
import { readMembers } from "./workspace.ts";

/** What each category holds, in the order of the reference. */
export const CATEGORIES: Readonly<Record<string, string>> = {
  Tensors: "Creating tensors, their types and shapes, printing them.",
  Trees: "Nested objects and arrays of tensors, and their disposal.",
  "Element-wise operations": "Arithmetic, functions, activations, comparisons.",
  Reductions: "Sums, means, extremes, norms, softmax.",
  "Shapes and movement": "Reshaping, transposing, joining, slicing, repeating.",
  "Indexing and order": "Gathering, scattering, sorting, the largest k.",
  "Linear algebra": "Matrix products, Einstein summation, diagonals.",
  "Convolution and pooling": "Convolutions, pooling, upsampling on grids.",
  "Random numbers": "On the host, and within programs.",
  Compilation: "Evaluating graphs once, or compiling functions into programs.",
  Transformations: "From functions of one example to functions of a batch.",
  Gradients: "Derivatives of any order, and checks of them.",
  Devices: "WebGPU, WebAssembly, the reference interpreter.",
  Ranks: "Processes that train one model together, and sums over them.",
  Memory: "Memory budgets, and errors when memory runs out.",
  Layers: "Layers of neural networks as functions of their parameters.",
  Initialisation: "Initial values of parameters.",
  Losses: "Functions that training minimises.",
  Optimisers: "Optimisers as pure functions, learning-rate schedules, clipping, moving averages.",
  Points: "Nearest neighbours, radius search, farthest-point sampling.",
  PointConv: "Convolution and pooling over points that lie anywhere.",
  Data: "Sets of functions known at points, their order, their display.",
  Pictures: "Reading, resizing and writing pictures, and sets of them.",
  Shapes: "Voxels, meshes, occupancy, and sets of them.",
  Fields: "Fields over latitude and longitude.",
  "Curves and sounds": "Sets of curves, sounds, and points on manifolds.",
  Files: "safetensors, npy, npz, archives.",
  Configuration: "Settings of runs, and their validation.",
  Models: "Function networks, hypernetworks, generators.",
  "Training methods": "The interface of training methods, and GASP.",
  Training: "The training loop.",
  Checkpoints: "Folders of runs, and the states in them.",
  Sampling: "Drawing samples, and evaluating them anywhere.",
  "Files of samples": "Pictures, surfaces, fields and sounds of samples.",
  Exploration: "Interpolation, zoom, fitting to observations.",
  Comparison: "Several methods on the same data with the same budget.",
  Metrics: "Distances between samples and data.",
  Compiler: "Graphs, the intermediate representation, what devices run.",
};

/** The category of the exports of a file or folder of `packages`; the longest path that fits counts. */
const PLACES: Readonly<Record<string, keyof typeof CATEGORIES>> = {
  "tensor/compile": "Compiler",
  "tensor/compile/device_program.ts": "Compilation",
  "tensor/device": "Devices",
  "tensor/device/communicator.ts": "Ranks",
  "tensor/ops/ranks": "Ranks",
  "tensor/device/local_communicators.ts": "Ranks",
  "tensor/device/device_memory_error.ts": "Memory",
  "tensor/graph": "Tensors",
  "tensor/graph/dispose.ts": "Trees",
  "tensor/graph/elementwise.ts": "Compiler",
  "tensor/graph/placeholder.ts": "Compilation",
  "tensor/graph/scope.ts": "Compilation",
  "tensor/graph/traverse.ts": "Compiler",
  "tensor/graph/tree.ts": "Trees",
  "tensor/io": "Files",
  "tensor/ir": "Compiler",
  "tensor/ir/dtype.ts": "Tensors",
  "tensor/memory": "Memory",
  "tensor/open.ts": "Devices",
  "tensor/ops/elementwise": "Element-wise operations",
  "tensor/ops/elementwise/creation.ts": "Tensors",
  "tensor/ops/index": "Indexing and order",
  "tensor/ops/index/search.ts": "Points",
  "tensor/ops/index/neighbour.ts": "PointConv",
  "tensor/ops/linear": "Linear algebra",
  "tensor/ops/random": "Random numbers",
  "tensor/ops/reduction": "Reductions",
  "tensor/ops/shape": "Shapes and movement",
  "tensor/ops/shape/constant.ts": "Tensors",
  "tensor/ops/spatial": "Convolution and pooling",
  "tensor/random": "Random numbers",
  "tensor/run": "Compilation",
  "tensor/run/serialize_tree.ts": "Files",
  "tensor/run/show.ts": "Tensors",
  "tensor/vmap": "Transformations",
  "tensor/wasm": "Devices",
  "tensor/webgpu": "Devices",
  "autograd": "Gradients",
  "autograd/nn": "Layers",
  "autograd/nn/init.ts": "Initialisation",
  "autograd/nn/initializers.ts": "Initialisation",
  "autograd/nn/losses.ts": "Losses",
  "autograd/nn/random_source.ts": "Initialisation",
  "autograd/optim": "Optimisers",
  "pointconv": "PointConv",
  "pointconv/search": "Points",
  "datasets": "Data",
  "datasets/fields": "Fields",
  "datasets/core/sphere.ts": "Fields",
  "datasets/netcdf": "Fields",
  "datasets/images": "Pictures",
  "datasets/points": "Curves and sounds",
  "datasets/shapes": "Shapes",
  "gasp/compare": "Comparison",
  "gasp/config": "Configuration",
  "gasp/explore": "Exploration",
  "gasp/image": "Pictures",
  "gasp/import": "Checkpoints",
  "gasp/methods": "Training methods",
  "gasp/metrics": "Metrics",
  "gasp/model": "Models",
  "gasp/parity": "Metrics",
  "gasp/runs": "Checkpoints",
  "gasp/runs/run_config.ts": "Configuration",
  "gasp/sampling": "Sampling",
  "gasp/show": "Files of samples",
  "gasp/state": "Checkpoints",
  "gasp/training": "Training",
};

/** Primitives and their parameters stand beside the tensor, and are of interest to those who transform graphs. */
const COMPILER_NAMES =
  /Params(?:Of)?$|^(?:Structural\w*|Graph\w+|Primitive\w*|makeNode|fromStorage|TensorStorage|currentScope|runInScope|elementwise)$/;

/**
 * The category that an export belongs to.
 *
 * @param file Its file, from the root of the repository.
 * @param name Its name.
 * @throws {RangeError} If no line of the table fits.
 */
export function categoryOf(file: string, name: string): string {
  const path = file.replace(/^packages\//, "");
  if (path.startsWith("tensor/graph/") && COMPILER_NAMES.test(name)) return "Compiler";
  for (let place = path; place !== ""; place = place.replace(/\/?[^/]*$/, "")) {
    const category = PLACES[place];
    if (category !== undefined) return category;
  }
  throw new RangeError(`${file}: tools/categories.ts does not say which category its exports belong to`);
}

/**
 * Adds a category to the JSDoc comment that ends above a line.
 *
 * @param source Text of a file.
 * @param line Number of the line at which the declaration begins, from 0.
 * @param category The category.
 * @returns The new text.
 * @throws {Error} If there is no comment.
 */
export function withCategory(source: string, line: number, category: string): string {
  const lines = source.split("\n");
  let end = line - 1;
  while (end >= 0 && !lines[end]!.trimEnd().endsWith("*/")) end--;
  let start = end;
  while (start >= 0 && !lines[start]!.trimStart().startsWith("/**")) start--;
  if (start < 0) throw new Error(`there is no JSDoc comment above line ${line + 1}`);
  const comment = lines.slice(start, end + 1);
  const indent = comment[0]!.slice(0, comment[0]!.indexOf("/**"));
  const body = comment.length === 1
    ? [`${indent}/**`, ...textOf(comment[0]!).map((text) => `${indent} *${text && ` ${text}`}`)]
    : comment.slice(0, -1);
  // An example ends where the next tag begins; a blank line keeps the two apart for readers
  const isTagged = body.some((text) => /^\s*\* @/.test(text)) && !/^\s*\*\s*```$/.test(body.at(-1)!);
  const added = [...(isTagged ? [] : [`${indent} *`]), `${indent} * @category ${category}`, `${indent} */`];
  return lines.toSpliced(start, comment.length, ...body, ...added).join("\n");
}

/** The lines that a comment of one line becomes: each tag stands on its own. */
function textOf(comment: string): string[] {
  const [text, ...tags] = comment.trim().slice(3, -2).trim().split(/ (?=@(?:param|returns|throws) )/);
  return [text!, ...(tags.length > 0 ? ["", ...tags] : [])];
}

/** Exported declarations of all packages, with their files from the root of the repository. */
async function declarations(): Promise<(Declaration & { readonly file: string; readonly line: number })[]> {
  const packages = (await readMembers(".")).filter(({ folder }) => folder.startsWith("packages/"));
  const found = new Map<string, Declaration & { readonly file: string; readonly line: number }>();
  for (const { exports } of packages) {
    for (const module of await readDocumentation(Object.values(exports))) {
      for (const declaration of module.declarations) {
        if (declaration.kind === "reference") continue;
        const [file, line] = declaration.place.replace(/^.*\/(?=packages\/)/, "").split(":");
        found.set(`${file}:${line}`, { ...declaration, file: file!, line: Number(line) });
      }
    }
  }
  return [...found.values()];
}

if (import.meta.main) {
  const all = await declarations();
  const missing = all.filter(({ category }) => category === "");
  const problems = all.filter(({ category }) => category !== "" && CATEGORIES[category] === undefined)
    .map(({ file, name, category }) => `${file}: ${name} is of the unknown category "${category}"`);
  if (Deno.args.includes("--write")) {
    // From the end of each file, so that lines above stay where they are
    for (const { file, line, name } of missing.toSorted((a, b) => b.line - a.line)) {
      await Deno.writeTextFile(
        file,
        withCategory(await Deno.readTextFile(file), line, categoryOf(file, name)),
      );
    }
    console.log(`${missing.length} exports got a category`);
  } else {
    problems.push(
      ...missing.map(({ file, line, name }) =>
        `${file}:${line}: ${name} has no @category; tools/categories.ts --write adds "${
          categoryOf(file, name)
        }"`
      ),
    );
  }
  for (const problem of problems) console.log(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
