/**
 * Faults in `packages/autograd`, `packages/pointconv` and `packages/gasp`.
 * @module
 */
import type { Fault } from "./fault.ts";

const AUTOGRAD = "packages/autograd", POINTCONV = "packages/pointconv", GASP = "packages/gasp";
const OPS = ["tests/ops_test.ts"];

const autogradFaults: readonly Fault[] = [
  {
    name: "gradient-div",
    what: "the wrong sign in the gradient of a quotient",
    file: `${AUTOGRAD}/rules/elementwise.ts`,
    find: "neg(mul(div(g, b), y))",
    replace: "mul(div(g, b), y)",
    tests: OPS,
    filter: "div()",
  },
  {
    name: "gradient-max-ties",
    what: "equal maxima each receive the whole gradient",
    file: `${AUTOGRAD}/rules/reduction.ts`,
    find: "return where(largest, div(g, count), 0);",
    replace: "return where(largest, g, 0);",
    tests: [...OPS, `${AUTOGRAD}/gradients_test.ts`],
    filter: "max",
  },
  {
    name: "gradient-prod-zeros",
    what: "two zeros in a product receive a gradient",
    file: `${AUTOGRAD}/rules/reduction.ts`,
    find: "mul(g, productOfOthers(x, axes))",
    replace:
      "mul(g, where(equal(x, 0), productOfOthers(where(equal(x, 0), 1, x), axes), productOfOthers(x, axes)))",
    tests: [`${AUTOGRAD}/gradients_test.ts`],
  },
  {
    name: "gradient-permute",
    what: "the gradient of a transposition is transposed the same way",
    file: `${AUTOGRAD}/rules/movement.ts`,
    find: "permute: [(g, { params }) => transpose(g, inversePermutation(params.axes))],",
    replace: "permute: [(g, { params }) => transpose(g, params.axes)],",
    tests: OPS,
    filter: "transpose",
  },
  {
    name: "gradient-leak",
    what: "gradients flow through stopGradient",
    file: `${AUTOGRAD}/gradients.ts`,
    find: 'if (node.op === "identity" && node.params.detached) return null;',
    replace: "",
    tests: [`${AUTOGRAD}/gradients_test.ts`],
  },
  {
    name: "batch-norm-unbiased",
    what: "the running variance is the biased one",
    file: `${AUTOGRAD}/nn/batch_norm.ts`,
    find: "blend(params.runningVar, mul(variance, unbiased))",
    replace: "blend(params.runningVar, variance)",
    tests: [`${AUTOGRAD}/nn/batch_norm_test.ts`],
  },
  {
    name: "batch-norm-drift",
    what: "no gradient through the mean of the batch",
    file: `${AUTOGRAD}/nn/batch_norm.ts`,
    find: "const shift = sub(params.bias, mul(drift, scale));",
    replace: "const shift = params.bias;",
    tests: [`${AUTOGRAD}/nn/batch_norm_test.ts`],
  },
  {
    name: "batch-norm-copies",
    what: "the number of rows of counted batches ignores the copies",
    file: `${AUTOGRAD}/nn/batch_norm.ts`,
    find: "const rows = mul(total, copies);",
    replace: "const rows = total;",
    tests: [`${AUTOGRAD}/nn/batch_norm_test.ts`],
  },
  {
    name: "adam-bias",
    what: "Adam without the correction of the second moment",
    file: `${AUTOGRAD}/optim/adam.ts`,
    find: "rootScale: rsqrt(oneMinusPower(betas[1], count)),",
    replace: "rootScale: scalar(1),",
    tests: [`${AUTOGRAD}/optim`],
  },
  {
    name: "init-fan",
    what: "a linear layer is initialised by its output size",
    file: `${AUTOGRAD}/nn/init.ts`,
    find: "const bound = 1 / Math.sqrt(inSize);",
    replace: "const bound = 1 / Math.sqrt(outSize);",
    tests: [`${AUTOGRAD}/nn/init_test.ts`],
  },
];

const pointconvFaults: readonly Fault[] = [
  {
    name: "offset-sign",
    what: "offsets point from the neighbour to the centre",
    file: `${POINTCONV}/tables/tables.ts`,
    find: "coordinates[neighbour + axis]! - coordinates[centre + axis]!",
    replace: "coordinates[centre + axis]! - coordinates[neighbour + axis]!",
    tests: [`${POINTCONV}/tables/tables_test.ts`, `${POINTCONV}/layers/point_conv_test.ts`],
  },
  {
    name: "missing-neighbours",
    what: "neighbours beyond the radius count in the statistics",
    file: `${POINTCONV}/tables/tables.ts`,
    find: "neighbourhood.present?.forEach((isThere, i) => counts[index[i]!]! -= 1 - isThere);",
    replace: "",
    tests: [`${POINTCONV}/tables/tables_test.ts`],
  },
  {
    name: "contraction-cost",
    what: "the cost of written kernels ignores their results",
    file: `${POINTCONV}/layers/contraction.ts`,
    find: "COST.move * (channelsIn + channelsOut)",
    replace: "COST.move * channelsIn",
    tests: [`${POINTCONV}/layers/contraction_test.ts`],
  },
  {
    name: "kernel-group-padding",
    what: "rows that pad a group count as neighbours",
    file: `${POINTCONV}/tables/kernel_groups.ts`,
    find: "if (row < count) outputOf[",
    replace: "outputOf[",
    tests: [`${POINTCONV}/tables/kernel_groups_test.ts`, `${POINTCONV}/layers/materialised_kernels_test.ts`],
  },
  {
    name: "distinct-zero",
    what: "0 and -0 are distinct offsets",
    file: `${POINTCONV}/tables/distinct_rows.ts`,
    find: "clean[i] = values[i]! + 0;",
    replace: "clean[i] = values[i]!;",
    tests: [`${POINTCONV}/tables/distinct_rows_test.ts`],
  },
  {
    name: "pool-radius",
    what: "a pool within a radius divides by all neighbours",
    file: `${POINTCONV}/layers/point_pool.ts`,
    find: "div(rows, sum(rows, { axes: 1, keepDims: true }))",
    replace: "div(rows, neighbours.index.shape[1]!)",
    tests: [`${POINTCONV}/layers/point_pool_test.ts`],
  },
  {
    name: "merge-clouds",
    what: "examples with the same points are not merged",
    file: `${POINTCONV}/search/point_set.ts`,
    find: "return areEqual ?",
    replace: "return areEqual && size < 0 ?",
    tests: [`${POINTCONV}/search/point_set_test.ts`, `${GASP}/training/training_program_test.ts`],
  },
  {
    name: "search-dispose",
    what: "indices stay on the device after they were read",
    file: `${POINTCONV}/tables/neighbourhood.ts`,
    find: "      disposeTree(found);\n",
    replace: "",
    tests: [`${POINTCONV}/tables/neighbourhood_test.ts`, `${POINTCONV}/layers/layout_test.ts`],
  },
];

/** Where the training step of GASP is. */
const METHOD = `${GASP}/methods/gasp`;
const LOSSES = `${METHOD}/losses`, STEP = `${METHOD}/train_step`, SUBSET = `${GASP}/methods/core/subset`;
const TRAINER = [`${GASP}/training/trainer_test.ts`];

const gaspFaults: readonly Fault[] = [
  {
    name: "loss-sign",
    what: "real and generated logits are swapped",
    file: `${LOSSES}.ts`,
    find: 'mean(softplus(target === "real" ? neg(logits) : logits))',
    replace: 'mean(softplus(target === "fake" ? neg(logits) : logits))',
    tests: [`${LOSSES}_test.ts`],
  },
  {
    name: "r1-mean",
    what: "the penalty is the sum over the batch, not the mean",
    file: `${LOSSES}.ts`,
    find: "mul(sum(square(gradient!)), 1 / logits.shape[0]!)",
    replace: "sum(square(gradient!))",
    tests: [`${LOSSES}_test.ts`],
  },
  {
    name: "ema-decay",
    what: "the moving average uses its decay as the rate",
    file: `${STEP}.ts`,
    find: "const rate = 1 - (emaDecay ?? 0);",
    replace: "const rate = emaDecay ?? 0;",
    tests: [`${STEP}_test.ts`],
  },
  {
    name: "statistics-generated",
    what: "running statistics are updated from the generator's batch instead of the generated one",
    file: `${STEP}.ts`,
    find: "...ofFake.statistics,",
    replace: "",
    tests: [`${STEP}_test.ts`],
  },
  {
    name: "subset-balance",
    what: "a balanced subset takes all points from empty space",
    file: `${SUBSET}.ts`,
    find: "half = Math.ceil(count / 2);",
    replace: "half = Math.ceil(count / 4);",
    tests: [`${SUBSET}_test.ts`],
  },
  {
    name: "resume-step",
    what: "a resumed training skips a step",
    file: `${GASP}/training/trainer.ts`,
    find: "this.#step = step;",
    replace: "this.#step = step === 0 ? 0 : step + 1;",
    tests: TRAINER,
  },
  {
    name: "metrics-truncation",
    what: "a resumed training drops the log line of the step it resumes from",
    file: `${GASP}/runs/run_folder.ts`,
    find: "(stepOf(line) ?? Infinity) <= step)",
    replace: "(stepOf(line) ?? Infinity) < step)",
    tests: [`${GASP}/runs/run_folder_test.ts`, ...TRAINER],
  },
  {
    name: "checkpoint-prune",
    what: "one checkpoint too many is retained",
    file: `${GASP}/runs/run_folder.ts`,
    find: "Math.max(0, steps.length - newest)",
    replace: "Math.max(0, steps.length - newest - 1)",
    tests: [`${GASP}/runs/run_folder_test.ts`, ...TRAINER],
  },
  {
    name: "checkpoint-checksum",
    what: "corrupt numbers of a checkpoint are not detected",
    file: `${GASP}/runs/checkpoint.ts`,
    find: "if (checksums?.[name] !== `${new Checksum().add(found.data)}`) {",
    replace: "if (checksums?.[name] === undefined) {",
    tests: [`${GASP}/runs/checkpoint_test.ts`],
  },
  {
    name: "losses-dispose",
    what: "losses of every step stay on the device",
    file: `${GASP}/training/trainer.ts`,
    find: "    disposeTree(losses);\n",
    replace: "",
    tests: TRAINER,
  },
  {
    name: "chunk-end",
    what: "the last chunk exceeds the end",
    file: `${GASP}/sampling/sampled_functions.ts`,
    find: "yield [Math.min(first, total - size), size];",
    replace: "yield [first, size];",
    tests: [`${GASP}/sampling`],
  },
  {
    name: "chunk-place",
    what: "chunks of all functions are written to the first one",
    file: `${GASP}/sampling/sampled_functions.ts`,
    find: "(i * points + first) * width",
    replace: "(i * size + first) * width",
    tests: [`${GASP}/sampling`],
  },
  {
    name: "sampler-dispose",
    what: "sampled functions stay on the device",
    file: `${GASP}/sampling/sampler.ts`,
    find: "      functions.release();\n",
    replace: "",
    tests: [`${GASP}/sampling`],
  },
  {
    name: "fourier-quarter",
    what: "sines and cosines of the Fourier features are swapped",
    file: `${GASP}/model/fourier.ts`,
    find: "where(less(arange(2 * count), count), 0, 0.25)",
    replace: "where(less(arange(2 * count), count), 0.25, 0)",
    tests: [`${GASP}/model/fourier_test.ts`],
  },
  {
    name: "surface-crossing",
    what: "vertices are at the wrong end of their edges",
    file: `${GASP}/show/surface/marching_cubes.ts`,
    find: "const part = inside / (inside - outside);",
    replace: "const part = outside / (outside - inside);",
    tests: [`${GASP}/show/surface/marching_cubes_test.ts`],
  },
  {
    name: "surface-axis",
    what: "shared vertices of cells are looked up along the wrong axis",
    file: `${GASP}/show/surface/marching_cubes.ts`,
    find: "const index = (y + (keeper >> 1 & 1)) * this.#width + z + (keeper >> 2);",
    replace: "const index = (y + (keeper >> 2)) * this.#width + z + (keeper >> 1 & 1);",
    tests: [`${GASP}/show/surface/marching_cubes_test.ts`],
  },
];

/** Faults by package. */
export const modelFaults: readonly Fault[] = [...autogradFaults, ...pointconvFaults, ...gaspFaults];
