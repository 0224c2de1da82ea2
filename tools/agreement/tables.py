"""Writes Parquet tables of files of every option with pyarrow, and the bytes of the rows that it reads.

NAME.raw has the bytes of all rows; the list their lengths, -1 where a row has none.
"""
import itertools

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from entries import Entries

entries = Entries()
number = itertools.count()
rng = np.random.default_rng(0)
# What every row begins with: tables are taken for pictures by their content.
PNG = b"\x89PNG\r\n\x1a\n"
ROWS = 23


def rows(with_nulls, repeated):
    """Files of 0 to 3,000 bytes, many of which are equal if they are to be stored in a dictionary."""
    files = [PNG + rng.bytes(int(rng.integers(0, 3000))) for _ in range(3 if repeated else ROWS)]
    chosen = [files[i % len(files)] for i in range(ROWS)]
    return [None if with_nulls and i % 7 == 3 else file for i, file in enumerate(chosen)]


def column(layout, files):
    if layout == "struct":
        kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        return pa.array([None if file is None else {"bytes": file, "path": f"{i}.png"} for i, file in enumerate(files)], kind)
    return pa.array(files, {"binary": pa.binary(), "large": pa.large_binary()}[layout])


def write(group, layout="struct", nulls=False, repeated=False, **options):
    if not entries.wants(group):
        return
    name = f"{next(number)}.parquet"
    files = rows(nulls, repeated)
    table = pa.table({"label": pa.array(range(ROWS)), "image": column(layout, files), "text": pa.array(["word"] * ROWS)})
    pq.write_table(table, entries.path(name), **options)
    read = pq.read_table(entries.path(name)).column("image").to_pylist()
    read = [row["bytes"] if isinstance(row, dict) else row for row in read]
    entries.add(name, group, b"".join(file or b"" for file in read), 0, lengths=[-1 if file is None else len(file) for file in read])


LAYOUTS = ("struct", "binary", "large")
for codec, layout, page, nulls in itertools.product(
    ("NONE", "SNAPPY", "GZIP", "BROTLI", "LZ4", "ZSTD"), LAYOUTS, ("1.0", "2.0"), (False, True)
):
    write("codecs", layout, nulls, compression=codec, data_page_version=page)
for layout, group, page, index, dictionary in itertools.product(LAYOUTS, (1, 5, 23), (100, 4000, 1 << 20), (False, True), (False, True)):
    write("pages", layout, True, dictionary, row_group_size=group, data_page_size=page, write_batch_size=2,
          write_page_index=index, use_dictionary=dictionary)
for version, layout, checksum in itertools.product(("1.0", "2.4", "2.6"), LAYOUTS, (False, True)):
    write("versions", layout, version=version, write_page_checksum=checksum)
for encoding, page in itertools.product(("PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"), ("1.0", "2.0")):
    write("encodings", "binary", True, use_dictionary=False, column_encoding={"image": encoding}, data_page_version=page)
entries.finish()
