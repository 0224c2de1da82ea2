"""Computes the fixtures of the metrics' tests by SciPy, scikit-learn, PyTorch and Pillow: independent implementations.

Run it with Debian's Python (packages python3-scipy, python3-sklearn, python3-torch, python3-pil):

    /usr/bin/python3 tools/metrics_fixtures.py

It writes tests/fixtures/metrics: statistics.json, and a small random network of the same form as the Inception network of the
FID in both formats (inception.safetensors, inception.onnx) with its features of random pictures (inception.json).
"""

import json
import struct
from pathlib import Path

import numpy as np
import scipy.linalg
import scipy.ndimage
import scipy.spatial
import scipy.special
import scipy.stats
import torch
import torch.nn.functional as F
from PIL import Image
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel
from sklearn.neighbors import NearestNeighbors

FOLDER = Path(__file__).parent.parent / "tests" / "fixtures" / "metrics"
rng = np.random.default_rng(13)


def rounded(array, digits=3):
    return np.round(np.asarray(array, dtype=np.float64), digits)


def joined(value):
    """Replaces lists of numbers by text, so that each is one line of the file."""
    if isinstance(value, dict):
        return {key: joined(item) for key, item in value.items()}
    if isinstance(value, list) and all(isinstance(item, (int, float)) for item in value):
        return " ".join(f"{item:.12g}" for item in value)
    return [joined(item) for item in value] if isinstance(value, list) else value


def write_json(name, value):
    (FOLDER / name).write_text(json.dumps(joined(value), indent=2) + "\n")


def sets():
    """Two correlated sets in 5 dimensions; the second has other means and a missing mode."""
    mixing = rng.normal(size=(5, 5))
    real = rounded(rng.normal(size=(60, 5)) @ mixing + np.where(rng.random(60) < 0.5, 3, 0)[:, None])
    generated = rounded(0.8 * rng.normal(size=(45, 5)) @ mixing + 0.4)
    return np.float32(real).astype(np.float64), np.float32(generated).astype(np.float64)


def frechet(a, b):
    root = scipy.linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    means = a.mean(0) - b.mean(0)
    return float(means @ means + np.trace(np.cov(a.T) + np.cov(b.T) - 2 * root))


def unbiased(kernel):
    n = len(kernel)
    return (kernel.sum() - np.trace(kernel)) / (n * (n - 1))


def mmd(a, b, kernel):
    return float(unbiased(kernel(a, a)) + unbiased(kernel(b, b)) - 2 * kernel(a, b).mean())


def manifold(real, generated, k):
    def radii(points):
        return NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points)[0][:, -1]

    across = scipy.spatial.distance.cdist(real, generated)
    in_real = across <= radii(real)[:, None]
    in_generated = across <= radii(generated)[None, :]
    return {
        "precision": float(in_real.any(0).mean()),
        "recall": float(in_generated.any(1).mean()),
        "density": float(in_real.sum(0).mean() / k),
        "coverage": float(in_real.any(1).mean()),
    }


def harmonics(degree):
    points = rng.normal(size=(6, 3))
    points = rounded(points / np.linalg.norm(points, axis=1)[:, None], 6)
    points[0] = [0, 0, 1]
    points /= np.linalg.norm(points, axis=1)[:, None]
    polar, azimuth = np.arccos(points[:, 2]), np.arctan2(points[:, 1], points[:, 0])
    values = []
    for l in range(degree + 1):
        for m in range(-l, l + 1):
            y = scipy.special.sph_harm(abs(m), l, azimuth, polar) * (-1) ** m
            part = y.real if m == 0 else np.sqrt(2) * (y.real if m > 0 else y.imag)
            # SciPy includes the Condon-Shortley phase; real harmonics here do not
            values.append(part)
    return {"degree": degree, "points": points.ravel().tolist(), "values": np.array(values).T.ravel().tolist()}


def radial(height, width):
    picture = rounded(rng.uniform(-1, 1, size=(height, width, 3)))
    power = (np.abs(np.fft.fft2(picture, axes=(0, 1)) / (height * width)) ** 2).mean(2)
    shorter = min(height, width)
    rings = np.floor(
        shorter * np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None, :]) + 0.5
    ).astype(int)
    bands = shorter // 2 + 1
    return {
        "height": height,
        "width": width,
        "values": picture.ravel().tolist(),
        "powers": [float(power[rings == band].mean()) for band in range(bands)],
    }


def parts(resolution):
    values = np.where(rng.random((resolution,) * 3) < 0.3, 1, -1)
    labels, count = scipy.ndimage.label(values > 0)
    sizes = sorted(np.bincount(labels.ravel())[1:].tolist(), reverse=True)
    return {"resolution": resolution, "values": values.ravel().tolist(), "sizes": sizes}


def surfaces():
    points = [rounded(rng.normal(size=(40, 3))) for _ in range(2)]
    normals = [rng.normal(size=(40, 3)) for _ in range(2)]
    normals = [rounded(n / np.linalg.norm(n, axis=1)[:, None], 4) for n in normals]
    chamfer, cosine = 0.0, 0.0
    for one, other in ((0, 1), (1, 0)):
        distance, index = scipy.spatial.cKDTree(points[other]).query(points[one])
        chamfer += float((distance**2).mean())
        cosine += float(np.abs((normals[one] * normals[other][index]).sum(1)).mean()) / 2
    return {
        "points": [p.ravel().tolist() for p in points],
        "normals": [n.ravel().tolist() for n in normals],
        "chamfer": chamfer,
        "normalConsistency": cosine,
    }


def set_distances():
    real, generated = rounded(rng.normal(size=(25, 2))), rounded(rng.normal(size=(20, 2)) * 0.6)
    d = scipy.spatial.distance.cdist
    across, real_real, gen_gen = d(real, generated), d(real, real), d(generated, generated)
    joint = np.block([[real_real, across], [across.T, gen_gen]])
    np.fill_diagonal(joint, np.inf)
    labels = np.r_[np.ones(25), np.zeros(20)]
    return {
        "real": real.ravel().tolist(),
        "generated": generated.ravel().tolist(),
        "mmd": float(across.min(1).mean()),
        "coverage": len(set(across.argmin(0).tolist())) / 25,
        "accuracy": float((labels[joint.argmin(1)] == labels).mean()),
    }


def neighbours():
    """Seeded values would not agree between generators, so the points are small integers: many ties, decided by index."""
    points = rng.integers(-3, 4, size=(90, 64))
    queries = rng.integers(-3, 4, size=(12, 64))
    squares = ((queries[:, None] - points[None]) ** 2).sum(2)
    index = np.argsort(squares, axis=1, kind="stable")[:, :6]
    distances = NearestNeighbors(n_neighbors=6, algorithm="brute").fit(points).kneighbors(queries)[0]
    assert np.allclose(np.take_along_axis(squares, index, 1), distances**2)
    return {"points": points.ravel().tolist(), "queries": queries.ravel().tolist(), "indices": index.ravel().tolist()}


def statistics():
    real, generated = sets()
    matrix = rng.normal(size=(7, 7))
    matrix = rounded(matrix + matrix.T)
    a, b = rounded(rng.random(50) * 2 - 1), rounded(rng.normal(size=70) * 0.3)
    bandwidth = 2.5
    return {
        "real": real.ravel().tolist(),
        "generated": generated.ravel().tolist(),
        "frechet": frechet(real, generated),
        "gaussianMmd": {
            "bandwidth": bandwidth,
            "value": mmd(real, generated, lambda x, y: rbf_kernel(x, y, gamma=1 / (2 * bandwidth**2))),
        },
        "kid": mmd(
            real[:45], generated, lambda x, y: polynomial_kernel(x, y, degree=3, gamma=1 / x.shape[1], coef0=1)
        ),
        "manifold": manifold(real, generated, 5),
        "eigenvalues": {"matrix": matrix.ravel().tolist(), "values": np.linalg.eigvalsh(matrix).tolist()},
        "wasserstein": {"a": a.tolist(), "b": b.tolist(), "value": scipy.stats.wasserstein_distance(a, b)},
        "harmonics": harmonics(6),
        "radial": [radial(8, 8), radial(6, 9)],
        "parts": parts(6),
        "surfaces": surfaces(),
        "sets": set_distances(),
        "neighbours": neighbours(),
    }


class Conv(torch.nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, padding=0):
        super().__init__()
        self.conv = torch.nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = torch.nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


def average(x):
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


class Block(torch.nn.Module):
    """A block given by its convolutions: name, inputs, kernel, stride; and its forward function."""

    def __init__(self, inputs, width, layers, branches):
        super().__init__()
        for name, (source, kernel, stride) in layers.items():
            kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
            padding = (0, 0) if stride == 2 else tuple((k - 1) // 2 for k in kernel)
            setattr(self, name, Conv(inputs if source == "x" else width, width, kernel, stride, padding))
        self.branches = branches

    def forward(self, x):
        return torch.cat(self.branches(self, x), 1)


A = (
    {
        "branch1x1": ("x", 1, 1), "branch5x5_1": ("x", 1, 1), "branch5x5_2": ("y", 5, 1),
        "branch3x3dbl_1": ("x", 1, 1), "branch3x3dbl_2": ("y", 3, 1), "branch3x3dbl_3": ("y", 3, 1),
        "branch_pool": ("x", 1, 1),
    },
    lambda s, x: [
        s.branch1x1(x), s.branch5x5_2(s.branch5x5_1(x)),
        s.branch3x3dbl_3(s.branch3x3dbl_2(s.branch3x3dbl_1(x))), s.branch_pool(average(x)),
    ],
    4,
)
B = (
    {
        "branch3x3": ("x", 3, 2), "branch3x3dbl_1": ("x", 1, 1), "branch3x3dbl_2": ("y", 3, 1),
        "branch3x3dbl_3": ("y", 3, 2),
    },
    lambda s, x: [
        s.branch3x3(x), s.branch3x3dbl_3(s.branch3x3dbl_2(s.branch3x3dbl_1(x))), F.max_pool2d(x, 3, 2),
    ],
    None,
)
C = (
    {
        "branch1x1": ("x", 1, 1), "branch7x7_1": ("x", 1, 1), "branch7x7_2": ("y", (1, 7), 1),
        "branch7x7_3": ("y", (7, 1), 1), "branch7x7dbl_1": ("x", 1, 1), "branch7x7dbl_2": ("y", (7, 1), 1),
        "branch7x7dbl_3": ("y", (1, 7), 1), "branch7x7dbl_4": ("y", (7, 1), 1),
        "branch7x7dbl_5": ("y", (1, 7), 1), "branch_pool": ("x", 1, 1),
    },
    lambda s, x: [
        s.branch1x1(x), s.branch7x7_3(s.branch7x7_2(s.branch7x7_1(x))),
        s.branch7x7dbl_5(s.branch7x7dbl_4(s.branch7x7dbl_3(s.branch7x7dbl_2(s.branch7x7dbl_1(x))))),
        s.branch_pool(average(x)),
    ],
    4,
)
D = (
    {
        "branch3x3_1": ("x", 1, 1), "branch3x3_2": ("y", 3, 2), "branch7x7x3_1": ("x", 1, 1),
        "branch7x7x3_2": ("y", (1, 7), 1), "branch7x7x3_3": ("y", (7, 1), 1), "branch7x7x3_4": ("y", 3, 2),
    },
    lambda s, x: [
        s.branch3x3_2(s.branch3x3_1(x)),
        s.branch7x7x3_4(s.branch7x7x3_3(s.branch7x7x3_2(s.branch7x7x3_1(x)))), F.max_pool2d(x, 3, 2),
    ],
    None,
)
E_LAYERS = {
    "branch1x1": ("x", 1, 1), "branch3x3_1": ("x", 1, 1), "branch3x3_2a": ("y", (1, 3), 1),
    "branch3x3_2b": ("y", (3, 1), 1), "branch3x3dbl_1": ("x", 1, 1), "branch3x3dbl_2": ("y", 3, 1),
    "branch3x3dbl_3a": ("y", (1, 3), 1), "branch3x3dbl_3b": ("y", (3, 1), 1), "branch_pool": ("x", 1, 1),
}


def e_branches(pool):
    def branches(s, x):
        single, double = s.branch3x3_1(x), s.branch3x3dbl_2(s.branch3x3dbl_1(x))
        return [
            s.branch1x1(x), s.branch3x3_2a(single), s.branch3x3_2b(single), s.branch3x3dbl_3a(double),
            s.branch3x3dbl_3b(double), s.branch_pool(pool(x)),
        ]

    return branches


E1 = (E_LAYERS, e_branches(average), 6)
E2 = (E_LAYERS, e_branches(lambda x: F.max_pool2d(x, 3, 1, 1)), 6)


class Inception(torch.nn.Module):
    """Inception-v3 as patched for the FID, every convolution `width` channels wide."""

    def __init__(self, width):
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, width, 3, 2)
        self.Conv2d_2a_3x3 = Conv(width, width, 3)
        self.Conv2d_2b_3x3 = Conv(width, width, 3, 1, 1)
        self.Conv2d_3b_1x1 = Conv(width, width, 1)
        self.Conv2d_4a_3x3 = Conv(width, width, 3)
        channels = width
        names = ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"]
        for name, (layers, branches, outputs) in zip(names, [A, A, A, B, C, C, C, C, D, E1, E2]):
            setattr(self, f"Mixed_{name}", Block(channels, width, layers, branches))
            channels = outputs * width if outputs else channels + 2 * width

    def forward(self, x):
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(F.max_pool2d(x, 3, 2)))
        x = F.max_pool2d(x, 3, 2)
        for name in ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"]:
            x = getattr(self, f"Mixed_{name}")(x)
        return F.adaptive_avg_pool2d(x, 1)


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, array in tensors.items():
        raw = np.ascontiguousarray(array, dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def clean_resize(picture):
    channels = [
        np.asarray(Image.fromarray(picture[:, :, c].astype(np.float32), mode="F").resize((299, 299), Image.BICUBIC))
        for c in range(3)
    ]
    return np.stack(channels).clip(0, 255)


def inception():
    torch.manual_seed(5)
    network = Inception(2).eval()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, torch.nn.Conv2d):
                fan = module.weight[0].numel()
                module.weight.copy_(torch.randn_like(module.weight) * (2 / fan) ** 0.5)
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.8, 1.2)
                module.bias.uniform_(-0.1, 0.3)
                module.running_mean.uniform_(-0.1, 0.1)
                module.running_var.uniform_(0.5, 1.5)
    tensors = {k: v.numpy() for k, v in network.state_dict().items() if not k.endswith("num_batches_tracked")}
    write_safetensors(FOLDER / "inception.safetensors", tensors)
    batch = torch.zeros(1, 3, 299, 299)
    torch.onnx.export(
        network, batch, str(FOLDER / "inception.onnx"), input_names=["pictures"], output_names=["features"],
        dynamic_axes={"pictures": {0: "batch"}, "features": {0: "batch"}}, opset_version=13,
    )
    pictures = rng.integers(0, 256, size=(2, 12, 16, 3), dtype=np.uint8)
    large = rng.integers(0, 256, size=(4, 5, 3))
    smooth = np.kron(large, np.ones((80, 80, 1))).astype(np.uint8)
    with torch.no_grad():
        unit = torch.from_numpy(pictures.transpose(0, 3, 1, 2).astype(np.float32) / 255)
        resized = F.interpolate(unit, size=(299, 299), mode="bilinear", align_corners=False)
        standard = network(2 * resized - 1).flatten(1)
        cleaned = np.stack([clean_resize(p) for p in pictures])
        clean = network((torch.from_numpy(cleaned) - 128) / 128).flatten(1)
        # Reduction: 320×400 to 299×299, along one row and one column of blocks
        reduced = F.interpolate(
            torch.from_numpy(smooth.transpose(2, 0, 1)[None].astype(np.float32)), size=(299, 299), mode="bilinear",
            align_corners=False,
        )[0].numpy()
    reduced_clean = clean_resize(smooth)
    pick = [0, 1, 37, 74, 75, 149, 298]
    result = {
        "pictures": pictures.ravel().tolist(),
        "shape": list(pictures.shape),
        "pytorch-fid": {"features": standard.ravel().tolist()},
        "clean-fid": {"features": clean.ravel().tolist()},
        "blocks": large.ravel().tolist(),
        "pick": pick,
        "reduced": {
            "pytorch-fid": reduced[:, pick][:, :, pick].ravel().tolist(),
            "clean-fid": reduced_clean[:, pick][:, :, pick].ravel().tolist(),
        },
    }
    write_json("inception.json", result)


FOLDER.mkdir(parents=True, exist_ok=True)
write_json("statistics.json", statistics())
inception()
