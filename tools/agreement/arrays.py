"""Writes .npy and .npz files of every type, order and version of the header with NumPy, and what it reads.

NAME.raw has the numbers of all arrays (float64), in row-major order; the list has their shapes.
"""
import gzip
import itertools

import numpy as np

from entries import Entries

entries = Entries()
number = itertools.count()
rng = np.random.default_rng(0)
TYPES = ["?", "i1", "u1"] + [f"{order}{kind}" for order, kind in itertools.product("<>", ("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8"))]
SHAPES = ((), (0, 3), (1,), (7,), (3, 5), (2, 3, 4), (2, 1, 3, 2))


def values(shape, dtype):
    low = 0 if np.dtype(dtype).kind in "ub" else -100
    return np.asarray(rng.integers(low, 2 if dtype == "?" else 100, shape) + (0.25 if np.dtype(dtype).kind == "f" else 0)).astype(dtype)


def add(name, group, arrays):
    flat = np.concatenate([np.asarray(array, "f8").ravel() for array in arrays])
    entries.add(name, group, flat.astype("<f8").tobytes(), 0, shapes=[list(array.shape) for array in arrays])


for dtype, shape, order, version in itertools.product(TYPES, SHAPES, "CF", ((1, 0), (2, 0), (3, 0))):
    if order == "F" and len(shape) < 2 or not entries.wants("npy"):
        continue
    name = f"{next(number)}.npy"
    with open(entries.path(name), "wb") as file:
        np.lib.format.write_array(file, np.asarray(values(shape, dtype), order=order), version=version)
    add(name, "npy", [np.load(entries.path(name))])
for dtype, level in itertools.product(TYPES, (1, 6, 9)):
    if entries.wants("npy.gz"):
        name = f"{next(number)}.npy.gz"
        with gzip.open(entries.path(name), "wb", level) as file:
            np.save(file, values((3, 5), dtype))
        with gzip.open(entries.path(name)) as file:
            add(name, "npy.gz", [np.load(file)])
for dtype, save in itertools.product(TYPES, (np.savez, np.savez_compressed)):
    if entries.wants("npz"):
        name = f"{next(number)}.npz"
        save(entries.path(name), values((2, 3), dtype), b=values((4,), dtype), **{"a b/ü": values((), dtype)})
        with np.load(entries.path(name)) as file:
            add(name, "npz", [file[key] for key in sorted(file)])
entries.finish()
