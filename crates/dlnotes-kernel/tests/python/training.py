"""The helper crate under the kernel: live figures while a cell trains, and interrupts that keep the session."""
import os
import subprocess
import tempfile
import time
import tomllib
import unittest

from session import Checks, setUpSession, tearDownSession

SETUP = """seed(1);
let x = Tensor::randn([2000, 40]);
let y = x.narrow(1, 0, 1).squeeze(1).gt(0.0);
let data = Batches::new((&x, &y), 50).shuffled();
let net = sequential![Linear::new(40, 256), Relu, Dropout::new(0.2), Linear::new(256, 256), Relu, Linear::new(256, 2)];
let mut trainer = Sgd::new(net.parameters(), 0.05);"""
ANIMATE = """let mut animator = Animator::new().xlabel("epoch").legend(["train", "test"]);
for epoch in 1..350 {
    animator.add(epoch, [1.0 / f64::from(epoch), 2.0]);
    std::thread::sleep(std::time::Duration::from_millis(2));
}
animator.add(350, [0.0, 12.5]);
"""
REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../.."))
TRAIN = "fit(&net, &data, &data, &CrossEntropyLoss::none(), {epochs}, &mut trainer)"


def versions(project):
    """The packages from registries that a project's lock file names."""
    with open(f"{project}/Cargo.lock", "rb") as lock:
        return {(package["name"], package["version"]) for package in tomllib.load(lock)["package"] if "source" in package}


class Training(Checks, unittest.TestCase):
    tearDownClass = classmethod(tearDownSession)

    @classmethod
    def setUpClass(cls):
        setUpSession(cls)
        assert cls.session.run(SETUP).status == "ok"

    def test_a_training_cell_shows_its_figure_and_its_progress_while_it_runs(self):
        request = self.session.send(TRAIN.format(epochs=40))
        figures, lines, shown = [], [], set()
        for at, kind, content in self.session.messages(request):
            if kind in ("display_data", "update_display_data"):
                shown.add(kind)
                if "image/svg+xml" in content["data"]:
                    figures.append((at, content))
                else:
                    lines.append(content["data"]["text/plain"])
        end = time.monotonic()
        self.assertEqual(self.session.reply(request)["status"], "ok")
        self.assertEqual(shown, {"display_data", "update_display_data"})
        self.assertGreaterEqual(sum(at < end for at, _ in figures), 6)
        self.assertGreater(figures[-2][0] - figures[0][0], 0.3 * (end - figures[0][0]), "the frames came together")
        self.assertEqual(len({content["transient"]["display_id"] for _, content in figures}), 1)
        self.assertIn("image/png", figures[-1][1]["data"])
        for part in ("epoch", "loss", "left"):
            self.assertTrue(any(part in line for line in lines), lines)

    def test_an_animator_is_one_figure_that_changes_and_ends_with_its_last_point(self):
        for how, code in (("shown", "{" + ANIMATE + "animator }"), ("dropped", "{" + ANIMATE + "}"), ("kept", ANIMATE)):
            with self.subTest(how=how):
                request = self.session.send(code)
                shown = [(kind, content) for _, kind, content in self.session.messages(request) if "data" in content]
                self.assertEqual(self.session.reply(request)["status"], "ok")
                kinds = [kind for kind, _ in shown]
                self.assertEqual((kinds[0], kinds.count("display_data")), ("display_data", 1), kinds)
                self.assertNotIn("execute_result", kinds)
                self.assertGreaterEqual(kinds.count("update_display_data"), 2)
                self.assertEqual(len({content["transient"]["display_id"] for _, content in shown}), 1)
                self.assertIn("rises from 2 to 12.5", str(shown[-1][1]), "the last point is missing")

    def test_an_interrupt_stops_training_at_a_step_and_keeps_everything(self):
        for pause in (0.1, 0.33, 0.57):
            with self.subTest(pause=pause):
                request = self.session.send(TRAIN.format(epochs=100_000))
                self.session.wait_for_display()
                time.sleep(pause)
                self.session.interrupt()
                self.failed(self.session.result(request), "Interrupted", "is kept")
                state = self.session.run("(is_grad_enabled(), net.parameters().iter().all(|p| p.to_vec().iter().all(|v| v.is_finite())), "
                                         "Tensor::randn([2]).len(), live_graph_nodes())")
                self.assertEqual(state.value(), "(true, true, 2, 6)")
        self.assertEqual(self.session.run(TRAIN.format(epochs=1)).status, "ok")

    def test_plain_tensor_work_stops_too(self):
        self.session.run("let a = Tensor::randn([200, 200]); let kept = 5;")
        request = self.session.send('println!("running"); { let mut b = a.clone(); loop { b = b.matmul(&a).tanh(); } }')
        self.session.wait_for("running")
        time.sleep(0.5)
        self.session.interrupt()
        self.failed(self.session.result(request), "Interrupted", "is kept")
        self.assertEqual(self.session.run("kept").value(), "5")

    def test_arrays_are_kept_without_a_dep(self):
        for line in ("let grid = Tensor::arange(0.0, 6.0, 1.0).reshape([2, 3]).to_ndarray();",
                     "let twice = &grid + &grid;", "let rows = twice.sum_axis(dlnotes::ndarray::Axis(1));",
                     "let drawn = Tensor::random([3], dlnotes::ndarray_rand::rand_distr::Exp1);"):
            result = self.session.run(line)
            self.assertEqual(result.status, "ok", (line, result.traceback))
        self.assertEqual(self.session.run("rows[1] + drawn.len() as f32").value(), "27.0")

    def test_an_exported_session_has_what_every_notebook_imports(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.session.run(f":export {folder}/notes").status, "ok")
            with open(f"{folder}/notes/src/main.rs") as program, open(f"{folder}/notes/Cargo.toml") as manifest:
                self.assertIn("use dlnotes::prelude::*;", program.read())
                self.assertIn("dlnotes = ", manifest.read())
            command = ["cargo", "metadata", "--offline", "--format-version", "1"]
            subprocess.run(command, cwd=f"{folder}/notes", capture_output=True, check=True)
            self.assertLessEqual(versions(f"{folder}/notes"), versions(REPOSITORY))

    def test_memory_that_is_not_there_costs_no_variable(self):
        self.session.run("let kept = 7;")
        self.failed(self.session.run("Tensor::zeros([1 << 29, 1 << 29])"), "Panic", "no 1152921504.6 GB", "line 1", "smaller")
        self.assertEqual(self.session.run("kept").value(), "7")

    def test_a_mistake_in_a_layer_is_told_at_the_readers_line(self):
        cell = "let model = sequential![Linear::new(4, 8), Relu];\nmodel.forward(&Tensor::ones([8, 5]))"
        self.failed(self.session.run(cell), "Panic", "[8, 5]", "line 2")

    def test_a_generator_that_is_kept_from_cell_to_cell_is_named_and_not_waited_for(self):
        self.session.run("let held = generator();")
        self.failed(self.session.run("let w = Tensor::randn([2]);"), "Panic", "holds the generator already")
        self.session.run("drop(held);")
        self.assertEqual(self.session.run("Tensor::randn([2]).len()").value(), "2")


if __name__ == "__main__":
    unittest.main(verbosity=2)
