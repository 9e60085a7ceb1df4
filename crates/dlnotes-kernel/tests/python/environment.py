"""What a kernel needs is missing or goes away: each time it says what to do, and goes on or ends cleanly."""
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from session import KERNEL, Checks, Session, run_directories


# It takes a compiler a while.
LONG = "".join(f"fn long{i}<T: std::fmt::Debug>(t: T) -> String {{ format!(\"{{t:?}}\") }}\n" for i in range(300)) \
    + "".join(f"long{i}({i}_u64); long{i}(\"a\"); long{i}(vec![1.5]);\n" for i in range(300))


def wait_until_gone(pid, seconds):
    deadline = time.monotonic() + seconds
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.1)
    return not os.path.exists(f"/proc/{pid}")


class Environment(Checks, unittest.TestCase):
    def start(self, environment=None):
        self.session = Session(environment)
        self.addCleanup(self.session.close)
        return self.session

    def test_without_rustc_cells_say_what_to_do(self):
        with tempfile.TemporaryDirectory() as empty:
            session = self.start({"PATH": empty})
            self.failed(session.run("1"), "KernelError", "rustup.rs")
            self.failed(session.run("2"), "KernelError", "rustup.rs")

    def test_a_command_can_be_interrupted_where_a_script_has_started_the_kernel_in_the_background(self):
        # Such programs ignore Ctrl-C.
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.SIG_IGN))
        session = self.start()
        request = session.send("!echo before; sleep 60")
        session.wait_for("before")
        start = time.monotonic()
        session.interrupt()
        self.failed(session.result(request), "Interrupted")
        self.assertLess(time.monotonic() - start, 30)
        self.goes_on()

    def test_a_compiler_that_is_killed_while_it_waits_is_replaced(self):
        session = self.start()
        self.goes_on()
        for _ in range(2):
            os.kill(session.compiler(), signal.SIGKILL)
            self.goes_on()

    def test_a_compiler_that_is_killed_while_it_compiles_is_told(self):
        session = self.start()
        session.run("let kept = 3;")
        for code in (LONG, "{" + LONG + "}", "let lost = {" + LONG + "1 };"):
            request = session.send(code)
            time.sleep(0.5)
            for pid in session.children("rustc"):
                os.kill(pid, signal.SIGKILL)
            self.failed(session.result(request), "KernelError", "the compiler was killed", "run the cell again")
            self.assertEqual(session.run("kept").value(), "3")

    def test_a_compiler_without_memory_is_told(self):
        session = self.start()
        session.run("let kept = 3;")
        waiting = session.compiler()
        with open(f"/proc/{waiting}/statm") as file:
            size = int(file.read().split()[0]) * resource.getpagesize()
        resource.prlimit(waiting, resource.RLIMIT_AS, (size + (4 << 20),) * 2)
        self.failed(session.run("{" + LONG + "}"), "KernelError", "memory", "run the cell again")
        self.assertEqual(session.run("kept").value(), "3")

    def test_a_compiler_that_hangs_is_replaced_and_can_be_interrupted(self):
        session = self.start()
        session.run("let kept = 3;")
        stopped = session.compiler()
        os.kill(stopped, signal.SIGSTOP)
        request = session.send("kept + 1")
        time.sleep(1)
        session.interrupt()
        self.failed(session.result(request), "Interrupted")
        self.assertTrue(wait_until_gone(stopped, 10))
        stopped = session.compiler()
        os.kill(stopped, signal.SIGSTOP)
        self.assertEqual(session.run("kept + 1").value(), "4")
        self.assertTrue(wait_until_gone(stopped, 10))
        # More than a pipe holds.
        os.kill(session.compiler(), signal.SIGSTOP)
        self.assertEqual(session.run("kept + 2" + " " * 200_000 + "+ 1").value(), "6")

    def test_a_linker_that_hangs_can_be_interrupted_and_a_cell_that_was_not_linked_changes_nothing(self):
        programs = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, programs)
        hang = os.path.join(programs, "hang")
        linker = os.path.join(programs, "ld")
        with open(linker, "w") as file:
            file.write(f'#!/bin/sh\n[ -e {hang} ] && exec sleep 60\nexec {shutil.which("ld")} "$@"\n')
        os.chmod(linker, 0o755)
        session = self.start({"PATH": programs + os.pathsep + os.environ["PATH"]})
        session.run("let kept = 3; fn twice(x: i32) -> i32 { 2 * x }")
        for code in ("let kept = 4;", "fn twice(x: i32) -> i32 { 20 * x }", "fn thrice() {} let kept = 5;"):
            open(hang, "w").close()
            request = session.send(code)
            time.sleep(1)
            session.interrupt()
            self.failed(session.result(request), "Interrupted")
            os.remove(hang)
            self.assertEqual(session.run("twice(kept)").value(), "6")
        os.remove(linker)
        self.failed(session.run("kept + 1"), "KernelError", "ld, was not found", "install binutils")

    def test_a_toolchain_that_is_updated_or_removed_under_a_session_is_told(self):
        toolchain = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, toolchain)
        rustc = os.path.join(toolchain, "bin", "rustc")
        os.makedirs(os.path.dirname(rustc))

        def install(version):
            with open(rustc + ".new", "w") as file:
                file.write(f'#!/bin/sh\ncase "$*" in\n*"--print sysroot"*) echo {toolchain}; exec {shutil.which("rustc")} --print target-libdir;;\n'
                           f'-vV) exec {shutil.which("rustc")} -vV {version};;\n*) exec {shutil.which("rustc")} "$@";;\nesac\n')
            os.chmod(rustc + ".new", 0o755)
            os.rename(rustc + ".new", rustc)

        install("")
        session = self.start({"PATH": os.path.dirname(rustc) + os.pathsep + os.environ["PATH"]})
        session.run("let kept = 3;")
        time.sleep(0.1)
        install("")  # the same again
        self.assertEqual(session.run("kept").value(), "3")
        install("| sed 's/^release: .*/release: 1.999.0/'")
        for _ in range(2):
            self.failed(session.run("kept"), "KernelError", "Rust was updated from 1.", "to 1.999.0", "restart the kernel")
        os.remove(rustc)
        self.failed(session.run("kept"), "KernelError", "rustc isn't there any more", "restart the kernel")
        install("")
        self.assertEqual(session.run("kept").value(), "3")

    def test_a_cell_of_32_megabytes_is_refused_in_a_sentence(self):
        session = self.start()
        large = "x" * (32 << 20)
        for code in (f"/* {large} */ 1 + 1", f'let s = "{large}"; s.len()', "let v = [" + "1.5, " * (7 << 20) + "];"):
            self.failed(session.run(code), "CompileError", "MB long", "read data from a file")
            self.goes_on()

    def test_a_full_disk_is_named_and_the_session_goes_on_when_there_is_room_again(self):
        disk = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, disk, ignore_errors=True)
        as_root = [] if os.getuid() == 0 else ["sudo", "-n"]
        mount = ["mount", "-t", "tmpfs", "-o", f"size=200m,mode=700,uid={os.getuid()}", "dlnotes-test", disk]
        can_mount = not as_root or shutil.which(as_root[0])
        if not can_mount or subprocess.run([*as_root, *mount], capture_output=True).returncode != 0:
            self.skipTest("a small file system to fill can only be mounted as root")
        self.addCleanup(subprocess.run, [*as_root, "umount", "--lazy", disk])
        session = self.start({"DLNOTES_CACHE_DIR": os.path.join(disk, "cache")})
        self.assertEqual(session.run("let kept = 7;").status, "ok")
        filler = os.path.join(disk, "filler")
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        self.failed(session.run("let lost = vec![1];"), "KernelError", "disk is full", "free some space")
        os.remove(filler)
        self.assertEqual(session.run("kept").value(), "7")

    def test_a_work_directory_that_is_deleted_is_named(self):
        session = self.start()
        self.goes_on()
        shutil.rmtree(session.work_directory())
        self.failed(session.run("1 + 1"), "KernelError", "was removed", "restart the kernel")
        self.failed(session.run("1 + 1"), "KernelError", "restart the kernel")

    def test_a_dependency_without_a_network_says_so(self):
        session = self.start({"CARGO_HTTP_PROXY": "http://127.0.0.1:9", "CARGO_NET_RETRY": "0"})
        result = session.run(':dep dlnotes-no-such-crate = "1"\n1')
        self.failed(result, "CompileError", "check the network connection", ":offline 1")
        self.goes_on()

    def test_two_kernels_start_at_once(self):
        sessions = []
        threads = [threading.Thread(target=lambda: sessions.append(Session())) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for session in sessions:
            self.addCleanup(session.close)
            self.assertEqual(session.run("1 + 1").value(), "2")

    def test_a_kernel_whose_parent_has_gone_ends(self):
        program = ("from jupyter_client.manager import KernelManager\n"
                   f"m = KernelManager(kernel_name={KERNEL!r}); m.start_kernel(); print(m.provisioner.pid, flush=True)\n"
                   "import os, time; time.sleep(1); os._exit(0)")
        before = run_directories()
        pid = int(subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, timeout=60).stdout)
        self.assertTrue(wait_until_gone(pid, 20))
        self.assertLessEqual(run_directories(), before)

    def test_a_killed_kernel_takes_its_busy_child_along_and_the_next_one_clears_up(self):
        session = Session()
        session.send('println!("running"); loop { std::thread::sleep(std::time::Duration::from_secs(1)) }')
        session.wait_for("running")
        child, directory = session.child(), os.path.dirname(session.work_directory())
        self.assertEqual(os.stat(directory).st_mode & 0o777, 0o700)
        os.kill(session.pid, signal.SIGKILL)
        self.assertTrue(wait_until_gone(child, 10), "the process that runs cells is left behind")
        session.close()
        self.start()
        self.assertFalse(os.path.exists(directory), "the directory of a killed kernel is left behind")


if __name__ == "__main__":
    unittest.main(verbosity=2)
