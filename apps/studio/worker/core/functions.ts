/**
 * The function of the latest latent, so that many evaluations of it map the latent to weights once.
 *
 * @module
 */
import { modelOf } from "./models.ts";

/** A function of coordinates on the device: `SampledFunctions` of `@gasp/gasp`, for one latent. */
type SampledFunction = Awaited<ReturnType<Awaited<ReturnType<typeof modelOf>>["sampler"]["functions"]>>;

interface Held {
  readonly key: string;
  readonly value: Promise<SampledFunction>;
  users: number;
}

let latest: Held | undefined;

/**
 * Evaluates the function of a latent.
 *
 * @param ref Reference of an open model.
 * @param latent `[latentDim]`.
 * @param work What to do with the function.
 */
export async function withFunction<T>(
  ref: string,
  latent: Float32Array,
  work: (shape: SampledFunction) => Promise<T>,
): Promise<T> {
  const held = hold(ref, latent);
  held.users++;
  try {
    return await work(await held.value);
  } finally {
    held.users--;
    await releaseUnused(held);
  }
}

function hold(ref: string, latent: Float32Array): Held {
  const key = `${ref} ${latent.join()}`;
  if (latest?.key === key) return latest;
  const before = latest;
  const value = modelOf(ref).then(({ sampler, weights }) => sampler.functions(weights, latent));
  latest = { key, value, users: 0 };
  value.catch(() => {
    if (latest?.key === key) latest = undefined;
  });
  if (before) void releaseUnused(before);
  return latest;
}

/** Frees a function that is neither the latest nor in use. */
async function releaseUnused(held: Held): Promise<void> {
  if (held === latest || held.users > 0) return;
  held.users = Infinity;
  await held.value.then((shape) => shape.release(), () => {});
}
