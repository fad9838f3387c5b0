// Draws each chart from the table beneath it: one source of figures, and the page is whole without scripts.
"use strict";
(() => {
  if (!window.echarts) return;
  // By day and by night: the same order, readable on white and on near black.
  const LOOKS = {
    light: { colours: ["#1b4f8f", "#c56a1a", "#3d7f53", "#94252b", "#6b5aa0", "#7a858f"], ink: "#20252b", line: "#c3c9d0", alarm: "#94252b", theme: null },
    dark: { colours: ["#8db9f2", "#f0a35e", "#7ccb95", "#ff9a9a", "#b9a9ec", "#b4bec8"], ink: "#e6e9ec", line: "#4a525b", alarm: "#ff9a9a", theme: "dark" },
  };
  let look = LOOKS.light;
  const lookOfScreen = () => (getComputedStyle(document.documentElement).colorScheme === "dark" ? LOOKS.dark : LOOKS.light);
  const narrow = window.matchMedia("(max-width: 620px)").matches;

  const words = (td) => td.textContent.trim(); // not innerText: that is empty where a table is folded away
  const cell = (td) => {
    const link = td.querySelector("a");
    return { value: Number(words(td)) || 0, href: link ? link.href : null };
  };
  const rowsOf = (table) =>
    [...table.tBodies[0].rows].filter((row) => !row.querySelector(".empty")).map((row) => [...row.cells]);
  const headsOf = (table) => [...table.tHead.rows[0].cells].map((th) => words(th));

  const base = () => ({
    color: look.colours,
    backgroundColor: "transparent",
    animation: false,
    textStyle: { color: look.ink, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13 },
    // Patterns, so that print without colours tells the series apart. The tooltip is drawn, not written as HTML: no style attributes.
    aria: { enabled: true, decal: { show: true } },
    tooltip: { renderMode: "richText", confine: true },
    legend: { top: 0, textStyle: { color: look.ink } },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
  });

  const axis = (more) => ({
    axisLabel: { color: look.ink, ...more.axisLabel },
    axisLine: { lineStyle: { color: look.line } },
    splitLine: { show: more.type === "value", lineStyle: { color: look.line } },
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== "axisLabel")),
  });

  // A table whose rows are the series and whose columns are the places on the axis.
  const seriesOf = (table) => rowsOf(table).map((cells) => [words(cells[0]), cells.slice(1).map(cell)]);

  const columns = (heads, series, more = {}) => ({
    ...base(),
    xAxis: axis({ type: "category", data: heads, axisLabel: { hideOverlap: true } }),
    yAxis: axis({ type: "value", minInterval: 1 }),
    series: series.map(([name, data]) => ({ type: "bar", name, data, barMaxWidth: 28, ...more })),
  });

  const lying = (table, wanted, stack, most = 14) => {
    const heads = headsOf(table);
    const rows = rowsOf(table).slice(0, most).reverse();
    const option = base();
    if (narrow && wanted.length > 3) option.grid.top = 64; // its legend needs two lines
    return {
      ...option,
      xAxis: axis({ type: "value", minInterval: 1 }),
      yAxis: axis({
        type: "category",
        data: rows.map((cells) => words(cells[0])),
        axisLabel: { width: narrow ? 96 : 220, overflow: "truncate" },
      }),
      series: wanted.map((at) => ({
        type: "bar", name: heads[at], stack, barMaxWidth: 20, data: rows.map((cells) => cell(cells[at])),
      })),
    };
  };

  const makers = {
    trend: (table) => columns(headsOf(table).slice(1), seriesOf(table)),
    spans: (table) => {
      const lows = [...table.tHead.rows[0].cells].slice(1);
      const last = lows.filter((th) => Number(th.dataset.low) <= Number(table.dataset.limit)).length - 1;
      const option = columns(headsOf(table).slice(1), seriesOf(table), { stack: "all" });
      option.series[0].markLine = {
        silent: true, symbol: "none", lineStyle: { color: look.alarm, width: 2, type: "dashed" },
        label: { formatter: table.dataset.limitWords, color: look.alarm }, data: [{ xAxis: last }],
      };
      return option;
    },
    bodies: (table) => lying(table, [1, 2], undefined, 10),
    units: (table) => lying(table, headsOf(table).map((_, at) => at).slice(1, -2), "all"),
    said: (table) => lying(table, headsOf(table).map((_, at) => at).slice(1), "all"),
    flow: (table) => {
      const bands = rowsOf(table).map((cells) => ({
        at: Number(cells[0].parentElement.dataset.at), ends: [words(cells[0]), words(cells[1])], value: cell(cells[2]).value,
      }));
      const sizes = new Map();
      bands.filter(({ at }) => at === 2)
        .forEach(({ ends, value }) => sizes.set(ends[0], (sizes.get(ends[0]) || 0) + value));
      const largest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 8).map(([name]) => name);
      const rest = table.dataset.rest || "其余部门";
      const links = new Map();
      const depth = new Map();
      bands.forEach(({ at, ends, value }) => {
        // A node is a stage and a name, so that the same word may stand in two stages.
        const nodes = ends.map((name, end) => {
          const node = `${at + end}|${at + end === 2 && !largest.includes(name) ? rest : name}`;
          depth.set(node, at + end);
          return node;
        });
        const key = nodes.join(">");
        links.set(key, (links.get(key) || 0) + value);
      });
      const plain = (node) => node.split("|")[1];
      const option = base();
      delete option.grid;
      delete option.legend;
      option.tooltip.formatter = ({ dataType, data, name, value }) =>
        dataType === "edge" ? `${plain(data.source)} → ${plain(data.target)}  ${data.value}` : `${plain(name)}  ${value}`;
      option.series = [{
        type: "sankey", left: 4, right: narrow ? 60 : 110, top: 8, bottom: 8, nodeGap: 9, draggable: false,
        data: [...depth].map(([name, at]) => ({ name, depth: at })),
        links: [...links].map(([key, value]) => {
          const [source, target] = key.split(">");
          return { source, target, value };
        }),
        label: { color: look.ink, textBorderWidth: 0, formatter: ({ name, value }) => `${plain(name)} ${value}`, fontSize: narrow ? 11 : 13, width: narrow ? 80 : 200, overflow: "truncate" },
        lineStyle: { color: "source", opacity: 0.32 },
      }];
      return option;
    },
  };

  const drawn = new Map();
  const draw = (place) => {
    const table = document.getElementById(place.dataset.table);
    if (drawn.has(place)) drawn.get(place).dispose();
    const chart = window.echarts.init(place, look.theme, { renderer: "canvas", devicePixelRatio: Math.max(2, window.devicePixelRatio) });
    chart.setOption(makers[place.dataset.chart](table));
    chart.on("click", ({ data }) => {
      if (data && data.href) window.location.assign(data.href);
    });
    drawn.set(place, chart);
  };
  window.addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
  const drawAnew = (wanted) => {
    if (look === wanted) return;
    look = wanted;
    [...drawn.keys()].forEach(draw);
  };

  // Drawn when it comes into sight, or before the page is printed.
  const waiting = new Set();
  const show = (place) => {
    if (waiting.delete(place)) draw(place);
  };
  look = lookOfScreen();
  const sight = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => show(entry.target)));
  document.querySelectorAll("[data-chart]").forEach((place) => {
    const table = document.getElementById(place.dataset.table);
    if (!table || !table.querySelector("td a")) return; // nothing to draw: the table says so
    place.hidden = false;
    waiting.add(place);
    sight.observe(place);
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAnew(lookOfScreen()));
  // Paper is white, whatever the screen is.
  window.addEventListener("beforeprint", () => { drawAnew(LOOKS.light); [...waiting].forEach(show); });
  window.addEventListener("afterprint", () => drawAnew(lookOfScreen()));
})();
