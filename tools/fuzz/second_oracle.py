"""Evaluates programs of the fuzzer with PyTorch and SciPy in double precision.

Reads a JSON list of programs from standard input, writes a JSON list of results: the outputs of each, or the reason why it has none.
`--names` prints the functions that are known.
"""
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F
from scipy.spatial import cKDTree

GOLDEN = (math.sqrt(5) - 1) / 2
DTYPES = {"f32": torch.float64, "i32": torch.int32, "bool": torch.bool}
NAMES = {}


class Unsupported(Exception):
    pass


def known(*names):
    def register(function):
        for name in names:
            NAMES["t." + name] = function
        return function
    return register


def simple(**functions):
    for name, function in functions.items():
        NAMES["t." + name] = function


def axes_of(x, options):
    axes = options.get("axes") if options else None
    if axes is None:
        return tuple(range(x.dim()))
    return tuple(a % x.dim() for a in (axes if isinstance(axes, list) else [axes]))


def reduction(function, centred=False):
    def apply(x, options=None):
        options = options or {}
        axes, keep = axes_of(x, options), options.get("keepDims", False)
        return x if not axes and not centred else function(x, axes, keep, options)
    return apply


def each_axis(function):
    """A reduction over one axis at a time, the last first."""
    def apply(x, axes, keep, options):
        for axis in sorted(axes, reverse=True):
            x = function(x, axis, keep)
        return x
    return reduction(apply)


def tensor_like(a, b):
    x = a if torch.is_tensor(a) else b
    return [v if torch.is_tensor(v) else torch.tensor(v, dtype=x.dtype) for v in (a, b)]


def pairwise(function):
    return lambda a, b: function(*tensor_like(a, b))


simple(
    sigmoid=torch.sigmoid, logSigmoid=F.logsigmoid, softplus=F.softplus, relu=F.relu, relu6=F.relu6,
    leakyRelu=lambda x, slope: torch.where(x > 0, x, slope * x), elu=F.elu, selu=F.selu, silu=F.silu, mish=F.mish,
    gelu=lambda x, o=None: F.gelu(x, approximate="tanh" if o and o.get("approximate") else "none"),
    hardSigmoid=F.hardsigmoid, add=pairwise(torch.add), sub=pairwise(torch.sub), mul=pairwise(torch.mul),
    div=pairwise(torch.div), remainder=pairwise(torch.remainder), reciprocal=torch.reciprocal,
    maximum=pairwise(torch.maximum), minimum=pairwise(torch.minimum), clamp=torch.clamp, neg=torch.neg, abs=torch.abs,
    sign=torch.sign, floor=torch.floor, ceil=torch.ceil, trunc=torch.trunc, round=torch.round, square=lambda x: x * x,
    pow=pairwise(torch.pow), sqrt=torch.sqrt, rsqrt=torch.rsqrt, exp=torch.exp, expm1=torch.expm1, log=torch.log,
    log1p=torch.log1p, sin=torch.sin, cos=torch.cos, tan=torch.tan, sin2pi=lambda x: torch.sin(2 * math.pi * x),
    cos2pi=lambda x: torch.cos(2 * math.pi * x), asin=torch.asin, acos=torch.acos, atan=torch.atan,
    atan2=pairwise(torch.atan2), sinh=torch.sinh, cosh=torch.cosh, tanh=torch.tanh, erf=torch.erf,
    less=pairwise(torch.lt), lessEqual=pairwise(torch.le), greater=pairwise(torch.gt), greaterEqual=pairwise(torch.ge),
    equal=pairwise(torch.eq), notEqual=pairwise(torch.ne), isNaN=torch.isnan, isFinite=torch.isfinite,
    logicalAnd=torch.logical_and, identity=lambda x: x, stopGradient=lambda x: x.detach(),
    where=lambda c, a, b: torch.where(c, *tensor_like(a, b)), zerosLike=torch.zeros_like, onesLike=torch.ones_like,
    reshape=lambda x, shape: x.reshape(shape), transpose=lambda x, axes: x.permute(axes),
    broadcastTo=lambda x, shape: x.expand(shape), expandDims=lambda x, axis: x.unsqueeze(axis),
    squeeze=lambda x: x.squeeze(), tile=lambda x, counts: x.repeat(counts), stack=lambda xs, axis=0: torch.stack(xs, axis),
    repeat=lambda x, count, axis: x.repeat_interleave(count, axis), concatenate=lambda xs, axis=0: torch.cat(xs, axis),
    split=lambda x, parts, axis=0: list(torch.split(x, parts, axis)), roll=lambda x, by, axes: torch.roll(x, by, axes),
    diagonal=lambda x, o=0: torch.diagonal(x, o, -2, -1), tril=torch.tril, triu=torch.triu,
    trace=lambda x, o=0: torch.diagonal(x, o, -2, -1).sum(-1),
    linspace=lambda a, b, n: torch.linspace(a, b, n, dtype=torch.float64), matmul=torch.matmul,
    softmax=lambda x, axis=-1: F.softmax(x, axis), logSoftmax=lambda x, axis=-1: F.log_softmax(x, axis),
    einsum=lambda formula, *xs: torch.einsum(formula, *xs),
    sum=reduction(lambda x, axes, keep, o: x.sum(axes, keepdim=keep)),
    mean=reduction(lambda x, axes, keep, o: x.mean(axes, keepdim=keep)),
    logsumexp=reduction(lambda x, axes, keep, o: torch.logsumexp(x, axes, keepdim=keep)),
    max=reduction(lambda x, axes, keep, o: torch.amax(x, axes, keepdim=keep)),
    min=reduction(lambda x, axes, keep, o: torch.amin(x, axes, keepdim=keep)),
    prod=each_axis(lambda x, axis, keep: x.prod(axis, keepdim=keep, dtype=x.dtype)),
    any=each_axis(lambda x, axis, keep: x.any(axis, keepdim=keep)),
    all=each_axis(lambda x, axis, keep: x.all(axis, keepdim=keep)),
)
NAMES["t.and"], NAMES["t.or"], NAMES["t.not"] = torch.logical_and, torch.logical_or, torch.logical_not


@known("cast")
def cast(x, dtype):
    return x.to(dtype_of(dtype))


def dtype_of(name):
    if name not in DTYPES:
        raise Unsupported(name)
    return DTYPES[name]


@known("full")
def full(shape, value, dtype="f32"):
    return torch.full(shape, value, dtype=dtype_of(dtype))


@known("variance", "std")
def variance(x, options=None):
    raise Unsupported("replaced below")


def moment(x, axes, keep, options):
    centred = x - (x.mean(axes, keepdim=True) if axes else x)
    count = math.prod(x.shape[a] for a in axes) - options.get("correction", 0)
    squares = (centred * centred).sum(axes, keepdim=keep) if axes else centred * centred
    return squares / count if count else squares * math.inf


def variance_of(x, options=None):
    return reduction(moment, centred=True)(x, options)


simple(variance=variance_of, std=lambda x, o=None: torch.sqrt(variance_of(x, o)))


@known("slice")
def slice_(x, starts, ends=None, steps=None):
    ends, steps = ends or x.shape, steps or [1] * x.dim()
    return x[tuple(slice(a, b, s) for a, b, s in zip(starts, ends, steps))]


@known("pad")
def pad(x, low, high):
    out = torch.zeros([a + n + b for a, n, b in zip(low, x.shape, high)], dtype=x.dtype)
    index = tuple(slice(a, a + n) for a, n in zip(low, x.shape))
    mask = torch.zeros(out.shape, dtype=torch.bool)
    mask[index] = True
    return out.masked_scatter(mask, x)


@known("flip")
def flip(x, axes=None):
    return torch.flip(x, axes_of(x, {"axes": axes}))


@known("argmax", "argmin")
def argmax(*_):
    raise Unsupported("replaced below")


def arg_extreme(largest):
    def apply(x, options=None):
        options = options or {}
        axis, keep = options.get("axis"), options.get("keepDims", False)
        values = x.detach().numpy()
        found = (np.argmax if largest else np.argmin)(values, axis=axis)
        result = torch.tensor(found, dtype=torch.int32)
        if keep:
            return result.reshape([1] * x.dim()) if axis is None else result.unsqueeze(axis)
        return result
    return apply


simple(argmax=arg_extreme(True), argmin=arg_extreme(False))


@known("cumsum")
def cumsum(x, options=None):
    options = options or {}
    axis, reverse = options.get("axis", 0), options.get("reverse", False)
    y = torch.flip(x, [axis]) if reverse else x
    sums = torch.cumsum(y, axis).to(x.dtype)
    if options.get("exclusive", False):
        sums = sums - y
    return torch.flip(sums, [axis]) if reverse else sums


def order_of(x, options):
    options = options or {}
    axis = options.get("axis", -1)
    # Ties keep their order in both directions
    return torch.sort(x, dim=axis, descending=options.get("descending", False), stable=True)


simple(sort=lambda x, o=None: order_of(x, o)[0], argsort=lambda x, o=None: order_of(x, o)[1].to(torch.int32))


@known("take")
def take(x, index, axis=0):
    axis, flat = axis % x.dim(), index.reshape(-1).long()
    return x.index_select(axis, flat).reshape([*x.shape[:axis], *index.shape, *x.shape[axis + 1:]])


@known("takeAlongAxis")
def take_along(x, index, axis):
    return torch.gather(x, axis, index.long())


@known("invertIndex")
def invert(index, rows):
    return {"index": index, "rows": rows}


@known("gather")
def gather(x, table, axis=0):
    return take(x, table["index"], axis)


@known("segmentSum")
def segment_sum(x, table):
    index = table["index"]
    rest = x.shape[index.dim():]
    out = torch.zeros([table["rows"], *rest], dtype=x.dtype)
    return out.index_add(0, index.reshape(-1).long(), x.reshape([index.numel(), *rest]))


@known("scatterAdd")
def scatter_add(x, index, updates, axis=0):
    return x.index_add(axis, index.long(), updates)


@known("scatter")
def scatter(x, index, updates, axis=0):
    return x.index_copy(axis, index.long(), updates)


def per_axis(value, rank):
    return list(value) if isinstance(value, list) else [value] * rank


@known("conv")
def conv(x, w, options=None):
    options, rank = options or {}, x.dim() - 2
    padding = options.get("padding", 0)
    strides = per_axis(options.get("stride", 1), rank)
    if padding == "same" and any(s != 1 for s in strides):
        raise Unsupported("strided same")
    function = [F.conv1d, F.conv2d, F.conv3d][rank - 1]
    if padding == "same":
        d = per_axis(options.get("dilation", 1), rank)
        if any(di * (k - 1) % 2 for di, k in zip(d, w.shape[2:])):
            raise Unsupported("uneven padding")
    pads = padding if isinstance(padding, str) else per_axis(padding, rank)
    return function(x, w, None, strides, pads, per_axis(options.get("dilation", 1), rank), options.get("groups", 1))


@known("convTranspose")
def conv_transpose(x, w, options=None):
    options, rank = options or {}, x.dim() - 2
    function = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
    many = lambda name, default: per_axis(options.get(name, default), rank)
    return function(x, w, None, many("stride", 1), many("padding", 0), many("outputPadding", 0), options.get("groups", 1),
                    many("dilation", 1))


@known("countWithinRadius")
def count_within(points, queries, options):
    offsets = options["offsets"].tolist() if options.get("offsets") is not None else [0, len(points)]
    asked = options["queryOffsets"].tolist() if options.get("queryOffsets") is not None else [0, len(queries)]
    radius, norm, counts = options["radius"], options.get("norm", 2), []
    for cloud in range(len(offsets) - 1):
        tree = cKDTree(points[offsets[cloud]:offsets[cloud + 1]].detach().numpy())
        for q in queries[asked[cloud]:asked[cloud + 1]].detach().numpy():
            near = [len(tree.query_ball_point(q, r, p=norm)) for r in (radius * (1 - 1e-9), radius, radius * (1 + 1e-9))]
            if near[0] != near[2]:
                raise Unsupported("a point at the radius")
            counts.append(near[1])
    return torch.tensor(counts, dtype=torch.int32)


def standardised(x, axes):
    """By its formula: PyTorch's own kernels of layer and group norms have wrong third derivatives."""
    centred = x - x.mean(axes, keepdim=True)
    return centred / torch.sqrt((centred * centred).mean(axes, keepdim=True) + 1e-5)


def group_norm(x, p, options):
    grouped = x.reshape(x.shape[0], options["groups"], -1)
    shape = [1, -1] + [1] * (x.dim() - 2)
    return standardised(grouped, [2]).reshape(x.shape) * p["weight"].reshape(shape) + p["bias"].reshape(shape)


NAMES["ad.layerNorm"] = lambda x, p: standardised(x, [-1]) * p["weight"] + p["bias"]
NAMES["ad.linear"] = lambda x, w, b=None: F.linear(x, w, b)
NAMES["ad.groupNorm"] = group_norm
NAMES["ad.mseLoss"] = lambda a, b, o: F.mse_loss(a, b, reduction=o["reduction"])
NAMES["ad.l1Loss"] = lambda a, b, o: F.l1_loss(a, b, reduction=o["reduction"])
NAMES["ad.huberLoss"] = lambda a, b, o: F.huber_loss(a, b, reduction=o["reduction"], delta=o["delta"])


@known("random")
def random(*_):
    raise Unsupported("random")


def resolve(argument, values):
    if isinstance(argument, dict):
        if "ref" in argument:
            step, path = argument["ref"]
            part = values[step]
            for key in path:
                part = part[key]
            return part
        return {key: resolve(value, values) for key, value in argument.items()}
    if isinstance(argument, list):
        return [resolve(part, values) for part in argument]
    return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}.get(argument, argument) if isinstance(argument, str) else argument


def leaf(step):
    dtype = dtype_of(step["dtype"])
    return torch.tensor([float(v) for v in step["values"]], dtype=torch.float64).to(dtype).reshape(step["shape"])


def contracted(level, offset):
    total = 0
    for i, x in enumerate(level):
        numbers = [2 * ((0.25 * offset + i / 16 + (j + 1) * GOLDEN) % 1) - 1 for j in range(x.numel())]
        total = total + (x * torch.tensor(numbers, dtype=torch.float64).reshape(x.shape)).sum()
    return total


def evaluate(program):
    values, wrt = [], []
    for step in program["steps"]:
        if "values" in step:
            value = leaf(step)
            if step["isArgument"] and step["dtype"] == "f32":
                value.requires_grad_(program["order"] > 0)
                wrt.append(value)
        elif step["name"] not in NAMES:
            raise Unsupported(step["name"])
        else:
            value = NAMES[step["name"]](*[resolve(a, values) for a in step["args"]])
        values.append(value)
    outputs = [resolve({"ref": o}, values) for o in program["outputs"]]
    every, level = list(outputs), [x for x in outputs if x.dtype == torch.float64]
    for order in range(1, program["order"] + 1):
        if not wrt or not level:
            break
        scalar = contracted(level, order)
        if not scalar.requires_grad:
            level = [torch.zeros_like(x) for x in wrt]
        else:
            found = torch.autograd.grad(scalar, wrt, create_graph=True, allow_unused=True)
            level = [torch.zeros_like(x) if g is None else g for x, g in zip(wrt, found)]
        every.extend(level)
    return every


def numbers_of(x):
    return [v if math.isfinite(v) else str(v) for v in x.detach().to(torch.float64).reshape(-1).tolist()]


def result_of(program):
    try:
        return {"outputs": [numbers_of(x) for x in evaluate(program)]}
    except Unsupported as reason:
        return {"skipped": str(reason)}
    except Exception as error:  # what PyTorch refuses is not compared
        return {"skipped": f"{type(error).__name__}: {error}"[:200]}


if "--names" in sys.argv:
    json.dump(sorted(NAMES), sys.stdout)
else:
    json.dump([result_of(program) for program in json.load(sys.stdin)], sys.stdout)
