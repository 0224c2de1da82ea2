/**
 * Compares the readers of PyTorch's files with PyTorch, and that of safetensors files with the format's definition, on tensors of
 * every type and layout: `deno run -A tools/agreement/tensors.ts`. It prints counts by format, and fails on a difference.
 *
 * @module
 */
import { parseSafetensors, readTorchFile, type StoredTensor, toFloat32, TorchTensor } from "@gasp/tensor";
import { type Agreement, type Entry, largestDifference, printAgreement } from "./agreement.ts";

/** A file with the shapes of its tensors, in the order of their names. */
interface TensorEntry extends Entry {
  readonly shapes: readonly (readonly number[])[];
}

/** The tensors of a dictionary, by name, or of a list. */
function tensorsOf(saved: unknown): readonly StoredTensor[] {
  const values = saved instanceof Map
    ? [...saved].sort(([a], [b]) => String(a) < String(b) ? -1 : 1).map(([, value]) => value)
    : saved;
  if (!Array.isArray(values)) throw new Error("neither a dictionary nor a list");
  return values.map((value) => {
    if (value instanceof TorchTensor) return value.read();
    throw new Error("a value that is no tensor");
  });
}

function numbersOf(tensor: StoredTensor): readonly (number | bigint)[] {
  const isHalf = tensor.dtype === "F16" || tensor.dtype === "BF16";
  return Array.from<number | bigint>(isHalf ? toFloat32(tensor) : tensor.data);
}

/** Tensors, against PyTorch and the definition of safetensors. */
export const TENSORS: Agreement<TensorEntry> = {
  what: "tensors",
  modules: ["torch"],
  packages: ["python3-torch"],
  async compare(path, { shapes }, bytes) {
    const file = await Deno.readFile(path);
    const tensors = path.endsWith(".pt")
      ? tensorsOf(readTorchFile(file))
      : [...parseSafetensors(file).tensors].sort(([a], [b]) => a < b ? -1 : 1).map(([, tensor]) => tensor);
    const found = JSON.stringify(tensors.map(({ shape }) => shape));
    if (found !== JSON.stringify(shapes)) {
      throw new Error(`shapes ${found}, expected ${JSON.stringify(shapes)}`);
    }
    return largestDifference(tensors.flatMap(numbersOf), new Float64Array(bytes.buffer));
  },
};

if (import.meta.main) Deno.exit(await printAgreement(TENSORS));
