"""
Times a checkout of the original PyTorch code (github.com/EmilienDupont/neural-function-distributions) on this machine,
on noise of the right shapes, and prints one line of JSON: seconds and CPU seconds of a training step or of sampling, peak
resident memory, and the rate of a 1024 x 1024 matrix product in the same process.

    python3 tools/time_reference.py CHECKOUT step mnist --batch 16 --threads 1 --steps 5
    python3 tools/time_reference.py CHECKOUT sample celebahq64 --count 1 --resolution 1024
"""
import argparse
import json
import os
import resource
import sys
import time
import types

parser = argparse.ArgumentParser()
parser.add_argument("checkout", help="folder of the original code")
parser.add_argument("what", choices=["step", "sample"])
parser.add_argument("preset", choices=["mnist", "celebahq64", "era5", "shapenet_voxels"])
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--count", type=int, default=1, help="samples at a time")
parser.add_argument("--resolution", type=int, help="of samples")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--steps", type=int, default=5, help="timed repetitions; the median counts")
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)

import torch  # noqa: E402 - reads the variables above

torch.set_num_threads(options.threads)
sys.path.insert(0, options.checkout)
# Plots and picture files play no part in a step
plots = types.ModuleType("viz.plots")
plots.plot_voxels_batch = plots.plot_point_cloud_batch = None
vision, vision_utils = types.ModuleType("torchvision"), types.ModuleType("torchvision.utils")
vision_utils.save_image = None
sys.modules.update({"viz.plots": plots, "torchvision": vision, "torchvision.utils": vision_utils})

from data.conversion import ERA5Converter, GridDataConverter  # noqa: E402
from models.discriminator import PointConvDiscriminator  # noqa: E402
from models.function_distribution import FunctionDistribution, HyperNetwork  # noqa: E402
from models.function_representation import FourierFeatures, FunctionRepresentation  # noqa: E402
from training.training import Trainer  # noqa: E402


def conv(channels, points, neighbors=9):
    return {"out_channels": channels, "num_output_points": points, "num_neighbors": neighbors,
            "mid_channels": [16, 16, 16, 16]}


def pool(points, neighbors=9):
    return {"num_output_points": points, "num_neighbors": neighbors}


# The paper trains on MNIST; a configuration for it was not published
MNIST = {
    "training": {"lr": 1e-4, "lr_disc": 4e-4, "r1_weight": 10.0, "max_num_points": None},
    "generator": {"layer_sizes": [128] * 3, "latent_dim": 64, "hypernet_layer_sizes": [256, 512],
                  "encoding": {"num_frequencies": 128, "std_dev": 1.0}},
    "discriminator": {"norm_order": 2.0, "add_batchnorm": True, "add_weightnet_batchnorm": True,
                      "deterministic": True, "same_coordinates": True, "linear_layer_sizes": [],
                      "layer_configs": [conv(64, 784), pool(196), conv(128, 196), pool(49), conv(256, 49), pool(12),
                                        conv(1, 1, 12)]},
}
if options.preset == "mnist":
    config = MNIST
else:
    with open(f"{options.checkout}/configs/config_{options.preset}.json") as file:
        config = json.load(file)
shape = {"mnist": (1, 28, 28), "celebahq64": (3, 64, 64), "era5": (46, 90),
         "shapenet_voxels": (1, 32, 32, 32)}[options.preset]
coordinate_dim = {"mnist": 2, "celebahq64": 2}.get(options.preset, 3)
feature_dim = 3 if options.preset == "celebahq64" else 1
device = torch.device("cpu")
converter = (ERA5Converter if options.preset == "era5" else GridDataConverter)(device, shape, normalize_features=True)

generator, encoding = config["generator"], torch.nn.Identity()
if generator["encoding"]["num_frequencies"]:
    frequencies = torch.randn(generator["encoding"]["num_frequencies"], coordinate_dim)
    encoding = FourierFeatures(frequencies * generator["encoding"]["std_dev"])
function = FunctionRepresentation(coordinate_dim, feature_dim, generator["layer_sizes"], encoding,
                                  torch.nn.LeakyReLU(0.1), torch.nn.Tanh())
distribution = FunctionDistribution(
    HyperNetwork(function, generator["latent_dim"], generator["hypernet_layer_sizes"], torch.nn.LeakyReLU(0.1)))


def batch():
    if options.preset == "era5":
        latitude = torch.linspace(90, -90, 46)[:, None].expand(46, 90)
        longitude = torch.linspace(0, 356, 90)[None, :].expand(46, 90)
        fields = torch.rand(options.batch, 46, 90)
        places = [axis.expand(options.batch, 46, 90) for axis in (latitude, longitude)]
        return torch.stack([*places, fields], dim=1), 0
    if options.preset == "shapenet_voxels":
        return (torch.rand(options.batch, *shape) > 0.5).float(), 0
    return torch.rand(options.batch, *shape), 0


def prepare_step():
    judge, training = config["discriminator"], config["training"]
    discriminator = PointConvDiscriminator(
        coordinate_dim, feature_dim, judge["layer_configs"], linear_layer_sizes=judge["linear_layer_sizes"],
        norm_order=judge["norm_order"], add_sigmoid=True, add_batchnorm=judge["add_batchnorm"],
        add_weightnet_batchnorm=judge["add_weightnet_batchnorm"], deterministic=judge["deterministic"],
        same_coordinates=judge["same_coordinates"])
    trainer = Trainer(device, distribution, discriminator, converter, lr=training["lr"], lr_disc=training["lr_disc"],
                      r1_weight=training["r1_weight"], max_num_points=training["max_num_points"],
                      is_voxel=options.preset == "shapenet_voxels", is_era5=options.preset == "era5")
    return lambda: trainer.train_batch(batch())


def prepare_sample():
    edge = options.resolution or shape[-1]
    resolution = (edge,) * coordinate_dim

    def sample():
        with torch.no_grad():
            distribution.sample_data(converter, options.count, resolution)

    return sample


def seconds_of(work):
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - cpu


def sgemm_gflops():
    a, b = torch.rand(1024, 1024), torch.rand(1024, 1024)
    times = [seconds_of(lambda: a @ b)[0] for _ in range(10)]
    return 2 * 1024 ** 3 / min(times) / 1e9


work = prepare_step() if options.what == "step" else prepare_sample()
work()
times = sorted(seconds_of(work) for _ in range(options.steps))
wall, cpu = times[len(times) // 2]
print(json.dumps({
    "what": options.what, "preset": options.preset, "threads": options.threads, "seconds": wall,
    "fastest": times[0][0], "cpuSeconds": cpu, "residentBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "sgemmGflops": sgemm_gflops(), "torch": torch.__version__,
}))
