"""Writes image files of every option of their formats with Pillow, and the pixels that Pillow reads from them.

NAME.raw has its pixels [height, width, 1 or 3]. Transparency is composited over white as in the TypeScript reader.
"""
import io
import struct
import zlib

from PIL import Image, ImageOps

from entries import Entries

entries = Entries()


def scene(width, height, mode="RGB"):
    image = Image.new("RGB", (width, height))
    image.putdata([
        ((x * 255) // max(1, width - 1), (y * 255) // max(1, height - 1), ((x // 3 + y // 2) % 5) * 60)
        for y in range(height) for x in range(width)
    ])
    return image if mode == "RGB" else image.convert(mode)


def over_white(image):
    rgba = image.convert("RGBA")
    pixels = []
    for red, green, blue, alpha in rgba.getdata():
        pixels += [int((255 * 255 + (value - 255) * alpha) / 255 + 0.5) if alpha < 255 else value
                   for value in (red, green, blue)]
    return bytes(pixels)


def add(name, data, tolerance=0, orient=True, group=None):
    group = group or name.split("-")[0]
    if not entries.wants(group):
        return
    with open(entries.path(name), "wb") as file:
        file.write(data)
    image = Image.open(io.BytesIO(data))
    image.load()
    if orient:
        image = ImageOps.exif_transpose(image)
    if image.mode in ("I;16", "I;16B", "I"):
        pixels, channels = bytes(round(value * 255 / 65535) for value in image.getdata()), 1
    elif image.mode in ("1", "L"):
        pixels, channels = (over_white(image)[::3] if "transparency" in image.info else image.convert("L").tobytes()), 1
    elif image.mode in ("RGBA", "LA", "P", "PA") or "transparency" in image.info:
        pixels, channels = over_white(image), 3
    else:
        pixels, channels = image.convert("RGB").tobytes(), 3
    entries.add(name, group, pixels, tolerance, width=image.width, height=image.height, channels=channels)


def saved(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def with_adobe(jpeg, transform):
    """Replaces the JFIF marker by Adobe's, which names the transform of colours: 0 none, 1 YCbCr, 2 YCCK."""
    assert jpeg[2:4] == b"\xff\xe0"
    rest = jpeg[4 + struct.unpack(">H", jpeg[4:6])[0]:]
    return jpeg[:2] + b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform]) + rest


def ycck(jpeg):
    """Turns a CMYK file into one of YCCK: only the marker differs."""
    at = jpeg.index(b"Adobe") + 11
    return jpeg[:at] + b"\x02" + jpeg[at + 1:]


# JPEG: sampling, colour, quality, progressive, sizes that are no multiples of blocks, Exif orientation.
for size in ((1, 1), (7, 9), (16, 16), (33, 17), (64, 48)):
    for sampling in (0, 1, 2):
        for progressive in (False, True):
            for quality in (30, 90, 100):
                add(f"jpeg-{size[0]}x{size[1]}-{sampling}-{int(progressive)}-{quality}.jpg",
                    saved(scene(*size), "JPEG", subsampling=sampling, progressive=progressive, quality=quality))
    add(f"jpeg-grey-{size[0]}x{size[1]}.jpg", saved(scene(*size, "L"), "JPEG"))
    # The chroma of CMYK files is 4:4:4 in Pillow; the transforms differ in rounding.
    add(f"cmyk-{size[0]}x{size[1]}.jpg", saved(scene(*size, "CMYK"), "JPEG", quality=95, subsampling=0), tolerance=3)
    add(f"cmyk-ycck-{size[0]}x{size[1]}.jpg",
        ycck(saved(scene(*size, "CMYK"), "JPEG", quality=95, subsampling=0)), tolerance=5)
    for adobe, name in ((0, "rgb"), (1, "ycc")):
        add(f"adobe-{name}-{size[0]}x{size[1]}.jpg", with_adobe(saved(scene(*size), "JPEG", subsampling=0), adobe))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    add(f"exif-{orientation}.jpg", saved(scene(20, 13), "JPEG", exif=exif.tobytes(), quality=95))
for interval in (1, 3):
    add(f"jpeg-restart-{interval}.jpg", saved(scene(50, 40), "JPEG", restart_marker_blocks=interval))
add("jpeg-optimised.jpg", saved(scene(50, 40), "JPEG", optimize=True))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def filtered(row, above, kind, step):
    result = bytearray([kind])
    for i, value in enumerate(row):
        left = row[i - step] if i >= step else 0
        up = above[i] if above else 0
        corner = above[i - step] if above and i >= step else 0
        estimate = left + up - corner
        distance = [abs(estimate - left), abs(estimate - up), abs(estimate - corner)]
        paeth = (left, up, corner)[distance.index(min(distance))]
        result.append((value - (0, left, up, (left + up) // 2, paeth)[kind]) & 255)
    return bytes(result)


def png(width, height, colour, depth, interlaced, transparent):
    """Every colour type and depth, with all five filters, interlaced or not; Pillow writes few of them."""
    channels, most = CHANNELS[colour], 2 ** depth - 1
    colours = min(2 ** depth, 7) if colour == 3 else 0

    def sample(x, y, c):
        if colour == 3:
            return (x + y) % colours
        return ((x * 37 + y * 91 + c * 53) * most // 256) % (most + 1)

    raw = b""
    for left, top, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        xs, ys = range(left, width, dx), range(top, height, dy)
        if len(xs) == 0:
            continue
        above = None
        for n, y in enumerate(ys):
            bits = "".join(format(sample(x, y, c), f"0{depth}b") for x in xs for c in range(channels))
            bits += "0" * (-len(bits) % 8)
            row = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
            raw += filtered(row, above, n % 5, max(1, channels * depth // 8))
            above = row
    body = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    if colour == 3:
        body += chunk(b"PLTE", bytes((i * 36 + c * 20) % 256 for i in range(colours) for c in range(3)))
        if transparent:
            body += chunk(b"tRNS", bytes((i * 80) % 256 for i in range(colours)))
    elif transparent and colour in (0, 2):
        body += chunk(b"tRNS", b"".join(struct.pack(">H", sample(1, 1, c)) for c in range(channels)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


for colour, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
    for depth in depths:
        for interlaced in (False, True):
            # Pillow compares the transparent grey of 2 and 4 bits with values scaled to 8.
            is_compared = (colour == 0 and depth in (1, 8)) or (colour == 2 and depth == 8) or colour == 3
            for transparent in (False, True) if is_compared else (False,):
                # The reader of PNG refuses a transparent colour in images of fewer pixels than it has channels.
                for size in ((3, 5), (16, 11), (33, 20)) if colour == 2 else ((1, 1), (3, 5), (16, 11), (33, 20)):
                    # Pillow keeps the high byte of 16-bit colour instead of rounding.
                    add(f"png-{colour}-{depth}-{int(interlaced)}-{int(transparent)}-{size[0]}x{size[1]}.png",
                        png(*size, colour, depth, interlaced, transparent), tolerance=1 if depth == 16 else 0)

for size in ((1, 1), (7, 9), (40, 30)):
    label = f"{size[0]}x{size[1]}"
    clear = scene(*size, "RGBA")
    clear.putalpha(scene(*size, "L"))
    for name, image in (("rgb", scene(*size)), ("rgba", clear)):
        add(f"webp-{name}-lossless-{label}.webp", saved(image, "WEBP", lossless=True, exact=True))
        add(f"webp-{name}-lossy-{label}.webp", saved(image, "WEBP", quality=80), tolerance=1)
    add(f"gif-{label}.gif", saved(scene(*size), "GIF"))
    add(f"gif-interlaced-{label}.gif", saved(scene(*size, "L"), "GIF", interlace=1))
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        image = scene(*size).quantize(16) if mode == "P" else scene(*size, mode)
        add(f"bmp-{mode}-{label}.bmp", saved(image, "BMP"))
    for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "I;16"):
        image = scene(*size).quantize(16) if mode == "P" else scene(*size, "I" if mode == "I;16" else mode)
        if mode == "I;16":
            image = image.point(lambda value: value * 257).convert("I;16")
        for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits"):
            add(f"tiff-{mode.replace(';', '')}-{compression}-{label}.tif",
                saved(image, "TIFF", compression=compression), tolerance=1 if mode in ("CMYK", "I;16") else 0)
    try:
        add(f"avif-{label}.avif", saved(scene(*size), "AVIF", quality=90), tolerance=2)
    except (KeyError, OSError):
        pass

entries.finish()
