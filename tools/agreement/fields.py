"""Writes NetCDF files of every option with netCDF4-python, Zarr stores with zarr, sounds with SciPy, and what these read back.

python3 compare_fields.py FOLDER: for each NAME, NAME.f32 has the values (float32, NaN where missing) of `t`, item by item."""
import itertools
import sys
import numpy as np
from netCDF4 import Dataset

folder = sys.argv[1]
rng = np.random.default_rng(0)
LAT, LON, TIMES = 7, 12, 5
names = []


def expected(name, values):
    np.ma.filled(np.ma.asarray(values, dtype="f4"), np.nan).astype("<f4").tofile(f"{folder}/{name}.f32")
    names.append(name)


def write(name, format, dtype, options, attributes, fill, endian="native"):
    with Dataset(f"{folder}/{name}", "w", format=format) as file:
        for axis, values, units in (
            ("time", np.arange(TIMES), "days since 2000-01-01"),
            ("lat", np.linspace(-90, 90, LAT), "degrees_north"),
            ("lon", np.arange(LON) * 30.0, "degrees_east"),
        ):
            file.createDimension(axis, None if axis == "time" and options.pop("record", False) else len(values))
            variable = file.createVariable(axis, "f8", (axis,))
            variable.units = units
            variable[:] = values
        variable = file.createVariable("t", dtype, ("time", "lat", "lon"), fill_value=fill, endian=endian, **options)
        variable.set_auto_maskandscale(False)
        variable.setncatts(attributes)
        raw = rng.integers(-100, 100, (TIMES, LAT, LON))
        if np.dtype(dtype).kind == "u":
            raw += 100
        data = raw.astype(dtype)
        if np.dtype(dtype).kind == "f":
            data = (data + rng.random(data.shape)).astype(dtype)
        missing = fill if fill is not None else attributes.get("missing_value")
        if missing is not None:
            data[rng.random(data.shape) < 0.1] = np.asarray(missing).astype(dtype).ravel()[0]
        variable[:] = data
    with Dataset(f"{folder}/{name}") as file:
        expected(name, file.variables["t"][:])


classic = ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA", "NETCDF4", "NETCDF4_CLASSIC"]
number = itertools.count()
for format in classic:
    types = ["i1", "i2", "i4", "f4", "f8"] + (["u1", "u2", "u4", "i8"] if format in ("NETCDF4", "NETCDF3_64BIT_DATA") else [])
    for dtype, record, packed in itertools.product(types, (False, True), (False, True)):
        fill = np.array(120 if dtype[0] == "u" else -99).astype(dtype)
        packing = {"scale_factor": 0.25, "add_offset": 10.0} if packed else {}
        write(f"{next(number)}.nc", format, dtype, {"record": record}, packing, fill)
for dtype in ("i2", "f4", "f8"):
    for attributes in (
        {"missing_value": np.array(-7, dtype)},
        {"valid_min": np.array(-50, dtype)},
        {"valid_max": np.array(50, dtype)},
        {"valid_range": np.array([-50, 50], dtype)},
    ):
        for format in ("NETCDF3_CLASSIC", "NETCDF4"):
            write(f"{next(number)}.nc", format, dtype, {}, attributes, None)
for compression in ({}, {"zlib": True, "complevel": 1}, {"zlib": True, "complevel": 9, "shuffle": False}):
    for chunks in (None, (1, LAT, LON), (5, 3, 4), (2, 7, 5)):
        for fletcher, endian, dtype in itertools.product((False, True), ("little", "big"), ("i2", "f4", "f8")):
            options = {**compression, "fletcher32": fletcher, **({"chunksizes": chunks} if chunks else {})}
            write(f"{next(number)}.nc", "NETCDF4", dtype, options, {}, None, endian)
try:
    import zarr
    from numcodecs import Blosc, GZip, LZ4, Zlib, Zstd

    codecs = [None, GZip(), Zlib(), Zstd(), LZ4()]
    codecs += [Blosc(cname=kind, shuffle=shuffle) for kind in ("lz4", "zstd", "zlib", "blosclz") for shuffle in (0, 1)]
    for codec, dtype, chunks in itertools.product(codecs, ("<f4", "<f8", ">f4", "<i2"), ((1, LAT, LON), (2, 4, 5))):
        name = f"{next(number)}.zarr"
        root = zarr.open_group(f"{folder}/{name}", mode="w")
        for axis, values, units in (
            ("time", np.arange(TIMES) * 1.0, "days since 2000-01-01"),
            ("lat", np.linspace(-90, 90, LAT), "degrees_north"),
            ("lon", np.arange(LON) * 30.0, "degrees_east"),
        ):
            array = root.create_dataset(axis, data=values, fill_value=None)
            array.attrs.update({"_ARRAY_DIMENSIONS": [axis], "units": units})
        data = (rng.random((TIMES, LAT, LON)) * 100).astype(dtype)
        array = root.create_dataset("t", data=data, chunks=chunks, compressor=codec, fill_value=None)
        array.attrs["_ARRAY_DIMENSIONS"] = ["time", "lat", "lon"]
        expected(name, data)
except ImportError:
    pass
print("\n".join(names))
