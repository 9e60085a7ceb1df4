"""Makes the embedded subset of Fashion-MNIST from the official files: python make_subset.py FOLDER-WITH-THE-FILES

The first 580 training and 100 test images of each of the 10 classes, in their original order, as gzip IDX files like the
official ones. Needs only Python; the same input gives the same files.
"""
import gzip
import pathlib
import struct
import sys

source, target = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent


def read(name, header):
    data = gzip.decompress((source / name).read_bytes())
    return data[header:]


def write(name, content):
    # No name and no time in the header, so that the bytes depend on the content alone.
    (target / name).write_bytes(gzip.compress(content, 9, mtime=0))


for split, per_class in ("train", 580), ("t10k", 100):
    labels = read(f"{split}-labels-idx1-ubyte.gz", 8)
    images = read(f"{split}-images-idx3-ubyte.gz", 16)
    left, chosen = [per_class] * 10, []
    for i, label in enumerate(labels):
        if left[label]:
            left[label] -= 1
            chosen.append(i)
    n = len(chosen)
    write(f"{split}-labels-idx1-ubyte.gz", struct.pack(">II", 0x801, n) + bytes(labels[i] for i in chosen))
    pixels = b"".join(images[i * 784 : (i + 1) * 784] for i in chosen)
    write(f"{split}-images-idx3-ubyte.gz", struct.pack(">IIII", 0x803, n, 28, 28) + pixels)
