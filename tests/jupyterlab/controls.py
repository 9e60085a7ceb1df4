"""Controls below a cell, as a reader moves them: by mouse and keyboard, after a reload, a restart, the next day."""

import sys

from lab import saved
from playwright.sync_api import expect
from reader import CELL, OPTIONS, RED, Page

X = "let x = Tensor::arange(-4.0, 4.0, 0.1);"
SLIDER = """interact!([x], slider(0..=19).label("degree").start(3), |degree: i32| {
    plot(&x, &(&x * degree as f32)).title(&format!("degree {degree}"))
});"""
ALL = """interact!((slider(0.0..=1.0).label("real"), log_slider(1e-4..=1.0).label("log"), choice(["L1", "L2"]).label("norm"),
    toggle(false).label("on"), play(0..=50).interval(50).label("clock")),
    |real: f64, log: f64, norm, on, clock: i32| format!("real {real} log {log:.5} norm {norm} on {on} clock {clock}"));"""
FAULTY = """let mut calls = 0;
interact(slider(0..=3).label("at"), move |at: i32| {
    calls += 1;
    println!("call {calls}");
    match at {
        1 => panic!("no picture for one"),
        2 => for _ in 0..100 {
            std::thread::sleep(std::time::Duration::from_millis(100));
            dlnotes::dlnotes_display::poll_interrupt();
        },
        _ => {}
    }
    format!("picture {at}")
});"""
LIVE = """let rate = slider(0..=9).label("rate").live();"""
TRAINS = """let mut seen = Vec::new();
for _ in 0..600 {
    std::thread::sleep(std::time::Duration::from_millis(50));
    if seen.last() != Some(&rate.value()) { seen.push(rate.value()); println!("rate {}", rate.value()); }
    if rate.value() == 2 { break; }
}"""
CLICKED = """interact!((slider(-5.0..=1.0).label("w₁").start(-4.0).click_x(), log_slider(0.01..=100.0).label("w₂").click_y()), |a: f64, b: f64| {
    scatter([a], [b]).xlim(-5, 1).ylim(0.01, 100).ylog().title(&format!("at {a:.1} and {b:.1}"))
});"""
FRAMES = """frames(slider(0..=9).label("degree").start(3), |degree: i32| {
    plot(&x, &(&x * degree as f32)).title(&format!("degree {degree}"))
})"""


NORMAL = "let x = Tensor::randn([1500]); let y = Tensor::randn([1500]);"
CLOUD = """interact!([x, y], slider(0..=19).label("degree").start(3), |degree: i32| {
    // work
    scatter(&x, &(&y + 0.01 * degree as f32)).xlim(-4, 4).ylim(-4, 14).title(&format!("degree {degree}"))
});"""
# Presses a key when the figure before has been seen, 100 times; milliseconds from each press to the frame that shows it.
MOVES = """() => new Promise(done => {
    const [figure, handle] = ['.widget-html-content', '.noUi-handle'].map(name => document.querySelector(name));
    const times = [];
    const press = () => {
        const start = performance.now();
        const seen = new MutationObserver(() => {
            seen.disconnect();
            requestAnimationFrame(() => {
                times.push(performance.now() - start);
                times.length < 100 ? setTimeout(press, 50) : done(times);
            });
        });
        seen.observe(figure, { childList: true, subtree: true });
        handle.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    };
    press();
})"""
# Presses a key 30 times a second for four seconds, whatever is shown; then how long the last position takes to show.
HELD = """() => new Promise(done => {
    const [figure, handle] = ['.widget-html-content', '.noUi-handle'].map(name => document.querySelector(name));
    let pressed = 0, last = 0, shown = 0;
    const seen = new MutationObserver(() => {
        shown += 1;
        if (pressed === 120 && figure.textContent.includes('degree 123')) {
            seen.disconnect();
            requestAnimationFrame(() => done([pressed, performance.now() - last, shown]));
        }
    });
    seen.observe(figure, { childList: true, subtree: true });
    const clock = setInterval(() => {
        pressed += 1;
        last = performance.now();
        if (pressed === 120) clearInterval(clock);
        handle.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    }, 1000 / 30);
})"""


class Controls(Page):
    """Cells with controls."""

    def handle(self, i, place=0):
        return self.cell(i).locator(".noUi-handle").nth(place)

    def figure(self, i):
        return self.cell(i).locator(".widget-html-content").first

    def press(self, handle, key, times=1):
        handle.focus()
        for _ in range(times):
            self.page.keyboard.press(key)

    def shown(self, *cells):
        self.open_cells(*cells)
        for i in range(len(cells)):
            self.run_cell(i)
            self.wait_until_run(i)

    def test_a_slider_moves_the_figure_by_keyboard_and_by_mouse(self):
        self.shown(X, SLIDER)
        expect(self.figure(1)).to_contain_text("degree 3")
        self.press(self.handle(1), "ArrowRight")
        expect(self.figure(1)).to_contain_text("degree 4")
        self.press(self.handle(1), "End")
        expect(self.figure(1)).to_contain_text("degree 19")
        box = self.cell(1).locator(".noUi-target").first.bounding_box()
        handle = self.handle(1).bounding_box()
        self.page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        self.page.mouse.down()
        for step in range(10, -1, -1):
            self.page.mouse.move(box["x"] + step * box["width"] / 10, box["y"] + box["height"] / 2)
            self.page.wait_for_timeout(30)
        self.page.mouse.up()
        expect(self.figure(1)).to_contain_text("degree 0")

    def test_every_control_moves(self):
        self.shown(ALL)
        text = self.figure(0)
        expect(text).to_contain_text("real 0 log 0.00010 norm L1 on false clock 0")
        self.press(self.handle(0, 0), "ArrowRight")
        expect(text).to_contain_text("real 0.01")
        self.press(self.handle(0, 1), "ArrowRight", 10)
        expect(text).to_contain_text("log 0.00100")
        expect(self.cell(0).locator(".widget-readout").nth(1)).to_have_text("0.001")
        self.cell(0).locator(".widget-dropdown select").select_option("L2")
        expect(text).to_contain_text("norm L2")
        self.cell(0).locator(".widget-checkbox input").check()
        expect(text).to_contain_text("on true")
        self.press(self.handle(0, 2), "ArrowRight")
        expect(text).to_contain_text("clock 1")
        self.cell(0).locator(".widget-play button").first.click()
        expect(text).to_contain_text("clock 50", timeout=30_000)

    def test_a_click_into_the_figure_moves_what_follows_it(self):
        self.shown(CLICKED)
        figure = self.cell(0).locator(".jupyter-widgets svg[role=img]")
        expect(figure).to_contain_text("at -4.0 and 0.0")
        frame = self.page.evaluate("""() => {
            const axes = document.querySelector("[data-frame]"), matrix = axes.ownerSVGElement.getScreenCTM();
            const [x, y, width, height] = axes.dataset.frame.split(" ").map(Number);
            const at = (x, y) => { const p = new DOMPoint(x, y).matrixTransform(matrix); return [p.x, p.y]; };
            return { corner: at(x, y + height), end: at(x + width, y) };
        }""")
        (left, bottom), (right, top) = frame["corner"], frame["end"]
        at = lambda across, up: (left + across * (right - left), bottom + up * (top - bottom))
        self.page.mouse.click(*at(0.5, 0.75))
        expect(figure).to_contain_text("at -2.0 and 10.0")
        expect(self.cell(0).locator(".widget-readout").first).to_have_text("−2.0")
        # Dragged: the figure follows.
        self.page.mouse.move(*at(0.5, 0.75))
        self.page.mouse.down()
        for step in range(1, 11):
            self.page.mouse.move(*at(0.5 + step / 30, 0.75 - step / 20))
            self.page.wait_for_timeout(30)
        self.page.mouse.up()
        expect(figure).to_contain_text("at 0.0 and 0.1")
        # Beside the frame nothing moves; by hand everything does.
        self.page.mouse.click(left - 10, bottom + 10)
        self.press(self.handle(0), "ArrowRight")
        expect(figure).to_contain_text("at 0.1 and 0.1")

    def test_a_page_that_is_loaded_again_has_the_controls_where_they_were(self):
        self.shown(X, SLIDER)
        self.press(self.handle(1), "ArrowRight", 2)
        expect(self.figure(1)).to_contain_text("degree 5")
        saved(self.page, self.copy)
        self.page.reload()
        expect(self.figure(1)).to_contain_text("degree 5", timeout=60_000)
        self.press(self.handle(1), "ArrowRight")
        expect(self.figure(1)).to_contain_text("degree 6")

    def test_two_windows_on_one_notebook_show_the_same(self):
        self.shown(X, SLIDER)
        saved(self.page, self.copy)
        first, second = self.page, self.browser.new_page()
        self.addCleanup(second.close)
        second.goto(f"{self.address}lab/workspaces/other/tree/{self.copy.relative_to(OPTIONS.notebooks)}?token={self.token}&reset")
        figure = second.locator(".widget-html-content").first
        expect(figure).to_contain_text("degree 3", timeout=60_000)
        self.press(self.handle(1), "ArrowRight", 3)
        expect(figure).to_contain_text("degree 6")
        expect(second.locator(".widget-readout").first).to_have_text("6")
        self.page = first

    def test_a_restart_and_the_next_day(self):
        self.shown(X, SLIDER)
        saved(self.page, self.copy)
        self.menu("Kernel", "Restart Kernel…")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.wait_for_timeout(3_000)
        self.page.reload()
        output = self.cell(1).locator(".jp-OutputArea-output").first
        expect(output).to_contain_text("Run the cell to move the controls", timeout=60_000)
        expect(output.locator("img[src^='data:image/png']")).to_have_count(1)
        self.assertNotIn("model not found", output.inner_text())
        for i in range(2):
            self.run_cell(i)
            self.wait_until_run(i)
        self.press(self.handle(1), "ArrowRight")
        expect(self.figure(1)).to_contain_text("degree 4")

    def test_an_untrusted_notebook_shows_the_first_picture(self):
        self.shown(X, SLIDER, FRAMES)
        notebook = saved(self.page, self.copy)
        self.page.close()
        self.copy.unlink()
        notebook["cells"][0]["source"] += " "  # another notebook, which nobody has trusted
        self.open_copy(notebook)
        self.assertGreater(self.cell(1).locator(".jp-OutputArea-output img").count(), 0)
        view = self.cell(2).locator(".jp-OutputArea-output")
        expect(view.locator("img").first).to_be_visible()
        expect(view.locator("input")).to_be_hidden()

    def test_a_panic_text_and_an_interrupt_stand_below_the_controls(self):
        self.shown(FAULTY)
        expect(self.figure(0)).to_contain_text("picture 0")
        self.press(self.handle(0), "ArrowRight")
        red = self.cell(0).locator(RED).first
        expect(red).to_contain_text("no picture for one")
        expect(red).to_contain_text("line 6")
        expect(self.figure(0)).to_contain_text("picture 0")
        expect(self.cell(0).locator(".jupyter-widgets").first).to_contain_text("call 2")
        self.press(self.handle(0), "ArrowRight")
        self.page.wait_for_timeout(1_000)
        self.menu("Kernel", "Interrupt Kernel")
        expect(red).to_contain_text("Interrupted", timeout=8_000)
        self.press(self.handle(0), "ArrowRight")
        expect(self.figure(0)).to_contain_text("picture 3")
        expect(self.cell(0).locator(RED)).to_have_count(0)

    def test_a_value_steers_a_cell_that_runs(self):
        self.open_cells(LIVE, TRAINS)
        self.run_cell(0)
        self.wait_until_run(0)
        self.run_cell(1)
        printed = self.cell(1).locator(".jp-OutputArea-output").first
        expect(printed).to_contain_text("rate 0", timeout=CELL)
        self.press(self.handle(0), "ArrowRight")
        expect(printed).to_contain_text("rate 1")
        self.assertIn("*", self.prompt_of(1).inner_text())
        self.press(self.handle(0), "ArrowRight")
        self.wait_until_run(1)
        expect(printed).to_contain_text("rate 2")

    def test_a_cell_that_runs_ten_times_leaves_no_model_behind(self):
        self.shown(X, SLIDER)
        for _ in range(10):
            self.run_cell(1)
            self.page.wait_for_timeout(300)
        self.wait_until_run(1, 12)
        expect(self.page.locator(".widget-html-content")).to_have_count(1)
        self.press(self.handle(1), "ArrowRight")
        expect(self.figure(1)).to_contain_text("degree 4")

    def measure_moves(self):
        """How long a move takes until the new figure is in the page; `cargo xtask browser Controls.measure_moves`."""
        for what, cells in {"a line": (X, SLIDER), "1,500 points": (NORMAL, CLOUD)}.items():
            self.shown(*[cell.replace("0..=19", "0..=1000") for cell in cells])
            times = sorted(self.page.evaluate(MOVES))
            size = self.figure(1).evaluate("node => node.querySelector('svg').outerHTML.length")
            print(f"a move to its figure, {what}, {size} bytes: median {times[50]:.1f} ms, 90 % {times[90]:.1f} ms, "
                  f"longest {times[-1]:.1f} ms", file=sys.stderr)
            self.page.close()
            self.page = None

    def measure_moves_that_come_quickly(self):
        """How far the figure is behind when a key that repeats 30 times a second has been let go."""
        for milliseconds in (0, 100):
            work = f"std::thread::sleep(std::time::Duration::from_millis({milliseconds}));"
            self.shown(NORMAL, CLOUD.replace("0..=19", "0..=1000").replace("// work", work))
            pressed, behind, shown = self.page.evaluate(HELD)
            self.assertEqual(pressed, 120)
            print(f"120 presses, 30 a second, a closure of {milliseconds} ms more: {shown} figures, the last one "
                  f"{behind:.0f} ms behind the last press", file=sys.stderr)
            self.page.close()
            self.page = None
