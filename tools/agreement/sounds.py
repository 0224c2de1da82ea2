"""Writes sounds of every option with SciPy and libsndfile, and the means of the channels that these read.

NAME.raw has the samples (float64), in [-1, 1]; the list has the rates.
"""
import itertools

import numpy as np
import soundfile
from scipy.io import wavfile

from entries import Entries

entries = Entries()
number = itertools.count()
# Integers are scaled to [-1, 1]; single precision keeps 24 bits.
TOLERANCE = 2.0 ** -24


def signal(count, channels):
    time = np.arange(count)[:, None] / 50.0
    return 0.9 * np.sin(time * (1 + np.arange(channels)[None, :]))


def full_scale(dtype):
    return {"u1": 128.0, "i2": 2.0 ** 15, "i4": 2.0 ** 31}.get(np.dtype(dtype).str[1:], 1.0)


for dtype, channels, rate in itertools.product(("u1", "i2", "i4", "f4", "f8"), (1, 2, 5), (8000, 44100)):
    if not entries.wants("SciPy"):
        continue
    name = f"{next(number)}.wav"
    values = signal(301, channels) * full_scale(dtype) + (128 if dtype == "u1" else 0)
    data = values.astype(dtype)
    wavfile.write(entries.path(name), rate, data if channels > 1 else data[:, 0])
    read_rate, read = wavfile.read(entries.path(name))
    read = (read.astype("f8") - (128 if dtype == "u1" else 0)) / full_scale(dtype)
    mean = read if read.ndim == 1 else read.mean(axis=1)
    entries.add(name, "SciPy", mean.astype("<f8").tobytes(), TOLERANCE, rate=read_rate)

for container, subtype, channels, count in itertools.product(
    ("WAV", "WAVEX", "RF64"), ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"), (1, 2, 6), (1, 2, 301)
):
    if not entries.wants(container):
        continue
    name = f"{next(number)}.wav"
    soundfile.write(entries.path(name), signal(count, channels), 22050, subtype=subtype, format=container)
    read, rate = soundfile.read(entries.path(name), dtype="float64", always_2d=True)
    entries.add(name, container, read.mean(axis=1).astype("<f8").tobytes(), TOLERANCE, rate=rate)

def compressed(group, ending, subtype, channels, count, rate, tolerance, format):
    """A file that libsndfile compresses."""
    if not entries.wants(group):
        return
    name = f"{next(number)}.{ending}"
    soundfile.write(entries.path(name), signal(count, channels), rate, subtype=subtype, format=format)
    read, rate = soundfile.read(entries.path(name), dtype="float64", always_2d=True)
    entries.add(name, group, read.mean(axis=1).astype("<f8").tobytes(), tolerance, rate=rate)


COUNTS = (1, 301, 5000, 20000)
for subtype, channels, count, rate in itertools.product(("PCM_S8", "PCM_16", "PCM_24"), (1, 2, 6), COUNTS, (8000, 44100, 192000)):
    compressed("FLAC", "flac", subtype, channels, count, rate, TOLERANCE, "FLAC")
# Decoders of lossy codecs compute in single precision, in orders of their own; libopus's versions approximate differently.
LOSSY, OPUS = 1e-5, 2e-4
for channels, count, rate in itertools.product((1, 2, 6), COUNTS, (8000, 22050, 44100, 48000)):
    compressed("Vorbis", "ogg", "VORBIS", channels, count, rate, LOSSY, "OGG")
for channels, count in itertools.product((1, 2, 6), COUNTS):
    compressed("Opus", "opus", "OPUS", channels, count, 48000, OPUS, "OGG")
if "MP3" in soundfile.available_formats():
    for channels, count, rate in itertools.product((1, 2), COUNTS, (8000, 16000, 22050, 32000, 44100, 48000)):
        compressed("MP3", "mp3", "MPEG_LAYER_III", channels, count, rate, LOSSY, "MP3")
entries.finish()
