/**
 * The page: loads an exported generator and draws samples of it on a canvas, new ones on each press of the button. It
 * uses WebGPU if the browser has a GPU, else WebAssembly; `?device=wasm` or `?device=webgpu` selects one of them.
 *
 * @module
 */
import { drawSamples, openGenerator, sampleForDisplay, sampleLatents } from "@gasp/gasp/sample";
import { blobAccess, openDevice } from "@gasp/tensor";

const FILE = "generator.safetensors";
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
  const response = await fetch(FILE);
  if (!response.ok) {
    throw new Error(`cannot load the generator: the server returned status ${response.status}`);
  }
  const generator = await openGenerator(blobAccess(await response.blob()), FILE);
  const device = await openDevice(new URLSearchParams(location.search).get("device") ?? "auto");
  const { latentDim, display } = generator, { name, note } = device.info;
  const sampler = generator.sampler(device), weights = await sampler.moveToDevice(generator.weights);

  let seed = 0;
  const more = async () => {
    button.disabled = true;
    const latents = sampleLatents(seed++, COUNT, latentDim);
    const started = performance.now();
    draw(
      await drawSamples(
        await sampleForDisplay(sampler, weights, { latents, display, resolution: RESOLUTION }),
      ),
    );
    const seconds = (performance.now() - started) / 1000;
    output.textContent = `${COUNT} samples in ${seconds.toFixed(2)} s on ${name}${note ? ` (${note})` : ""}`;
    button.disabled = false;
  };
  button.onclick = more;
  await more();
}

start().catch((error) => output.textContent = `Failed: ${error.message}`);
