"""Writes archives of every option with Python's zipfile, tarfile and gzip, and what these read.

NAME.raw has the contents of all members, in the order of their names, which the list has with their lengths.
"""
import gzip
import io
import itertools
import tarfile
import zipfile

from entries import Entries

entries = Entries()
number = itertools.count()
LONG = "/".join(["a folder with a long name"] * 6) + "/ü.bin"
MEMBERS = {"a.txt": b"text " * 500, "b/empty": b"", "b/c.bin": bytes(range(256)) * 7, LONG: b"\0" * 1000}


class Unseekable(io.RawIOBase):
    """A stream, for which zipfile writes lengths after the contents."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def add(name, group, members):
    entries.add(name, group, b"".join(members[key] for key in sorted(members)), 0,
                members=[[key, len(members[key])] for key in sorted(members)])


for method, comment, wide, stream, folders in itertools.product(
    (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED), (b"", b"a comment, PK\x05"), (False, True), (False, True), (False, True)
):
    if not entries.wants("zip"):
        continue
    name = f"{next(number)}.zip"
    with open(entries.path(name), "wb") as file:
        with zipfile.ZipFile(Unseekable(file) if stream else file, "w", method) as archive:
            archive.comment = comment
            if folders:
                archive.writestr("b/", b"")
            for key, data in MEMBERS.items():
                with archive.open(key, "w", force_zip64=wide) as member:
                    member.write(data)
    with zipfile.ZipFile(entries.path(name)) as archive:
        add(name, "zip", {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()})

for format, folders, prefix in itertools.product((tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT), (False, True), ("", "./")):
    if not entries.wants("tar"):
        continue
    name = f"{next(number)}.tar"
    with tarfile.open(entries.path(name), "w", format=format) as archive:
        if folders:
            info = tarfile.TarInfo("b")
            info.type = tarfile.DIRTYPE
            archive.addfile(info)
        for key, data in MEMBERS.items():
            info = tarfile.TarInfo(prefix + key)
            info.size, info.mtime = len(data), 1.5e9 + 0.25
            archive.addfile(info, io.BytesIO(data))
    with tarfile.open(entries.path(name)) as archive:
        add(name, "tar", {info.name.removeprefix("./"): archive.extractfile(info).read() for info in archive if info.isfile()})

for level, data in itertools.product((0, 1, 6, 9), MEMBERS.values()):
    if entries.wants("gz"):
        name = f"{next(number)}.gz"
        with open(entries.path(name), "wb") as file, gzip.GzipFile("a name", "wb", level, file) as stream:
            stream.write(data)
        with gzip.open(entries.path(name)) as stream:
            add(name, "gz", {"": stream.read()})
entries.finish()
