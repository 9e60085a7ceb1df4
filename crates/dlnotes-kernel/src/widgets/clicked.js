// A figure that tells where it is clicked or dragged, in the values of its own axes. anywidget runs this in the page.

/** The place of a pointer as values of the axes of the figure under it; null beside all frames. */
function place(el, event) {
  for (const axes of el.querySelectorAll("[data-frame]")) {
    const matrix = axes.ownerSVGElement?.getScreenCTM();
    if (!matrix) continue;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const [x, y, width, height] = axes.dataset.frame.split(" ").map(Number);
    const [across, up] = [(point.x - x) / width, 1 - (point.y - y) / height];
    if (across < 0 || across > 1 || up < 0 || up > 1) continue;
    return [value(axes.dataset.x, across), value(axes.dataset.y, up)];
  }
  return null;
}

/** What an axis "from to" or "from to log" has at a part of its length. */
function value(axis, part) {
  const [from, to, log] = axis.split(" ");
  const scale = log ? Math.log10 : Number;
  const at = scale(Number(from)) + part * (scale(Number(to)) - scale(Number(from)));
  return log ? 10 ** at : at;
}

function render({ model, el }) {
  const draw = () => {
    el.innerHTML = model.get("value");
  };
  const tell = (event) => {
    const at = place(el, event);
    if (!at) return;
    model.set("at", at);
    model.save_changes();
  };
  el.style.cursor = "crosshair";
  el.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    el.setPointerCapture(event.pointerId);
    tell(event);
  });
  el.addEventListener("pointermove", (event) => {
    if (el.hasPointerCapture(event.pointerId)) tell(event);
  });
  model.on("change:value", draw);
  draw();
  return () => model.off("change:value", draw);
}

export default { render };
