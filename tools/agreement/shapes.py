"""Writes meshes of every format with Open3D, and the triangles that it reads; and voxels by half-spaces of convex meshes.

NAME.raw has the corners of the triangles, [triangles, 3, 3] (float32); of files `NAME.voxels.FORMAT`, a byte for each point of
a grid of `resolution` points along each axis, 2 where a point is too near to the surface to say.
"""
import itertools

import numpy as np
import open3d as o3d

from entries import Entries

o3d.utility.set_verbosity_level(o3d.utility.VerbosityLevel.Error)
entries = Entries()
create = o3d.geometry.TriangleMesh
CONVEX = {
    "box": create.create_box(1, 2, 3),
    "ball": create.create_sphere(1.5, 12),
    "cylinder": create.create_cylinder(0.7, 2, 20, 3),
    "cone": create.create_cone(1, 2, 20, 2),
    "icosahedron": create.create_icosahedron(2.5),
    "tetrahedron": create.create_tetrahedron(1.1),
}
MESHES = {**CONVEX, "torus": create.create_torus(1, 0.3, 24, 12), "band": create.create_mobius(40, 8, 1)}
# The empty margin of the TypeScript reader.
MARGIN = 0.05


def variants(mesh):
    """A mesh as it is, moved and turned, and far from the origin in other units."""
    turned = create(mesh).rotate(mesh.get_rotation_matrix_from_xyz((0.3, 0.7, 1.1))).translate((3, -2, 0.5))
    return {"plain": mesh, "turned": turned, "far": create(turned).scale(40, (0, 0, 0))}


def options(format):
    if format == "ply":
        return [{"write_ascii": text, "write_vertex_colors": colours} for text, colours in itertools.product((False, True), (False, True))]
    return [{"write_vertex_normals": normals} for normals in (False, True)] if format in ("obj", "off", "gltf") else [{}]


def written(name, mesh, group, saving):
    with_normals = create(mesh)
    with_normals.compute_vertex_normals()
    with_normals.compute_triangle_normals()
    with_normals.vertex_colors = o3d.utility.Vector3dVector(np.full((len(mesh.vertices), 3), 0.5))
    if not o3d.io.write_triangle_mesh(entries.path(name), with_normals, **saving):
        raise RuntimeError(name)
    read = o3d.io.read_triangle_mesh(entries.path(name))
    return np.asarray(read.vertices)[np.asarray(read.triangles)].astype("<f4")


def voxels(corners, resolution):
    """Points inside of a convex mesh, which is scaled to the grid as the reader does: behind all planes of its triangles."""
    low, high = corners.reshape(-1, 3).min(0), corners.reshape(-1, 3).max(0)
    scaled = (corners - (low + high) / 2) * 2 * (1 - MARGIN) / (high - low).max()
    normals = np.cross(scaled[:, 1] - scaled[:, 0], scaled[:, 2] - scaled[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    normals, origins = (normals / np.maximum(lengths, 1e-30)[:, None])[lengths > 1e-9], scaled[lengths > 1e-9, 0]
    axis = np.linspace(-1, 1, resolution)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 1, 3)
    farthest = np.concatenate([((part - origins) * normals).sum(-1).max(1) for part in np.array_split(points, 64)])
    return np.where(np.abs(farthest) < 1e-3, 2, farthest < 0).astype("u1")


for (shape, mesh), format in itertools.product(MESHES.items(), ("obj", "ply", "stl", "off", "gltf")):
    for (kind, variant), saving in itertools.product(variants(mesh).items(), options(format)):
        if not entries.wants(format):
            continue
        name = f"{shape}-{kind}-{'-'.join(str(int(value)) for value in saving.values())}.{format}"
        corners = written(name, variant, format, saving)
        entries.add(name, format, corners.tobytes(), 1e-6)
for (shape, mesh), resolution in itertools.product(CONVEX.items(), (9, 16, 33)):
    for kind, variant in variants(mesh).items():
        if not entries.wants("voxels"):
            continue
        name = f"{shape}-{kind}-{resolution}.voxels.ply"
        corners = written(name, variant, "voxels", {})
        entries.add(name, "voxels", voxels(corners.astype("f8"), resolution).tobytes(), 0, resolution=resolution)
entries.finish()
