import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { mnistPackageImages } from "@gasp/datasets";
import { UserError } from "../../config/user_error.ts";
import { ItemSet, type OpenFeatures } from "../core/features.ts";
import { itemsOf } from "../core/items.ts";
import { openDevice, randomNormal, reference } from "@gasp/tensor";
import { decodeClassifier, encodeClassifier } from "./classifier_file.ts";
import { accuracy, CLASSES, CLASSIFIER_TRAINING, classify, trainClassifier } from "./digit_classifier.ts";
import { splitImages, valuesOf } from "./real_digits.ts";
import { classes, classifierFeatures, classProbabilities } from "./class_metric.ts";

const QUICK = { ...CLASSIFIER_TRAINING, epochs: 2 };

Deno.test("trainClassifier() learns digits, frees its memory, and scores real ones well", async () => {
  const { training, heldOut } = splitImages(await mnistPackageImages(), 7000);
  const device = await openDevice("wasm");
  try {
    const epochs: number[] = [];
    const classifier = await trainClassifier(training, device, QUICK, (epoch) => epochs.push(epoch));
    assertEquals(epochs, [1, 2]);
    // Not a multiple of the chunk size.
    const count = 777;
    const values = valuesOf(heldOut).slice(0, count * 784);
    const probabilities = await classify(classifier, values, device);
    assertGreater(accuracy(probabilities, heldOut.labels!.subarray(0, count)), 0.8);
    for (let row = 0; row < count; row++) {
      const total = probabilities.subarray(row * CLASSES, (row + 1) * CLASSES).reduce((sum, p) => sum + p, 0);
      assertAlmostEquals(total, 1, 1e-5);
    }

    const bytes = await encodeClassifier({ classifier, accuracy: 0.9 }, QUICK);
    const stored = decodeClassifier(bytes, QUICK);
    assertEquals(stored?.accuracy, 0.9);
    assertEquals(await classify(stored!.classifier, values, device), probabilities);
    assertEquals(decodeClassifier(bytes, CLASSIFIER_TRAINING), undefined);

    const items = itemsOf(values.slice(0, 300 * 784), 784), set = new ItemSet(items);
    const display = { kind: "image", height: 28, width: 28, channels: 1 } as const;
    const domain = {
      name: "",
      coordinates: values,
      pointCount: 784,
      coordinateDim: 2,
      featureDim: 1,
      display,
    };
    const open = async (open: OpenFeatures) => await open({ reference: items, domain, device });
    const trained = { classifier, accuracy: 0.9 };
    const context = { domain, device, seed: 0, resamples: 10, features: classifierFeatures(trained), open };
    const probability = await context.open(classProbabilities(trained));
    (await set.features(probability)).rows.forEach((p, i) => assertAlmostEquals(p, probabilities[i]!, 1e-5));
    const comparison = await classes.prepare(set, { ...context, classifier: () => probability });
    const { entropy, confidence, "classes-above": above } = await comparison.compare(set);
    assertGreater(entropy!.value, 2);
    assertGreater(confidence!.value, 0.5);
    assertGreater(above!.value, 5);
    // Noise lowers the confidence, and repeated digits the number of classes and the entropy
    const sequence = [];
    for (const strength of [0, 1, 2]) {
      const noise = randomNormal({ seed: 0, stream: "noise", step: 0 }, items.count * 784);
      const noisy = values.slice(0, 300 * 784).map((value, i) => value + strength * noise[i]!);
      sequence.push((await comparison.compare(new ItemSet(itemsOf(noisy, 784))))["confidence"]!.value);
    }
    assert(sequence[0]! > sequence[1]! && sequence[1]! > sequence[2]!, sequence.join());
    const repeated = new Float32Array(300 * 784).map((_, i) => values[i % (3 * 784)]!);
    const few = await comparison.compare(new ItemSet(itemsOf(repeated, 784)));
    assert(few["classes-above"]!.value <= 3 && few["entropy"]!.value < entropy!.value);
    const hidden = await context.open(context.features);
    assertEquals([hidden.dimensions, (await set.features(hidden)).rows.length], [128, 300 * 128]);
    await assertRejects(() => classes.prepare(set, context), UserError, "a classifier of digits");
    hidden.release!();
    probability.release!();
    // Programs are freed after the current task
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals("liveBuffers" in device && device.liveBuffers, 0);
  } finally {
    await device.close();
  }
});

Deno.test("trainClassifier() rejects digits without labels or of another size", async () => {
  const images = { count: 2, height: 28, width: 28, channels: 1, pixels: new Uint8Array(2 * 784) } as const;
  const small = { count: 2, height: 14, width: 14, channels: 1, pixels: new Uint8Array(2 * 196) } as const;
  for (const digits of [images, { ...small, labels: new Uint8Array(2) }]) {
    await assertRejects(() => trainClassifier(digits, reference), RangeError, "labelled digits of 28×28");
  }
});

Deno.test("decodeClassifier() rejects a damaged file", () => {
  assertThrows(() => decodeClassifier(new Uint8Array(20), QUICK));
});

Deno.test("splitImages() splits images and labels deterministically", () => {
  const pixels = Uint8Array.from({ length: 20 }, (_, i) => Math.floor(i / 2));
  const labels = Uint8Array.from({ length: 10 }, (_, i) => i);
  const images = { count: 10, height: 1, width: 2, channels: 1, pixels, labels } as const;
  const { training, heldOut } = splitImages(images, 3);
  assertEquals([training.count, heldOut.count], [7, 3]);
  assertEquals([...training.labels!, ...heldOut.labels!].sort(), [...labels]);
  for (const part of [training, heldOut]) {
    part.labels!.forEach((label, row) =>
      assertEquals([...part.pixels.subarray(2 * row, 2 * row + 2)], [label, label])
    );
  }
  assertEquals(splitImages(images, 3), { training, heldOut });
});

Deno.test("accuracy() is the fraction of rows whose maximum is at the label", () => {
  const probabilities = new Float32Array(30);
  [[0, 3], [1, 5], [2, 9]].forEach(([row, label]) => probabilities[row! * 10 + label!] = 1);
  assertAlmostEquals(accuracy(probabilities, Uint8Array.of(3, 5, 8)), 2 / 3, 1e-12);
});
