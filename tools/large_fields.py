"""Writes a NetCDF 4 file of about GIGABYTES with netCDF4-python, a field of 0.25° a time: large_fields.py PATH GIGABYTES CHUNKED."""
import sys

import numpy as np
from netCDF4 import Dataset

path, gigabytes, is_chunked = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "chunked"
LAT, LON = 721, 1440
times = int(gigabytes * 1e9 / (4 * LAT * LON))
rng = np.random.default_rng(0)
noise = rng.normal(0, 3, (LAT, LON)).astype("f4").round(1)
with Dataset(path, "w") as file:
    for axis, values, units in (
        ("time", np.arange(times), "hours since 2000-01-01"),
        ("latitude", np.linspace(90, -90, LAT), "degrees_north"),
        ("longitude", np.arange(LON) * 0.25, "degrees_east"),
    ):
        file.createDimension(axis, len(values))
        variable = file.createVariable(axis, "f8", (axis,))
        variable.units = units
        variable[:] = values
    options = {"chunksizes": (4, 181, 360)} if is_chunked else {}
    field = file.createVariable("t2m", "f4", ("time", "latitude", "longitude"), **options)
    field.units = "K"
    mean = (285 - 0.005 * np.linspace(-90, 90, LAT) ** 2)[:, None].astype("f4")
    for time in range(times):
        field[time] = mean + np.roll(noise, 7 * time, 1)
