/**
 * The page: loads a checkpoint and draws samples of it on a canvas, new ones on each press of the button. It uses WebGPU if
 * the browser has a GPU, else WebAssembly; `?device=wasm` or `?device=webgpu` selects one of them.
 *
 * @module
 */
import { openCheckpointFile, sampleLatents, Sampler, sampleShown, sheetOf } from "@gasp/gasp";
import { blobAccess, openDevice } from "@gasp/tensor";

const COUNT = 16, RESOLUTION = 32;
const [canvas, button, output] = ["canvas", "button", "output"].map((name) => document.querySelector(name));

/** Draws a grey or RGB image on the canvas. */
function draw({ height, width, channels, pixels }) {
  const data = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let i = 0; i < 3; i++) data.data[4 * pixel + i] = pixels[channels * pixel + i % channels];
    data.data[4 * pixel + 3] = 255;
  }
  Object.assign(canvas, { height, width });
  canvas.getContext("2d").putImageData(data, 0, 0);
}

async function start() {
  const response = await fetch("checkpoint.safetensors");
  if (!response.ok) {
    throw new Error(`cannot load the checkpoint: the server returned status ${response.status}`);
  }
  const checkpoint = await openCheckpointFile(blobAccess(await response.blob()), "checkpoint.safetensors");
  const device = await openDevice(new URLSearchParams(location.search).get("device") ?? "auto");
  const { generator, display } = checkpoint, sampler = new Sampler(generator, device);
  const weights = await sampler.place(await checkpoint.readWeights("average"));

  let seed = 0;
  const more = async () => {
    button.disabled = true;
    const latents = sampleLatents(seed++, COUNT, generator.latentDim);
    const started = performance.now();
    draw(sheetOf(await sampleShown(sampler, weights, { latents, display, resolution: RESOLUTION })));
    const seconds = (performance.now() - started) / 1000;
    output.textContent = `${COUNT} samples in ${seconds.toFixed(2)} s on ${device.info.name}`;
    button.disabled = false;
  };
  button.onclick = more;
  await more();
}

start().catch((error) => output.textContent = `Failed: ${error.message}`);
