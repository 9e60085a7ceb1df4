"""Downloads Fashion-MNIST: get_fashion_mnist.py FOLDER [MIRROR…]

Each file comes from the first mirror that has it with the right checksum; what is there already is left alone. A file
gets its name only when it is whole: the program may be stopped and started again at any point.
"""

import hashlib
import pathlib
import sys
import urllib.request

# The authors' repository, the copy that Keras uses, and the authors' bucket, which does not speak https.
MIRRORS = [
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
]

# The checksums that the authors publish. MD5 is enough here: collisions take the maker of both files, and no way is known
# to make another file for a given sum.
MD5 = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}

TIMEOUT = 15  # seconds without a byte
CHUNK = 1 << 18


def is_whole(path, name):
    return path.is_file() and hashlib.md5(path.read_bytes()).hexdigest() == MD5[name]


def download(url, name, part):
    digest = hashlib.md5()
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response, part.open("wb") as file:
        size = int(response.headers.get("Content-Length") or 0)
        of = f" of {size / 1e6:.1f}" if size else ""
        got = 0
        while chunk := response.read(CHUNK):
            file.write(chunk)
            digest.update(chunk)
            got += len(chunk)
            print(f"{name}: {got / 1e6:.1f}{of} MB", flush=True)
    if digest.hexdigest() != MD5[name]:
        raise ValueError(f"{got} bytes with the wrong checksum {digest.hexdigest()}")


def get(name, folder, mirrors):
    target, part = folder / name, folder / f"{name}.part"
    if is_whole(target, name):
        print(f"{name}: already there", flush=True)
        return
    reasons = []
    for mirror in mirrors:
        try:
            download(mirror + name, name, part)
            part.replace(target)
            return
        except (OSError, ValueError) as error:
            reasons.append(f"{mirror}{name}: {error}")
            print(reasons[-1], flush=True)
        finally:
            part.unlink(missing_ok=True)
    sys.exit("no mirror has it:\n" + "\n".join(reasons))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in MD5:
        get(name, folder, sys.argv[2:] or MIRRORS)


if __name__ == "__main__":
    main()
