/** A method that learns the mean of all functions, as a perceptron of the coordinates. @module */
import { adam, initMlp, type LinearParams, mlp, type OptimizerState } from "@gasp/autograd";
import { randomSource, valueAndGrad } from "@gasp/autograd";
import { fields, type Method, type ModelConfig, positiveNumber, PRESETS, type RunConfig } from "@gasp/gasp";
import { wholeNumber } from "@gasp/gasp";
import { broadcastTo, mean, placeholder, square, sub, tanh, type Tensor, tensor } from "@gasp/tensor";

type Model = ModelConfig & { readonly hidden: number };
type Config = RunConfig<Model, { readonly rate: number }>;
type State = { readonly layers: LinearParams[]; readonly optimizer: OptimizerState<LinearParams[]> };
type Inputs = { readonly real: Tensor };

const network = (layers: LinearParams[], coordinates: Tensor) => mlp(coordinates, layers, tanh);
const model = { coordinateDim: 2, featureDim: 1, hidden: 16 };

export const meanMethod: Method<Config, State, Inputs> = {
  name: "mean",
  model: fields<Model>({ coordinateDim: wholeNumber(1), featureDim: wholeNumber(1), hidden: wholeNumber(1) }),
  training: fields({ rate: positiveNumber() }),
  presets: {
    "tiny-mean": { ...PRESETS.tiny, method: "mean", preset: "tiny-mean", model, training: { rate: 0.01 } },
  },
  divergedAdvice: "Start again with a lower training.rate",
  initialState({ model: { coordinateDim, hidden, featureDim }, seed }) {
    const layers = initMlp(randomSource({ seed, stream: "mean" }), [coordinateDim, hidden, featureDim]);
    return { layers, optimizer: adam().init(layers) };
  },
  prepare({ config, data }) {
    const coordinates = tensor(data.coordinates, [data.pointCount, data.coordinateDim]);
    const shape = (batchSize: number) => [batchSize, data.pointCount, data.featureDim];
    const optimizer = adam({ learningRate: config.training.rate });
    return Promise.resolve({
      inputs: async ({ indices }) => ({ real: tensor(await data.batch(indices), shape(indices.length)) }),
      abstractInputs: (batchSize) => ({ real: placeholder(shape(batchSize)) }),
      step(state, { real }) {
        const loss = (layers: LinearParams[]) => mean(square(sub(network(layers, coordinates), real)));
        const { value, gradient } = valueAndGrad(loss)(state.layers);
        const next = optimizer.update(state.layers, gradient, state.optimizer);
        return { state: { layers: next.params, optimizer: next.state }, losses: { error: value } };
      },
    });
  },
  generator: ({ model: { coordinateDim, featureDim } }) => ({
    ...{ coordinateDim, featureDim, latentDim: 1 },
    functions: (_, latents) => latents,
    shared: (layers) => layers,
    encode: (_, coordinates) => coordinates,
    evaluate: (latents: Tensor, at, layers: LinearParams[]) =>
      broadcastTo(network(layers, at), [latents.shape[0]!, at.shape.at(-2)!, featureDim]),
  }),
  weights: ({ layers }) => layers,
};
