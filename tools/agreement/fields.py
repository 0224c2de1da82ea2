"""Writes NetCDF files of every option with netCDF4-python, HDF5 files with h5py and Zarr stores with zarr.

NAME.raw has the values (float32, NaN where missing) of `t`, item by item, as these libraries read them.
"""
import itertools

import h5py
import numpy as np
import zarr
from netCDF4 import Dataset
from numcodecs import LZ4, Blosc, Delta, FixedScaleOffset, GZip, Shuffle, Zlib, Zstd

from entries import Entries

entries = Entries()
rng = np.random.default_rng(0)
LAT, LON, TIMES = 7, 12, 5
AXES = (
    ("time", np.arange(TIMES) * 1.0, "days since 2000-01-01"),
    ("lat", np.linspace(-90, 90, LAT), "degrees_north"),
    ("lon", np.arange(LON) * 30.0, "degrees_east"),
)
number = itertools.count()


def add(name, group, values):
    # Unpacking rounds once in the TypeScript reader, twice in NumPy's single precision.
    filled = np.ma.filled(np.ma.asarray(values, dtype="f4"), np.nan).astype("<f4")
    entries.add(name, group, filled.tobytes(), 1e-6)


def write(format, dtype, options, attributes, fill, endian="native"):
    if not entries.wants(format):
        return
    name = f"{next(number)}.nc"
    with Dataset(entries.path(name), "w", format=format) as file:
        for axis, values, units in AXES:
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
    with Dataset(entries.path(name)) as file:
        add(name, format, file.variables["t"][:])


classic = ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA", "NETCDF4", "NETCDF4_CLASSIC"]
for format in classic:
    types = ["i1", "i2", "i4", "f4", "f8"] + (["u1", "u2", "u4", "i8"] if format in ("NETCDF4", "NETCDF3_64BIT_DATA") else [])
    for dtype, record, packed in itertools.product(types, (False, True), (False, True)):
        fill = np.array(120 if dtype[0] == "u" else -99).astype(dtype)
        packing = {"scale_factor": 0.25, "add_offset": 10.0} if packed else {}
        write(format, dtype, {"record": record}, packing, fill)
for dtype in ("i2", "f4", "f8"):
    for attributes in (
        {"missing_value": np.array(-7, dtype)},
        {"valid_min": np.array(-50, dtype)},
        {"valid_max": np.array(50, dtype)},
        {"valid_range": np.array([-50, 50], dtype)},
    ):
        for format in ("NETCDF3_CLASSIC", "NETCDF4"):
            write(format, dtype, {}, attributes, None)
for compression in ({}, {"zlib": True, "complevel": 1}, {"zlib": True, "complevel": 9, "shuffle": False}):
    for chunks in (None, (1, LAT, LON), (5, 3, 4), (2, 7, 5)):
        for fletcher, endian, dtype in itertools.product((False, True), ("little", "big"), ("i2", "f4", "f8")):
            options = {**compression, "fletcher32": fletcher, **({"chunksizes": chunks} if chunks else {})}
            write("NETCDF4", dtype, options, {}, None, endian)
# _Unsigned, as NetCDF 3 stores unsigned bytes and shorts.
for dtype, packed in itertools.product(("i1", "i2"), (False, True)):
    packing = {"scale_factor": 0.5, "add_offset": -3.0} if packed else {}
    for format in ("NETCDF3_CLASSIC", "NETCDF4"):
        write(format, dtype, {}, {"_Unsigned": "true", **packing}, None)


def hdf5(dtype, **options):
    """HDF5 files as h5py writes them, with scales but without what NetCDF adds."""
    if not entries.wants("HDF5"):
        return
    name = f"{next(number)}.h5"
    with h5py.File(entries.path(name), "w", libver=options.pop("libver", "earliest")) as file:
        for axis, values, units in AXES:
            scale = file.create_dataset(axis, data=values)
            scale.make_scale(axis)
            scale.attrs["units"] = units
        data = (rng.random((TIMES, LAT, LON)) * 100).astype(dtype)
        field = file.create_dataset("t", data=data, **options)
        for at, (axis, _, _) in enumerate(AXES):
            field.dims[at].attach_scale(file[axis])
    with h5py.File(entries.path(name)) as file:
        add(name, "HDF5", file["t"][:])


for dtype, chunks, libver in itertools.product(("<f4", ">f4", "<f8", ">i2", "<u2", "<i8"), ((1, LAT, LON), (2, 4, 5)), ("earliest", "latest")):
    for options in ({}, {"compression": "gzip"}, {"compression": "gzip", "shuffle": True}, {"fletcher32": True}):
        hdf5(dtype, chunks=chunks, libver=libver, **options)
for dtype, scale in (("<f4", 3), ("<f8", 2), ("<i2", 0), ("<i4", 9)):
    hdf5(dtype, chunks=(1, LAT, LON), scaleoffset=scale)
hdf5("<f4", maxshape=(None, LAT, LON), chunks=(1, LAT, LON))
hdf5("<f4", track_times=True, track_order=True)


def store(dtype, chunks, group="Zarr", **options):
    if not entries.wants(group):
        return
    name = f"{next(number)}.zarr"
    root = zarr.open_group(entries.path(name), mode="w")
    for axis, values, units in AXES:
        array = root.create_dataset(axis, data=values, fill_value=None)
        array.attrs.update({"_ARRAY_DIMENSIONS": [axis], "units": units})
    data = (rng.random((TIMES, LAT, LON)) * 100).astype(dtype)
    array = root.create_dataset("t", data=data, chunks=chunks, **{"fill_value": None, **options})
    array.attrs["_ARRAY_DIMENSIONS"] = ["time", "lat", "lon"]
    add(name, group, root["t"][:])


codecs = [None, GZip(), Zlib(), Zstd(), LZ4()]
codecs += [Blosc(cname=kind, shuffle=shuffle) for kind in ("lz4", "lz4hc", "zstd", "zlib", "blosclz") for shuffle in (0, 1, 2)]
for codec, dtype, chunks in itertools.product(codecs, ("<f4", "<f8", ">f4", "<i2"), ((1, LAT, LON), (2, 4, 5))):
    store(dtype, chunks, compressor=codec)
for dtype in ("<i8", "<u2", "|i1", "|u1", "<f2", ">i4"):
    store(dtype, (2, 4, 5), compressor=Zstd())
for options in ({"order": "F"}, {"dimension_separator": "/"}, {"fill_value": 0}, {"write_empty_chunks": False, "fill_value": 0}):
    store("<f4", (2, 4, 5), compressor=Zlib(), **options)
for dtype, filter in (
    ("<i4", Delta(dtype="<i4")),
    ("<f4", Shuffle(4)),
    ("<f4", FixedScaleOffset(offset=0, scale=10, dtype="<f4", astype="<i2")),
):
    store(dtype, (2, 4, 5), compressor=Zlib(), filters=[filter])
entries.finish()
