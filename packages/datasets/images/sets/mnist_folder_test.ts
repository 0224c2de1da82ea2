import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../core/data_error.ts";
import type { FileSource } from "../../core/file_source.ts";
import { mnistFolder, mnistFolderImages } from "./mnist_folder.ts";

function folder(files: Readonly<Record<string, Uint8Array>>): FileSource {
  return {
    location: "data/digits",
    list: () => Promise.resolve(Object.keys(files)),
    read: (name) => Promise.resolve(files[name]!),
  };
}

/** An IDX file of images of 2×2 whose pixels are the image's index plus `first`. */
function images(count: number, first = 0): Uint8Array {
  const pixels = Array.from({ length: count * 4 }, (_, i) => first + Math.floor(i / 4));
  return Uint8Array.of(0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 2, ...pixels);
}

function labels(...values: number[]): Uint8Array {
  return Uint8Array.of(0, 0, 8, 1, 0, 0, 0, values.length, ...values);
}

const MNIST = {
  "t10k-images-idx3-ubyte": images(1, 50),
  "t10k-labels-idx1-ubyte": labels(9),
  "train-images-idx3-ubyte": images(3),
  "train-labels-idx1-ubyte": labels(5, 0, 4),
  "README.txt": new Uint8Array(3),
};

Deno.test("mnistFolderImages() reads the training images and their labels", async () => {
  const { count, height, width, pixels, labels } = await mnistFolderImages(folder(MNIST));
  assertEquals([count, height, width], [3, 2, 2]);
  assertEquals([...pixels], [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  assertEquals([...labels ?? []], [5, 0, 4]);
});

Deno.test("mnistFolderImages() reads the test images on request", async () => {
  const { pixels, labels } = await mnistFolderImages(folder(MNIST), "test");
  assertEquals([...pixels], [50, 50, 50, 50]);
  assertEquals([...labels ?? []], [9]);
});

Deno.test("mnistFolderImages() accepts all common names of MNIST files", async () => {
  for (
    const name of [
      "train-images-idx3-ubyte",
      "train-images.idx3-ubyte",
      "emnist-digits-train-images-idx3-ubyte",
      "t10k-images-idx3-ubyte",
      "mnist-images-idx3-ubyte",
      "images-idx3-ubyte",
    ]
  ) {
    const set = await mnistFolderImages(folder({ [name]: images(2) }));
    assertEquals([set.count, set.labels], [2, undefined]);
  }
});

Deno.test("mnistFolderImages() prefers a plain file to its gzipped copy", async () => {
  const set = await mnistFolderImages(folder({
    "train-images-idx3-ubyte.gz": new Uint8Array(),
    "train-images-idx3-ubyte": images(2),
  }));
  assertEquals(set.count, 2);
});

Deno.test("mnistFolderImages() rejects other folders and damaged files", async () => {
  const cases: [Readonly<Record<string, Uint8Array>>, string][] = [
    [{}, "data/digits has no MNIST images: expected train-images-idx3-ubyte or"],
    [{ "cat.png": images(1), "labels-idx1-ubyte": labels(1) }, "found cat.png, labels-idx1-ubyte."],
    [{ "a-images-idx3-ubyte": images(1), "b-images-idx3-ubyte": images(1) }, "several image files"],
    [
      { "train-images-idx3-ubyte": labels(1, 2) },
      "must have three axes (images, rows, columns), got 2",
    ],
    [{ "train-images-idx3-ubyte": images(0) }, "has no images: its axes are 0×2×2"],
    [
      { ...MNIST, "train-labels-idx1-ubyte": labels(1) },
      "has 3 images but train-labels-idx1-ubyte has 1 labels",
    ],
    [{ ...MNIST, "train-labels-idx1-ubyte": images(3) }, "must have one axis"],
  ];
  for (const [files, message] of cases) {
    await assertRejects(() => mnistFolderImages(folder(files)), DataError, message);
  }
  await assertRejects(
    () => mnistFolderImages(folder({ "train-images-idx3-ubyte": images(1) }), "test"),
    DataError,
    "expected t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz",
  );
});

Deno.test("mnistFolder() returns a data set at the requested resolution", async () => {
  const own = await mnistFolder(folder(MNIST));
  assertEquals([own.name, own.items, own.pointCount], ["data/digits", 3, 4]);
  const larger = await mnistFolder(folder(MNIST), { resolution: 4 });
  assertEquals([larger.items, larger.pointCount], [3, 16]);
});
