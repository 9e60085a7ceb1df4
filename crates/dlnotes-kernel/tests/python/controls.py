"""Controls under the kernel: what a front end that speaks ipywidgets' protocol gets, and how quickly."""
import os
import queue
import statistics
import sys
import time
import unittest

from session import Checks, setUpSession, tearDownSession

X = "let x = Tensor::arange(-4.0, 4.0, 0.1);"
SLIDER = """interact!([x], slider(0..=999).label("scale").start(3), |scale: i32| {
    plot(&x, &(&x * scale as f32)).title(&format!("scale {scale}"))
});"""
NOISE = 'interact!(slider(0..=9).label("at"), |at: i32| (at, Tensor::randn([3])));'
VIEW = "application/vnd.jupyter.widget-view+json"


class Page:
    """What a front end keeps of the models of a cell."""

    def __init__(self, session, code, **metadata):
        self.client, self.models, self.closed = session.client, {}, []
        message = self.client.session.msg("execute_request", {"code": code, "silent": False, "store_history": True,
                                          "user_expressions": {}, "allow_stdin": True, "stop_on_error": True}, metadata=metadata)
        self.client.shell_channel.send(message)
        self.display, self.error = None, None
        for kind, content, told in session_messages(self.client, message["header"]["msg_id"]):
            if kind == "comm_open":
                assert told["version"] == "2.1.0", told
                self.models[content["comm_id"]] = content["data"]["state"]
            elif kind == "comm_close":
                self.closed.append(content["comm_id"])
            elif kind == "display_data":
                self.display = content["data"]
            elif kind == "error":
                self.error = content
        self.reply = session.reply(message["header"]["msg_id"])

    def find(self, name):
        return next(id for id, state in self.models.items() if state["_model_name"] == name)

    def send(self, name, **state):
        message = self.client.session.msg("comm_msg", {"comm_id": self.find(name), "data": {
            "method": "update", "state": state, "buffer_paths": []}})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def wait(self, request):
        for kind, content, _ in session_messages(self.client, request):
            if kind == "comm_msg" and content["data"]["method"] in ("update", "echo_update"):
                self.models[content["comm_id"]].update(content["data"]["state"])

    def move(self, name, **state):
        self.wait(self.send(name, **state))

    def html(self):
        return self.models[self.find("HTMLModel")]["value"]

    def below(self):
        return self.models[self.find("OutputModel")]["outputs"]


def session_messages(client, request):
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") == request:
            if message["content"].get("execution_state") == "idle":
                return
            yield message["msg_type"], message["content"], message["metadata"]


def megabytes(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


class Controls(Checks, unittest.TestCase):
    tearDownClass = classmethod(tearDownSession)

    @classmethod
    def setUpClass(cls):
        setUpSession(cls)
        assert cls.session.run(X).status == "ok"

    def test_a_move_draws_the_figure_again(self):
        page = Page(self.session, SLIDER)
        self.assertEqual({VIEW, "image/png", "text/plain"}, set(page.display))
        self.assertIn("scale = 3", page.display["text/plain"])
        self.assertIn("scale 3", page.html())
        page.move("IntSliderModel", value=7)
        self.assertIn("scale 7", page.html())
        self.assertIn("<svg", page.html())
        self.assertEqual(page.below(), [])

    def test_later_cells_have_their_variables_and_their_random_numbers(self):
        numbers = "seed(5); Tensor::randn([3]).to_vec()"
        expected = self.session.run(numbers).value()
        self.session.run("seed(5);")
        page = Page(self.session, NOISE)
        first = page.html()
        page.move("IntSliderModel", value=4)
        self.assertEqual(page.html().split("</pre>", 1)[1], first.split("</pre>", 1)[1], "the same noise at each position")
        self.assertEqual(self.session.run("Tensor::randn([3]).to_vec()").value(), expected)
        self.assertEqual(Page(self.session, SLIDER).reply["status"], "ok")
        self.assertEqual(Page(self.session, SLIDER).reply["status"], "ok")
        self.assertEqual(self.session.run("x.len()").value(), "80")

    def test_a_cell_that_runs_again_leaves_no_model_and_no_closure(self):
        pages = [Page(self.session, SLIDER, cellId="again") for _ in range(10)]
        for before, after in zip(pages, pages[1:]):
            self.assertEqual(set(after.closed), set(before.models))
        pages[-1].move("IntSliderModel", value=9)
        self.assertIn("scale 9", pages[-1].html())

    def test_bad_controls_are_told_at_the_readers_line(self):
        for cell, words in [
            ("interact(slider(5..=1), |at: i32| at);", "slider: 5 to 1 is an empty range"),
            ("interact(slider(0..=5).step(0), |at: i32| at);", "step: 0: a step is a number above 0"),
            ("interact(slider(0.0..=f64::NAN), |at: f64| at);", "both ends must be finite"),
            ("interact(slider(0..=5).start(9), |at: i32| at);", "start: 9 is not in the control's range, 0 to 5"),
            ("interact(choice([0; 0]), |at: i32| at);", "nothing to choose from"),
            ("interact(toggle(true), |_| ());", "the closure shows nothing"),
        ]:
            with self.subTest(cell=cell):
                result = self.session.run("();\n" + cell, allow_stdin=True)
                self.failed(result, "Panic", words, "line 2")

    def test_without_a_reader_there_are_frames(self):
        result = self.session.run(SLIDER, allow_stdin=False)
        [(_, content)] = [output for output in result.outputs if output[0] == "display_data"]
        self.assertEqual(set(content["data"]), {"text/html", "image/svg+xml", "image/png", "text/plain"})
        self.assertNotIn("comm_open", result.kinds())

    def test_a_thousand_moves_leave_memory_flat(self):
        page = Page(self.session, SLIDER)
        def move(times):
            for at in range(times):
                page.move("IntSliderModel", value=at)
            return megabytes(self.session.child()), megabytes(self.session.pid)
        before = move(300)
        after = move(1000)
        for pid, (early, late) in enumerate(zip(before, after)):
            self.assertLess(late - early, 8, f"{pid}: {early:.1f} MB, and {late:.1f} MB after 1,000 moves")

    def test_moves_that_come_quickly_end_at_the_last_one(self):
        page = Page(self.session, SLIDER)
        requests = [page.send("IntSliderModel", value=at) for at in range(100, 200)]
        for request in requests:
            page.wait(request)
        self.assertIn("scale 199", page.html())

    def test_what_no_page_may_say_is_no_harm(self):
        page = Page(self.session, SLIDER)
        for value in (float("1e300"), "text", None, [], {"a": 1}, True, -1):
            page.move("IntSliderModel", value=value)
        for data in ({}, {"method": "update"}, {"method": "custom", "content": 1}, {"method": "update", "state": {"min": 5}}):
            message = self.session.client.session.msg("comm_msg", {"comm_id": page.find("IntSliderModel"), "data": data})
            self.session.client.shell_channel.send(message)
            page.wait(message["header"]["msg_id"])
        page.move("IntSliderModel", value=3)
        self.assertIn("scale 3", page.html())
        self.goes_on()

    def test_models_are_there_for_a_front_end_that_asks_as_vs_code_does(self):
        """Its requests, from its sources: cells are named by their address, comms are listed, models are asked one by one."""
        cell = "vscode-notebook-cell:/notes.ipynb#W0sZmlsZQ%3D%3D"
        page = Page(self.session, SLIDER, cellId=cell)
        client = self.session.client
        info = client.session.msg("comm_info_request", {"target_name": "jupyter.widget"})
        client.shell_channel.send(info)
        comms = self.session.reply(info["header"]["msg_id"])["comms"]
        self.assertLessEqual(set(page.models), set(comms))
        self.assertEqual({comms[model]["target_name"] for model in page.models}, {"jupyter.widget"})
        for model, state in page.models.items():
            message = client.session.msg("comm_msg", {"comm_id": model, "data": {"method": "request_state"}})
            client.shell_channel.send(message)
            said = session_messages(client, message["header"]["msg_id"])
            [content] = [content for kind, content, _ in said if kind != "status"]
            self.assertEqual((content["comm_id"], content["data"]["method"]), (model, "update"))
            self.assertEqual((content["data"]["state"], content["data"]["buffer_paths"]), (state, []))
        page.move("IntSliderModel", value=7)
        self.assertIn("scale 7", page.html())
        again = Page(self.session, SLIDER, cellId=cell)
        self.assertEqual(set(again.closed), set(page.models))

    def test_training_goes_on_while_a_value_steers_it(self):
        page = Page(self.session, "let rate = slider(0..=9).label(\"rate\").live();")
        request = self.session.send("println!(\"begun\"); let mut last = 0; loop { if rate.value() != last { last = rate.value(); println!(\"rate {last}\"); } "
                                    "if last == 3 { break; } std::thread::sleep(std::time::Duration::from_millis(1)); } last", allow_stdin=True)
        self.session.wait_for("begun")
        for value in (1, 2, 3):
            page.move("IntSliderModel", value=value)
            time.sleep(0.1)
        # Its result may have come before the last move was answered; it ends only if the moves have reached it.
        self.assertEqual(self.session.reply(request)["status"], "ok")


def measure():
    """Milliseconds from a move to its figure, over the kernel's sockets; printed, not tested."""
    class Case:
        pass
    setUpSession(Case)
    Case.session.run(X)
    page = Page(Case.session, SLIDER)
    times = []
    for at in range(100):
        start = time.perf_counter()
        page.move("IntSliderModel", value=at + 10)
        times.append(1000 * (time.perf_counter() - start))
    print(f"move to figure, {len(page.html())} bytes: median {statistics.median(times):.1f} ms, longest {max(times):.1f} ms")
    measure_steering(Case.session)
    tearDownSession(Case)


# One training after the other, in turn: with a fixed rate, and with one that a slider steers.
PAIRS = """fn train(rate: impl Fn() -> f32) -> f64 {
    let (x, w) = (Tensor::ones([64, 64]), Tensor::ones([64, 64]).requires_grad());
    let start = std::time::Instant::now();
    for _ in 0..1000 {
        (x.matmul(&w) * 1e-3).square().mean().backward();
        sgd([&w], rate(), 1);
    }
    start.elapsed().as_secs_f64()
}
println!("begun");
let mut ratios: Vec<f64> = (0..41).map(|_| { let fixed = train(|| 1e-3); train(|| rate.value()) / fixed }).collect();
ratios.sort_by(f64::total_cmp);
println!("steered: {:.3} of the time (quartiles {:.3} and {:.3})", ratios[20], ratios[10], ratios[30]);"""


def measure_steering(session):
    """How much longer a training takes whose rate a slider steers while somebody moves it 30 times a second; printed."""
    page = Page(session, 'let rate = log_slider(1e-4..=1e-2_f32).label("rate").start(1e-3).live();')
    request = session.send(PAIRS, allow_stdin=True)
    session.wait_for("begun")
    moved = 0
    while True:
        page.send("FloatLogSliderModel", value=10 ** (-4 + (moved % 100) / 50))
        moved += 1
        pause = time.monotonic() + 1 / 30
        while (left := pause - time.monotonic()) > 0:
            try:
                message = session.client.get_iopub_msg(timeout=left)
            except queue.Empty:
                break
            if message["msg_type"] == "stream":
                print(f"{moved} moves; {message['content']['text'].strip()}")
            if message["msg_type"] == "error":
                raise AssertionError(message["content"])
            told = message["parent_header"].get("msg_id") == request
            if told and message["content"].get("execution_state") == "idle":
                return


if __name__ == "__main__":
    measure() if os.environ.get("MEASURE") else unittest.main(verbosity=2, argv=sys.argv)
