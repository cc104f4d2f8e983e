// What htmx does not do by itself: the plot of a batch's pace, and saying when the service does not answer.
"use strict";

(function () {
  const PLOT_SECONDS = 5;
  const PLOT_HEIGHT = 220;
  const notice = () => document.getElementById("notice");

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  /** The minutes from the first to the last answer, with 0 where there was none. */
  function filled(items) {
    const minute = 60;
    const at = new Map(items.map((one) => [Date.parse(one.minute) / 1000, one]));
    const times = [...at.keys()];
    const first = Math.min(...times) - minute;
    const last = Math.max(...times) + minute;
    const data = [[], [], []];
    for (let time = first; time <= last; time += minute) {
      const one = at.get(time) || { completed: 0, error: 0 };
      data[0].push(time);
      data[1].push(one.completed + one.error);
      data[2].push(one.error);
    }
    return data;
  }

  function options(width) {
    const axis = { stroke: colour("--dim"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    const stepped = uPlot.paths.stepped({ align: 1 });
    const series = (label, name) => ({
      label, stroke: colour(name), fill: colour(name) + "33", width: 2, paths: stepped, points: { show: false },
    });
    return {
      width, height: PLOT_HEIGHT,
      scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [{ ...axis, incrs: [1, 2, 5, 10, 15, 30, 60].map((minutes) => minutes * 60), values: "{HH}:{mm}" }, { ...axis, size: 56, values: (_plot, ticks) => ticks.map((tick) => (tick % 1 ? "" : tick.toLocaleString("en"))) }],
      series: [{ label: "minute", value: "{HH}:{mm}" }, series("answers", "--completed"), series("errors", "--error")],
    };
  }

  /** Draws anew only when it must, so that what the pointer shows stays. */
  function show(box, items, anew) {
    if (items.length > 0 && box.plot && !anew) {
      box.plot.setData(filled(items));
      return;
    }
    box.replaceChildren();
    box.plot = null;
    if (items.length === 0) {
      const text = document.createElement("p");
      text.textContent = "No answers within the last two hours.";
      box.append(text);
      return;
    }
    box.plot = new uPlot(options(box.clientWidth), filled(items), box);
  }

  async function draw(box, anew) {
    if (document.hidden) return;
    const response = await fetch(box.dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (response && response.ok) show(box, (await response.json()).items, anew);
  }

  function plots() {
    for (const box of document.querySelectorAll(".plot[data-url]")) {
      draw(box);
      setInterval(draw, PLOT_SECONDS * 1000, box);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(box, true));
      new ResizeObserver(() => box.plot && box.plot.setSize({ width: box.clientWidth, height: PLOT_HEIGHT })).observe(box);
    }
  }

  // nobody looks at a hidden tab: it asks for nothing
  document.addEventListener("htmx:before:request", (event) => {
    const source = event.detail.ctx && event.detail.ctx.sourceElement;
    if (document.hidden && source && source.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:error", () => {
    const box = document.createElement("div");
    box.className = "notice bad";
    box.textContent = "The service does not answer; this page shows what it knew last.";
    notice().replaceChildren(box);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const response = event.detail.ctx && event.detail.ctx.response;
    if (response && response.status < 400) notice().replaceChildren();
  });
  document.addEventListener("DOMContentLoaded", plots);
})();
