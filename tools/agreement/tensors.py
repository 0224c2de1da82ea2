"""Writes tensors of every type and layout with torch.save, and safetensors files by the format's definition.

NAME.raw has the numbers of all tensors (float64) in the order of their names; the list has their shapes.
"""
import itertools
import json
import struct

import numpy as np
import torch

from entries import Entries

entries = Entries()
number = itertools.count()
torch.manual_seed(0)
TYPES = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")


def tensor(shape, dtype):
    raw = torch.randint(0 if dtype in ("uint8", "bool") else -9, 2 if dtype == "bool" else 100, shape)
    return (raw + (0.5 if "float" in dtype else 0)).to(getattr(torch, dtype))


def layouts(dtype):
    """Tensors as models have them: whole, parts of a storage, transposed, scalars, empty ones.

    Expanded ones, which have more elements than their storage, are refused, so that no file takes more memory than its size.
    """
    base = tensor((4, 6), dtype)
    return {"a": base, "b": base.t(), "c": base[1:3, ::2], "d": base[2], "e": tensor((3, 1), dtype),
            "f": tensor((), dtype), "g": tensor((0, 2), dtype), "h": tensor((2, 3, 4), dtype).permute(2, 0, 1)}


def add(name, group, tensors):
    flat = [value.detach().double().contiguous().numpy().ravel() for _, value in sorted(tensors.items())]
    entries.add(name, group, np.concatenate(flat).astype("<f8").tobytes(), 0,
                shapes=[list(value.shape) for _, value in sorted(tensors.items())])


for dtype, wrap, protocol in itertools.product(TYPES, (dict, torch.nn.ParameterDict, list), (2,)):
    group = f"torch {wrap.__name__}"
    if wrap is torch.nn.ParameterDict and "float" not in dtype or not entries.wants(group):
        continue
    name, tensors = f"{next(number)}.pt", layouts(dtype)
    if wrap is torch.nn.ParameterDict:
        module = torch.nn.Module()
        for key, value in tensors.items():
            module.register_parameter(key, torch.nn.Parameter(value.clone()))
        saved = module.state_dict()
    else:
        saved = tensors if wrap is dict else [value for _, value in sorted(tensors.items())]
    torch.save(saved, entries.path(name), pickle_protocol=protocol)
    read = torch.load(entries.path(name))
    add(name, group, dict(read) if wrap is not list else {str(i): value for i, value in enumerate(read)})

NAMES = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
         "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL"}
for dtype, padding, metadata in itertools.product(TYPES, (0, 7), (None, {"note": "ü"})):
    if not entries.wants("safetensors"):
        continue
    name, tensors = f"{next(number)}.safetensors", {key: value.contiguous() for key, value in layouts(dtype).items()}
    header, body = {} if metadata is None else {"__metadata__": metadata}, b""
    for key, value in tensors.items():
        raw = value.view(torch.int16) if dtype == "bfloat16" and value.dim() > 0 else value
        raw = value.reshape(1).view(torch.int16) if dtype == "bfloat16" and value.dim() == 0 else raw
        data = raw.numpy().tobytes()
        header[key] = {"dtype": NAMES[dtype], "shape": list(value.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode() + b" " * padding
    with open(entries.path(name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
    add(name, "safetensors", tensors)
entries.finish()
