"""Files that a script of this folder writes, with what an independent reader reads from them: FOLDER EVERY.

For each NAME, NAME.raw has the bytes of what was read. The list, with the group and the allowed difference of each file, is
printed as JSON. Of the files of a group, every EVERY-th is written.
"""
import json
import os
import sys


class Entries:
    """The files of a script, which takes the folder and EVERY from the command line."""

    def __init__(self):
        self.folder, self.every = sys.argv[1], int(sys.argv[2])
        self.list, self.counts = [], {}

    def wants(self, group):
        """Whether the next file of a group is to be written."""
        count = self.counts.get(group, 0)
        self.counts[group] = count + 1
        return count % self.every == 0

    def path(self, name):
        """The path of a file."""
        return os.path.join(self.folder, name)

    def add(self, name, group, expected, tolerance=0, **more):
        """Adds a file that has been written, with the bytes that were read from it."""
        with open(self.path(name + ".raw"), "wb") as file:
            file.write(expected)
        self.list.append({"name": name, "group": group, "tolerance": tolerance, **more})

    def finish(self):
        """Prints the list."""
        print(json.dumps(self.list))
