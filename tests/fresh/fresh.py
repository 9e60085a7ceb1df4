#!/usr/bin/env python3
"""Does a fresh machine get from a clone to notebooks with the command that the README names?

    sudo tests/fresh/fresh.py FOLDER [--as-root] [--command "lab --only-install"] [--keep]

Makes a bare Debian 12 in FOLDER with debootstrap: Python, a C linker, this machine's Rust toolchain (read-only), a clone
of this repository's HEAD, and nothing else; as an ordinary user with an empty home, or as root. There, `cargo xtask
COMMAND` is started, interrupted (Ctrl-C) after a minute and once more after three, run to its end, and run again. Said
at the end: how long each part took, how large the folders are, and whether anything was written elsewhere.

Takes root (chroot and mounts), debootstrap, the registries, about 20 minutes on two cores, 6 GB.
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

PACKAGES = "python3,python3-venv,gcc,libc6-dev,git,ca-certificates,procps"
USER = "reader"
INTERRUPTS = (60, 120)  # seconds after each start
ROOT = pathlib.Path(__file__).resolve().parents[2]
# How registries are reached is the machine's affair; that much of its environment comes along.
PASSED_ON = ("PIP_INDEX_URL", "PIP_CERT", "PIP_DEFAULT_TIMEOUT", "SSL_CERT_FILE", "CARGO_HTTP_CAINFO", "http_proxy",
             "https_proxy", "no_proxy")


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


class Machine:
    """A bare Debian below a folder."""

    def __init__(self, folder, as_root):
        self.folder = folder
        self.home = pathlib.Path("/root" if as_root else f"/home/{USER}")
        self.as_root = as_root
        self.mounted = []

    def make(self):
        if not (self.folder / "usr/bin/python3").exists():
            run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", self.folder)
            run("chroot", self.folder, "useradd", "--create-home", USER)
        # Certificates as on this machine, whatever authority its registries are signed by.
        for name in ("/etc/ssl/certs/ca-certificates.crt", "/etc/resolv.conf", "/etc/hosts"):
            target = self.inside(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(name, target)
        for name in (".cargo/config.toml", ".pip/pip.conf", ".config/pip/pip.conf"):
            source = pathlib.Path.home() / name
            if source.exists():
                target = self.inside(self.home / name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
        toolchain = subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True)
        self.mount(toolchain.stdout.strip(), "/opt/rust", "ro")
        # With terminals, which are mounted below it.
        for device in ("/dev", "/dev/pts", "/dev/shm"):
            self.mount(device, device)
        self.inside("/proc").mkdir(exist_ok=True)
        run("mount", "-t", "proc", "proc", self.inside("/proc"))
        self.mounted.append(self.inside("/proc"))
        clone = self.inside(self.home / "dlnotes")
        shutil.rmtree(clone, ignore_errors=True)
        run("git", "clone", "--quiet", "--no-hardlinks", ROOT, clone)
        if not self.as_root:
            run("chroot", self.folder, "chown", "-R", f"{USER}:", self.home)

    def inside(self, path):
        return self.folder / str(path).lstrip("/")

    def mount(self, source, target, mode=None):
        target = self.inside(target)
        target.mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", source, target)
        self.mounted.append(target)
        if mode:
            run("mount", "-o", f"remount,bind,{mode}", target)

    def unmount(self):
        for target in reversed(self.mounted):
            subprocess.run(["umount", "--lazy", str(target)], check=False)

    def start(self, command, log):
        """Starts a command in the clone, in a process group of its own."""
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {"HOME": str(self.home), "PATH": "/opt/rust/bin:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        options = [] if self.as_root else ["--userspec", USER]
        shell = f"cd {self.home}/dlnotes && exec {command}"
        arguments = [shutil.which("chroot"), *options, str(self.folder), "/bin/sh", "-c", shell]
        return subprocess.Popen(arguments, env=environment, stdout=log, stderr=log, start_new_session=True)


def kilobytes(path):
    return int(subprocess.run(["du", "-sk", str(path)], capture_output=True, text=True, check=False).stdout.split()[0])


def main():
    # A shell that starts us in the background has us ignore Ctrl-C, and what we start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--as-root", action="store_true")
    parser.add_argument("--command", default="lab --only-install")
    parser.add_argument("--keep", action="store_true", help="leave the folder for a look")
    options = parser.parse_args()
    if os.getuid() != 0 or not shutil.which("debootstrap"):
        sys.exit("needs root and debootstrap: sudo apt-get install debootstrap")
    if "FRESH_MOUNTS" not in os.environ:
        # Mounts of our own, which end with us.
        os.environ["FRESH_MOUNTS"] = "private"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])
    machine = Machine(options.folder.resolve(), options.as_root)
    log_path = options.folder.with_suffix(".log")
    parts, failed = [], False
    try:
        start = time.monotonic()
        machine.make()
        print(f"{time.monotonic() - start:7.0f} s  a bare Debian", flush=True)
        marker = machine.inside("/marker")
        marker.touch()
        with log_path.open("w") as log:
            for i, pause in enumerate((*INTERRUPTS, None, None)):
                log.write(f"\n== start {i + 1}\n")
                log.flush()
                start = time.monotonic()
                process = machine.start(f"cargo xtask {options.command}", log)
                try:
                    code = process.wait(timeout=pause)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGINT)
                    try:
                        code = process.wait(timeout=60)
                    except subprocess.TimeoutExpired:
                        os.killpg(process.pid, signal.SIGKILL)
                        sys.exit(f"Ctrl-C did not end it within a minute; log: {log_path}")
                what = "interrupted" if pause and code != 0 else "to its end" if code == 0 else f"FAILED ({code})"
                parts.append((time.monotonic() - start, what))
                print(f"{parts[-1][0]:7.0f} s  cargo xtask {options.command}: {what}", flush=True)
                failed |= pause is None and code != 0
        print(f"{sum(seconds for seconds, _ in parts):7.0f} s  in all")
        home = machine.inside(machine.home)
        for name in ("dlnotes/.tools", "dlnotes/target", ".cargo", ".cache"):
            if (home / name).exists():
                print(f"{kilobytes(home / name) / 1e6:7.2f} GB ~/{name}")
        # Outside of home and the folders that are made to be written to, nothing may have changed.
        prune = [f"-path {machine.inside(p)} -prune -o" for p in ("/proc", "/dev", "/opt/rust", "/tmp", machine.home)]
        find = f"find {machine.folder} {' '.join(prune)} -newer {marker} -type f -print"
        changed = subprocess.run(find, shell=True, capture_output=True, text=True, check=False).stdout.split("\n")
        changed = [path for path in changed if path]
        print(f"files changed outside of {machine.home}: {len(changed)}", *changed[:20], sep="\n    ")
        failed |= bool(changed) and not options.as_root
    finally:
        machine.unmount()
        if not options.keep:
            # Never into a mount that would not go.
            subprocess.run(["rm", "-rf", "--one-file-system", str(machine.folder)], check=False)
    print(f"log: {log_path}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
