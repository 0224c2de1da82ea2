/**
 * A slow, obvious evaluator of kernels and programs on the host: the oracle that the WGSL and WebAssembly code
 * generators are tested against.
 *
 * Every f32 operation is rounded to f32, except sums: these accumulate in double precision and are rounded once, so
 * that a device is compared with the true sum rather than with one of many summation orders. The evaluator throws where
 * a device would fail silently: loads and stores out of bounds, wrong element types, writes to read-only buffers,
 * a written buffer bound twice. Temporaries are initialised to NaN, which exposes reads of unwritten elements.
 *
 * @module
 */
import type { DType, HostArray } from "./dtype.ts";
import { emptyReduction, wrap } from "./arithmetic.ts";
import { affineValue, checkedIndex, evaluateScalar, type Point } from "./evaluate_scalar.ts";
import { runArgsort, runCumsum, runNeighbour, runSegmentSum } from "./evaluate_lists.ts";
import { invertTable, searchCounts, searchFarthest, searchNearest } from "./search_oracle.ts";
import type {
  Accumulator,
  ChainKernel,
  CountWithinRadiusKernel,
  Digit,
  FarthestPointSampleKernel,
  GemmKernel,
  InvertKernel,
  Kernel,
  KnnKernel,
  LoopKernel,
  PatchGemmKernel,
  Program,
  Scalar,
  Store,
} from "./kernel.ts";

/** A quiet NaN with a recognisable payload. */
const UNWRITTEN = 0x7fc0dead;

/** Visits every point of a space in row-major order; overwrites `axes` from `first` on, and resets it to zeros. */
function forEachPoint(sizes: readonly number[], axes: number[], first: number, visit: () => void): void {
  const total = sizes.reduce((product, size) => product * size, 1);
  for (let flat = 0; flat < total; flat++) {
    let rest = flat;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis] ?? 1;
      axes[first + axis] = rest % size;
      rest = Math.floor(rest / size);
    }
    visit();
  }
  axes.fill(0, first, first + sizes.length);
}

/** Accumulates one term; f32 sums and products stay in double precision until the end. */
function accumulate({ kind, dtype }: Accumulator, soFar: number, value: number): number {
  if (kind === "max") return Math.max(soFar, value);
  if (kind === "prod") return dtype === "f32" ? soFar * value : wrap(dtype, Math.imul(soFar, value));
  return dtype === "f32" ? soFar + value : wrap(dtype, soFar + value);
}

/** Evaluates all stores of a point before writing any, since a buffer may be read and written in place. */
function writeStores(stores: readonly Store[], point: Point): void {
  const memo = new Map<Scalar, number>();
  const values = stores.map((store) => evaluateScalar(store.value, point, memo));
  stores.forEach((store, i) => {
    const declared = point.buffers[store.buffer], array = point.data[store.buffer];
    if (!declared || !array) {
      throw new RangeError(`store to buffer ${store.buffer}, which the kernel does not declare`);
    }
    if (declared.access === "read") {
      throw new TypeError(`store to buffer ${store.buffer}, which is read-only`);
    }
    if (declared.dtype !== store.value.dtype) {
      throw new TypeError(
        `store of ${store.value.dtype} to buffer ${store.buffer}, which holds ${declared.dtype}`,
      );
    }
    const index = affineValue(store.address, point.axes);
    array[checkedIndex(index, array, `store to buffer ${store.buffer}`)] = values[i] ?? NaN;
  });
}

function runLoop(kernel: LoopKernel, data: readonly HostArray[]): void {
  const { buffers, map, reduce, accumulators: declared } = kernel;
  const axes = new Array<number>(map.length + reduce.length).fill(0);
  forEachPoint(map, axes, 0, () => {
    const sums = declared.map(({ kind, dtype }) => emptyReduction(kind, dtype));
    if (declared.length > 0) {
      forEachPoint(reduce, axes, map.length, () => {
        const point = { data, buffers, axes, accumulators: [] };
        const memo = new Map<Scalar, number>();
        declared.forEach((accumulator, i) => {
          sums[i] = accumulate(accumulator, sums[i] ?? NaN, evaluateScalar(accumulator.value, point, memo));
        });
      });
    }
    const accumulators = declared.map(({ dtype }, i) => wrap(dtype, sums[i] ?? NaN));
    writeStores(kernel.stores, { data, buffers, axes, accumulators });
  });
}

function runGemm(kernel: GemmKernel, data: readonly HostArray[]): void {
  const { buffers, batch, m, n, k, a, b } = kernel;
  const left = data[a.buffer], right = data[b.buffer];
  if (!left || !right) {
    throw new RangeError(`${kernel.name}: an operand refers to a buffer that the kernel does not declare`);
  }
  const axes = new Array<number>(batch.length + 2).fill(0);
  forEachPoint([...batch, m, n], axes, 0, () => {
    const row = axes[batch.length] ?? 0, column = axes[batch.length + 1] ?? 0;
    const leftStart = affineValue({ offset: a.offset, strides: a.batch }, axes) + row * a.row;
    const rightStart = affineValue({ offset: b.offset, strides: b.batch }, axes) + column * b.column;
    let sum = 0;
    for (let i = 0; i < k; i++) {
      const x = left[checkedIndex(leftStart + i * a.column, left, `load of the left operand`)] ?? NaN;
      const y = right[checkedIndex(rightStart + i * b.row, right, `load of the right operand`)] ?? NaN;
      sum += x * y;
    }
    writeStores(kernel.stores, { data, buffers, axes, accumulators: [Math.fround(sum)] });
  });
}

/** Computes the offset of each row or column: `Σ digit · stride`. */
function digitOffsets(digits: readonly Digit[]): number[] {
  return digits.reduce<number[]>(
    (outer, { size, stride }) =>
      outer.flatMap((start) => Array.from({ length: size }, (_, i) => start + i * stride)),
    [0],
  );
}

function runPatchGemm(kernel: PatchGemmKernel, data: readonly HostArray[]): void {
  const { buffers, batch, m, n, k, a, b } = kernel;
  const left = data[a.buffer], right = data[b.buffer];
  if (!left || !right) {
    throw new RangeError(`${kernel.name}: an operand refers to a buffer that the kernel does not declare`);
  }
  const rows = digitOffsets(a.row), leftTerms = digitOffsets(a.column);
  const columns = digitOffsets(b.column), rightTerms = digitOffsets(b.row);
  if ([rows.length, columns.length, leftTerms.length, rightTerms.length].join() !== [m, n, k, k].join()) {
    throw new RangeError(`${kernel.name}: digits of the operands do not match [${m}, ${k}] · [${k}, ${n}]`);
  }
  const axes = new Array<number>(batch.length + 2).fill(0);
  forEachPoint([...batch, m, n], axes, 0, () => {
    const leftStart = affineValue({ offset: a.offset, strides: a.batch }, axes) + rows[axes[batch.length]!]!;
    const rightStart = affineValue({ offset: b.offset, strides: b.batch }, axes) +
      columns[axes[batch.length + 1]!]!;
    let sum = 0;
    for (let i = 0; i < k; i++) {
      const x = left[checkedIndex(leftStart + leftTerms[i]!, left, `load of the left operand`)] ?? NaN;
      const y = right[checkedIndex(rightStart + rightTerms[i]!, right, `load of the right operand`)] ?? NaN;
      sum += x * y;
    }
    writeStores(kernel.stores, { data, buffers, axes, accumulators: [Math.fround(sum)] });
  });
}

/**
 * Runs one kernel.
 *
 * @param kernel Kernel.
 * @param data Contents of its buffers, modified in place.
 * @throws {RangeError} If it accesses memory out of bounds.
 * @throws {TypeError} If a buffer is used contrary to its declaration.
 */
export function runKernel(kernel: Kernel, data: readonly HostArray[]): void {
  switch (kernel.kind) {
    case "loop":
      return runLoop(kernel, data);
    case "gemm":
      return runGemm(kernel, data);
    case "patchGemm":
      return runPatchGemm(kernel, data);
    case "chain":
      return runChain(kernel, data);
    case "concatenate":
      return kernel.parts.forEach((part) => runLoop(part, data));
    case "segmentSum":
      return runSegmentSum(kernel, data);
    case "cumsum":
      return runCumsum(kernel, data);
    case "argsort":
      return runArgsort(kernel, data);
    case "neighbourSum":
    case "neighbourWeights":
    case "neighbourFeatures":
      return runNeighbour(kernel, data);
    case "allReduce":
    case "allGather":
      throw new Error(`${kernel.kind} needs other ranks, which the evaluator of the kernel IR does not have`);
    default:
      return runSearch(kernel, data);
  }
}

/** Runs the links one after another, each over all rows. */
function runChain({ links, locals, rows, repeats }: ChainKernel, data: readonly HostArray[]): void {
  const arrays = locals.map(({ dtype, width, repeated }) =>
    viewAs(dtype, new Uint32Array((repeated ? repeats : 1) * rows * width).fill(UNWRITTEN))
  );
  const all = [...data, ...arrays];
  for (const { kernel, args } of links) {
    runKernel(
      kernel,
      args.map((arg) => {
        const array = all[arg];
        if (!array) throw new RangeError(`${kernel.name}: the chain has no buffer ${arg}`);
        return array;
      }),
    );
  }
}

/** Runs a point search or the inversion of an index. */
function runSearch(
  kernel: KnnKernel | CountWithinRadiusKernel | FarthestPointSampleKernel | InvertKernel,
  data: readonly HostArray[],
): void {
  const out = data.at(-1)!;
  if (kernel.kind === "invertIndex") return invertTable(data[0]!, kernel.rows, out);
  const [points, starts, queries, queryStarts] = data;
  const clouds = { points: points!, starts: starts!, dimension: kernel.dimension };
  if (kernel.kind === "farthestPointSample") return searchFarthest(clouds, kernel, out);
  const search = {
    ...clouds,
    queries: queries!,
    queryStarts: queryStarts!,
    norm: kernel.norm,
    radius: kernel.radius,
  };
  if (kernel.kind === "knn") searchNearest(search, kernel, out);
  else searchCounts(search, out);
}

function viewAs(dtype: DType, memory: ArrayBufferView): HostArray {
  const { buffer, byteOffset, byteLength } = memory;
  const length = byteLength >>> 2;
  if (dtype === "f32") return new Float32Array(buffer, byteOffset, length);
  return dtype === "i32"
    ? new Int32Array(buffer, byteOffset, length)
    : new Uint32Array(buffer, byteOffset, length);
}

/**
 * Runs a program.
 *
 * @param program Program.
 * @param external Memory for its external buffers, in the order of their ids, modified in place; four-byte aligned.
 * @throws {RangeError} If the buffers do not match the program, or a kernel accesses memory out of bounds.
 * @throws {TypeError} If a kernel uses a buffer contrary to its declaration.
 */
export function runProgram(program: Program, external: readonly ArrayBufferView[]): void {
  const wanted = program.buffers.filter(({ role }) => role === "external").length;
  if (external.length !== wanted) {
    throw new RangeError(`program needs ${wanted} external buffers, got ${external.length}`);
  }
  let next = 0;
  const memory = program.buffers.map(({ role, bytes }, id): ArrayBufferView => {
    if (role === "temporary") return new Uint32Array(bytes >>> 2).fill(UNWRITTEN);
    const given = external[next++];
    if (!given || given.byteLength < bytes) {
      throw new RangeError(`buffer ${id} needs ${bytes} bytes, got ${given?.byteLength ?? 0}`);
    }
    return given;
  });
  for (const { kernel, args } of program.steps) {
    const shared = args.filter((arg, i) => args.indexOf(arg) !== i);
    const clashes = kernel.buffers.some(({ access }, i) => access !== "read" && shared.includes(args[i]!));
    if (args.length !== kernel.buffers.length || clashes) {
      throw new RangeError(
        `${kernel.name}: needs ${kernel.buffers.length} buffers, with written buffers bound once, got ` +
          `[${args.join(", ")}]`,
      );
    }
    runKernel(
      kernel,
      kernel.buffers.map(({ dtype }, slot) => {
        const bytes = memory[args[slot] ?? -1];
        if (!bytes) throw new RangeError(`${kernel.name}: the program has no buffer ${args[slot]}`);
        return viewAs(dtype, bytes);
      }),
    );
  }
}
