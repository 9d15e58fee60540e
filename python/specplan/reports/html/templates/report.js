"use strict";
// What the page can do beyond being read: search, filter, order, all rows, links to a view, and the
// picture of the plan. It draws from the data of the page alone, fetches nothing, and writes every
// text as text, never as markup.
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const data = JSON.parse(byId("data").textContent);
  const strings = data.strings;
  const ROWS = 100;
  const PRINTED = 500;

  // --- Elements -----------------------------------------------------------------------------

  function made(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  function drawn(tag, attributes, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null) element.setAttribute(name, value);
    }
    if (text !== undefined) element.textContent = text;
    return element;
  }

  const named = (text, more = "") => made("bdi", { class: `name ${more}`.trim() }, text);
  const hashed = (text) => made("code", { class: "hash", title: text }, text.slice(0, 7));
  const numbered = (value) => made("td", { class: "right" }, value === null ? "" : String(value));
  const grouped = (number) => String(number).replace(/\B(?=(?:\d{3})+$)/gu, ",");
  const counted = (number, one, several = `${one}s`) => `${grouped(number)} ${number === 1 ? one : several}`;

  // --- The view, and the fragment that links to it -----------------------------------------------

  const view = {};

  function cleared() {
    return {
      q: "", state: [], now: false, fresh: false, cell: -1, cause: -1, sort: "",
      rows: "name", lacking: false, find: "", critical: false, order: "", build: -1,
    };
  }

  const spelt = (parts) => parts.map(encodeURIComponent).join("/");

  function cellName(at) {
    const cells = data.cells;
    return spelt([cells.stack[at], cells.os[at], cells.target[at]].map((text) => strings[text]));
  }

  function readView() {
    Object.assign(view, cleared());
    const fragment = location.hash.slice(1);
    if (!fragment.includes("=")) return;
    const words = new URLSearchParams(fragment);
    const word = (name) => words.get(name) || "";
    view.q = word("q");
    view.find = word("find");
    view.now = word("now") === "1";
    view.fresh = word("fresh") === "1";
    view.lacking = word("lacking") === "1";
    view.critical = word("critical") === "1";
    view.sort = word("sort");
    view.order = word("order");
    if (["worst", "best"].includes(word("rows"))) view.rows = word("rows");
    if (data.gaps) {
      const known = new Set(data.states.map(([key]) => key));
      view.state = word("state").split(",").filter((key) => known.has(key));
      view.cause = data.causes.indexOf(word("cause"));
      if (word("cell")) {
        view.cell = data.cells.stack.findIndex((_, at) => cellName(at) === word("cell"));
      }
    }
    if (data.builds && word("build")) {
      view.build = data.builds.hash.findIndex((text) => strings[text].startsWith(word("build")));
    }
  }

  function writeView() {
    const words = new URLSearchParams();
    const set = (name, value) => value && words.set(name, value);
    set("q", view.q);
    set("state", view.state.join(","));
    set("now", view.now ? "1" : "");
    set("fresh", view.fresh ? "1" : "");
    set("cell", view.cell < 0 ? "" : cellName(view.cell));
    set("cause", view.cause < 0 ? "" : data.causes[view.cause]);
    set("sort", view.sort);
    set("rows", view.rows === "name" ? "" : view.rows);
    set("lacking", view.lacking ? "1" : "");
    set("find", view.find);
    set("critical", view.critical ? "1" : "");
    set("order", view.order);
    set("build", view.build < 0 ? "" : strings[data.builds.hash[view.build]]);
    const fragment = words.toString().replaceAll("%2F", "/");
    try {
      history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
    } catch {
      // A page in a sandbox has no history; its view cannot be linked, all else works.
    }
  }

  // --- Search -----------------------------------------------------------------------------------

  let lowered = null;

  // Returns whether row `at` has every word of a query in one of some columns. Each text is looked
  // at once for each word, however many rows have it.
  function matcher(query, columns) {
    const words = query.toLowerCase().split(/\s+/u).filter(Boolean);
    if (!words.length) return null;
    lowered ??= strings.map((text) => text.toLowerCase());
    const found = words.map((word) => lowered.map((text) => text.includes(word)));
    return (at) => found.every((hits) => columns.some((column) => hits[column[at]]));
  }

  // --- Tables of which the script draws the rows ----------------------------------------------------

  class Rows {
    // `columns` gives for each key the value of a row; `row` draws one.
    constructor({ table, shown, more, total, columns, row, sorted, noun }) {
      Object.assign(this, { columns, row, sorted, noun, total });
      this.table = byId(table);
      this.shown = byId(shown);
      this.more = byId(more);
      this.body = this.table.tBodies[0];
      this.orders = new Map();
      this.ranked = Array.from({ length: total }, (_, at) => at);
      this.found = this.ranked;
      this.drawnRows = this.body.rows.length;
      this.sort = "";
      for (const header of all("th[data-key]", this.table)) this.makeSortable(header);
      this.more.addEventListener("click", () => {
        const first = this.drawnRows;
        this.draw(first + ROWS);
        this.body.rows[first]?.querySelector("th")?.scrollIntoView({ block: "nearest" });
        if (this.more.parentElement.hidden) this.table.parentElement.focus();
      });
      this.say();
    }

    makeSortable(header) {
      const key = header.dataset.key;
      if (!Object.hasOwn(this.columns, key)) return;
      const button = made("button", { type: "button" }, ...header.childNodes);
      header.replaceChildren(button);
      const down = typeof this.columns[key](0) !== "string";
      button.addEventListener("click", () => {
        const steps = down ? [`-${key}`, key, ""] : [key, `-${key}`, ""];
        const at = steps.indexOf(this.sort);
        this.sorted(steps[at < 0 ? 0 : (at + 1) % steps.length]);
      });
    }

    // The numbers of all rows in an order; computed once for each column, reversed for the other way.
    ordered(sort) {
      const key = sort.replace(/^-/u, "");
      if (!Object.hasOwn(this.columns, key)) return this.ranked;
      if (!this.orders.has(key)) {
        const values = this.ranked.map(this.columns[key]);
        const known = this.ranked.filter((at) => values[at] !== null);
        const unknown = this.ranked.filter((at) => values[at] === null);
        known.sort((a, b) => {
          if (values[a] === values[b]) return a - b;
          return values[a] < values[b] ? -1 : 1;
        });
        this.orders.set(key, { up: [...known, ...unknown], down: [...known.reverse(), ...unknown] });
      }
      return this.orders.get(key)[sort.startsWith("-") ? "down" : "up"];
    }

    show(sort, keep) {
      this.sort = Object.hasOwn(this.columns, sort.replace(/^-/u, "")) ? sort : "";
      const order = this.ordered(this.sort);
      this.found = keep ? order.filter(keep) : order;
      for (const header of all("th[data-key]", this.table)) {
        const key = header.dataset.key;
        if (this.sort === key) header.setAttribute("aria-sort", "ascending");
        else if (this.sort === `-${key}`) header.setAttribute("aria-sort", "descending");
        else header.removeAttribute("aria-sort");
      }
      this.drawnRows = 0;
      this.body.replaceChildren();
      this.draw(ROWS);
    }

    draw(most) {
      const last = Math.min(most, this.found.length);
      const rows = document.createDocumentFragment();
      for (let at = this.drawnRows; at < last; at += 1) rows.append(this.row(this.found[at]));
      this.body.append(rows);
      this.drawnRows = last;
      this.say();
    }

    say() {
      const { found, total, drawnRows } = this;
      const of = found.length === total ? "" : `${counted(found.length, this.noun)} of `;
      const first = drawnRows < found.length ? `, the first ${drawnRows} shown` : "";
      const words = `${of}${counted(total, this.noun)}${first}.`;
      if (this.shown.textContent !== words) this.shown.textContent = words;
      this.more.parentElement.hidden = drawnRows >= found.length;
    }
  }

  // --- Gaps ---------------------------------------------------------------------------------------

  let gapRows = null;

  function gapRow(at) {
    const gaps = data.gaps;
    const text = (column) => strings[gaps[column][at]];
    const [key, words] = data.states[gaps.state[at]];
    const want = made("th", { scope: "row" }, named(text("want")));
    if (text("hash")) want.append(" ", hashed(text("hash")));
    if (text("known")) want.append(" ", made("span", { class: "tag", title: text("known") }, "known"));
    const where = made("td", {}, named(text("stack")), " ", made("span", { class: "system" }, named(text("system"))));
    const nearest = made("td", {});
    if (text("nearest")) {
      nearest.append(hashed(text("nearest")), " ", made("span", { class: "system" }, named(text("place"))));
    } else {
      nearest.append("none");
    }
    const row = made("tr", {}, want, where);
    if (byId("gap-table").classList.contains("with-blocked")) {
      const now = gaps.now[at];
      row.append(
        numbered(gaps.blocked[at]),
        numbered(gaps.roots[at]),
        made("td", {}, now === null ? "" : now ? "yes" : "no"),
      );
    }
    row.append(
      made("td", {}, made("span", { class: `state state-${key}` }, words)),
      nearest,
      made("td", {}, ...(text("differs") ? [named(text("differs"))] : [])),
    );
    return row;
  }

  function keptGaps() {
    const gaps = data.gaps;
    const tests = [];
    const found = matcher(view.q, [gaps.want, gaps.hash, gaps.stack, gaps.system, gaps.nearest, gaps.place, gaps.differs]);
    if (found) tests.push(found);
    if (view.state.length) {
      const kept = data.states.map(([key]) => view.state.includes(key));
      tests.push((at) => kept[gaps.state[at]]);
    }
    if (view.now) tests.push((at) => gaps.now[at] === 1);
    if (view.fresh) tests.push((at) => strings[gaps.known[at]] === "");
    if (view.cell >= 0) tests.push((at) => gaps.cell[at] === view.cell);
    if (view.cause >= 0) tests.push((at) => gaps.cause[at] === view.cause);
    return tests.length ? (at) => tests.every((test) => test(at)) : null;
  }

  function showGaps() {
    if (!gapRows) return;
    gapRows.show(view.sort, keptGaps());
    showChips();
    for (const cell of all("td[data-cell]")) {
      const chosen = Number(cell.dataset.cell) === view.cell;
      cell.classList.toggle("chosen", chosen);
      if (chosen) cell.setAttribute("aria-selected", "true");
      else cell.removeAttribute("aria-selected");
    }
  }

  function showChips() {
    const chips = [];
    const chip = (words, clear) => {
      const button = made("button", { type: "button" }, `${words} ×`);
      button.setAttribute("aria-label", `Do not filter by ${words}`);
      button.addEventListener("click", () => {
        clear();
        changed();
        byId("gap-search").focus();
      });
      chips.push(button);
    };
    if (view.cell >= 0) {
      const words = ["stack", "os", "target"].map((part) => strings[data.cells[part][view.cell]]);
      chip(`cell ${words[0]} ${words[1]}/${words[2]}`, () => { view.cell = -1; });
    }
    if (view.cause >= 0) {
      const row = document.querySelector(`tr[data-cause="${view.cause}"] th`);
      chip(`cause ${row ? row.textContent : data.causes[view.cause]}`, () => { view.cause = -1; });
    }
    byId("chips").replaceChildren(...chips);
  }

  // A cell of CSV that no spreadsheet takes for a formula.
  function csvCell(value) {
    const text = value === null ? "" : String(value);
    const safe = /^ *[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(text) && typeof value === "string" ? `'${text}` : text;
    return /[",\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function saveCsv() {
    const gaps = data.gaps;
    const names = ["want", "hash", "stack", "system", "state", "blocked", "roots", "buildable_now", "nearest", "nearest_place", "differs"];
    const lines = gapRows.found.map((at) => [
      ...["want", "hash", "stack", "system"].map((column) => strings[gaps[column][at]]),
      data.states[gaps.state[at]][0],
      gaps.blocked[at],
      gaps.roots[at],
      gaps.now[at] === null ? null : gaps.now[at] === 1 ? "true" : "false",
      ...["nearest", "place", "differs"].map((column) => strings[gaps[column][at]]),
    ]);
    const text = [names, ...lines].map((line) => line.map(csvCell).join(",")).join("\r\n");
    const address = URL.createObjectURL(new Blob([`${text}\r\n`], { type: "text/csv" }));
    const link = made("a", { href: address, download: "gaps.csv" });
    link.click();
    URL.revokeObjectURL(address);
  }

  function startGaps() {
    if (!data.gaps || !byId("gap-table")) return;
    const gaps = data.gaps;
    const text = (column) => (at) => strings[gaps[column][at]];
    gapRows = new Rows({
      table: "gap-table", shown: "gap-shown", more: "gap-more", total: gaps.want.length, noun: "gap",
      row: gapRow,
      sorted: (sort) => { view.sort = sort; changed(); },
      columns: {
        want: text("want"),
        stack: (at) => `${strings[gaps.stack[at]]} ${strings[gaps.system[at]]}`,
        blocked: (at) => gaps.blocked[at],
        roots: (at) => gaps.roots[at],
        now: (at) => gaps.now[at],
        state: (at) => data.states[gaps.state[at]][1],
        nearest: (at) => strings[gaps.place[at]] || null,
        differs: (at) => strings[gaps.differs[at]] || null,
      },
    });
    const search = () => {
      view.q = byId("gap-search").value;
      changed();
    };
    byId("gap-search").addEventListener("input", later(search));
    // For who cannot wait for a pause, such as a measurement.
    byId("gap-search").addEventListener("specplan-now", search);
    for (const box of all('input[name="state"]')) {
      box.addEventListener("change", () => {
        view.state = all('input[name="state"]:checked').map((each) => each.value);
        changed();
      });
    }
    byId("gap-now")?.addEventListener("change", () => {
      view.now = byId("gap-now").checked;
      changed();
    });
    byId("gap-known")?.addEventListener("change", () => {
      view.fresh = byId("gap-known").checked;
      changed();
    });
    byId("gap-clear").addEventListener("click", () => {
      Object.assign(view, { q: "", state: [], now: false, fresh: false, cell: -1, cause: -1, sort: "" });
      changed();
      byId("gap-search").focus();
    });
    byId("gap-csv").addEventListener("click", saveCsv);
    for (const row of all("tr[data-cause]")) startCause(row);
  }

  function startCause(row) {
    const count = row.cells[1];
    const words = `Show the gaps of: ${row.cells[0].textContent}`;
    const button = made("button", { type: "button", title: words }, count.textContent);
    button.setAttribute("aria-label", `${count.textContent}. ${words}`);
    count.replaceChildren(button);
    button.addEventListener("click", () => {
      view.cause = Number(row.dataset.cause);
      view.cell = -1;
      changed();
      reveal("gaps");
    });
  }

  // Waits for a pause in typing, so that not every key draws rows.
  function later(action) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(action, 90);
    };
  }

  // What was not on the screen yet has a height that is a guess, so that a jump over it may end
  // elsewhere: it is repeated until all on the way is drawn, or somebody scrolls.
  function goTo(target) {
    if (!target) return;
    const over = new AbortController();
    for (const each of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      addEventListener(each, () => over.abort(), { passive: true, signal: over.signal });
    }
    const top = () => target.getBoundingClientRect().top;
    let [left, still, last] = [120, 0, NaN];
    const step = () => {
      if (over.signal.aborted) return;
      still = Math.abs(top() - last) < 2 ? still + 1 : 0;
      if (!still) target.scrollIntoView({ behavior: "instant" });
      last = top();
      left -= 1;
      if (left && still < 6) requestAnimationFrame(step);
      else over.abort();
    };
    step();
  }

  function reveal(id) {
    const heading = byId(`${id}-title`);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    goTo(byId(id));
  }

  // --- Matrix ---------------------------------------------------------------------------------------

  function startMatrix() {
    const table = byId("matrix-table");
    if (!table) return;
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const cells = all("td[data-cell]", body);
    table.setAttribute("role", "grid");
    for (const cell of cells) {
      cell.setAttribute("role", "gridcell");
      cell.tabIndex = -1;
    }
    if (cells.length) cells[0].tabIndex = 0;
    body.addEventListener("keydown", (event) => {
      const cell = event.target.closest("td[data-cell]");
      if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" || event.key === " ") chooseCell(cell);
      else if (!moveInMatrix(body, cell, event.key)) return;
      event.preventDefault();
    });
    body.addEventListener("click", (event) => {
      const cell = event.target.closest("td[data-cell]");
      if (cell) chooseCell(cell);
    });
    byId("matrix-order").addEventListener("change", () => {
      view.rows = byId("matrix-order").value;
      changed();
    });
    byId("matrix-gaps").addEventListener("change", () => {
      view.lacking = byId("matrix-gaps").checked;
      changed();
    });
    showMatrix = () => {
      const by = { name: () => 0, worst: (row) => Number(row.dataset.order), best: (row) => -Number(row.dataset.order) }[view.rows];
      // Where nothing is wanted there is nothing to compare: such rows come last.
      const key = (row) => (view.rows !== "name" && row.dataset.order === "-1" ? 2 : by(row));
      body.append(...[...rows].sort((a, b) => key(a) - key(b) || rows.indexOf(a) - rows.indexOf(b)));
      for (const row of rows) {
        row.hidden = view.lacking && !all("td[data-cell]", row).some((cell) => cell.dataset.gaps !== "0");
      }
    };
  }

  let showMatrix = () => {};

  function moveInMatrix(body, cell, key) {
    const rows = [...body.rows].filter((row) => !row.hidden);
    const row = rows.indexOf(cell.parentElement);
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    let next = null;
    if (key === "Home") next = rows[row].querySelector("td[data-cell]");
    else if (key === "End") next = all("td[data-cell]", rows[row]).pop();
    else if (Object.hasOwn(steps, key)) {
      const [down, right] = steps[key];
      let at = row + down;
      let column = cell.cellIndex + right;
      while (rows[at]?.cells[column]) {
        if (rows[at].cells[column].dataset.cell !== undefined) {
          next = rows[at].cells[column];
          break;
        }
        at += down;
        column += right;
      }
    } else return false;
    if (next) {
      for (const other of all('td[tabindex="0"]', body)) other.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
    return true;
  }

  function chooseCell(cell) {
    const at = Number(cell.dataset.cell);
    view.cell = view.cell === at ? -1 : at;
    changed();
    if (view.cell >= 0 && gapRows) reveal("gaps");
  }

  // --- Plan -----------------------------------------------------------------------------------------

  let buildRows = null;
  let showPicture = () => {};

  function buildRow(at) {
    const builds = data.builds;
    const text = (column) => strings[builds[column][at]];
    const name = made("th", { scope: "row" }, named(text("name")), " ", hashed(text("hash")));
    if (builds.critical[at]) name.append(" ", made("span", { class: "tag" }, "critical"));
    return made(
      "tr",
      {},
      name,
      numbered(builds.stage[at]),
      made("td", {}, text("cause")),
      numbered(text("words")),
      numbered(text("starts")),
      numbered(builds.needs[at].length),
      numbered(unblocked(at).length),
      numbered(builds.in_all[at]),
      made("td", {}, named(text("stacks"))),
    );
  }

  let dependents = null;

  // The builds that wait for one.
  function unblocked(at) {
    if (!dependents) {
      dependents = data.builds.needs.map(() => []);
      data.builds.needs.forEach((needs, build) => {
        for (const each of needs) dependents[each].push(build);
      });
    }
    return dependents[at];
  }

  function startBuilds() {
    const builds = data.builds;
    if (!builds || !byId("build-table")) return;
    const text = (column) => (at) => strings[builds[column][at]];
    buildRows = new Rows({
      table: "build-table", shown: "build-shown", more: "build-more", total: builds.name.length, noun: "build",
      row: buildRow,
      sorted: (sort) => { view.order = sort; changed(); },
      columns: {
        name: text("name"),
        stage: (at) => builds.stage[at],
        cause: text("cause"),
        cost: (at) => builds.cost[at],
        start: (at) => builds.start[at],
        waits: (at) => builds.needs[at].length,
        unblocks: (at) => unblocked(at).length,
        in_all: (at) => builds.in_all[at],
        stacks: text("stacks"),
      },
    });
    byId("build-search").addEventListener("input", later(() => {
      view.find = byId("build-search").value;
      changed();
    }));
    byId("build-critical").addEventListener("change", () => {
      view.critical = byId("build-critical").checked;
      changed();
    });
  }

  function showBuilds() {
    if (!buildRows) return;
    const builds = data.builds;
    const found = matcher(view.find, [builds.name, builds.hash, builds.stacks, builds.cause, builds.system]);
    const keep = view.critical ? (at) => builds.critical[at] === 1 && (!found || found(at)) : found;
    buildRows.show(view.order, keep);
  }

  function startPicture() {
    const picture = byId("gantt");
    if (!picture || !data.gantt) return;
    const { left, width, top, bar, lanes, span } = data.gantt;
    const builds = data.builds;
    const plot = width - left - 14;
    const bars = picture.querySelector(".bars");
    const axis = picture.querySelector(".axis");
    const profile = picture.querySelector(".profile");
    const whole = { bars: [...bars.childNodes], axis: [...axis.childNodes] };
    const box = byId("gantt-box");
    const count = builds.name.length;
    const height = lanes ? (data.gantt.bottom - top) / lanes : 0;
    let shown = { from: 0, to: span };

    function place(at) {
      const scale = plot / (shown.to - shown.from);
      const from = Math.max(builds.start[at], shown.from);
      const to = Math.min(builds.finish[at], shown.to);
      return { x: left + (from - shown.from) * scale, wide: Math.max((to - from) * scale, 1) };
    }

    function barOf(at) {
      const { x, wide } = place(at);
      const y = top + height * builds.lane[at] + (height > 13 ? 2 : 0.5);
      const critical = builds.critical[at] === 1;
      const group = drawn("g", { "data-build": at });
      const kind = `build${critical ? " critical" : ""}${builds.estimated[at] ? " estimated" : ""}`;
      group.append(
        drawn("title", {}, strings[builds.name[at]]),
        drawn("rect", { class: kind, x: x.toFixed(1), y: y.toFixed(1), width: Math.max(wide - 0.6, 0.8).toFixed(1), height: bar, rx: 2 }),
      );
      const name = strings[builds.name[at]];
      const room = (wide - 6) / 6.2;
      const label = name.length <= room ? name : name.split("@")[0];
      if (height >= 13 && label.length <= room) {
        group.append(drawn("text", { class: critical ? "on-critical" : "on-build", x: (x + 4).toFixed(1), y: (y + bar / 2 + 4).toFixed(1) }, label));
      }
      return group;
    }

    function redraw() {
      const isWhole = shown.from <= 0 && shown.to >= span;
      if (isWhole) {
        bars.replaceChildren(...whole.bars);
        axis.replaceChildren(...whole.axis);
        profile?.removeAttribute("transform");
      } else {
        const inside = [];
        for (let at = 0; at < count; at += 1) {
          if (builds.lane[at] >= 0 && builds.finish[at] > shown.from && builds.start[at] < shown.to) inside.push(at);
        }
        inside.sort((a, b) => builds.cost[b] - builds.cost[a]);
        bars.replaceChildren(...inside.slice(0, 3000).map(barOf));
        axis.replaceChildren(...ticks());
        const by = span / (shown.to - shown.from);
        const shift = left - by * (left + (shown.from * plot) / span);
        profile?.setAttribute("transform", `matrix(${by} 0 0 1 ${shift} 0)`);
      }
      mark(view.build);
    }

    function ticks() {
      const least = (shown.to - shown.from) / 9;
      const round = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
      const step = (data.unit === "seconds" && round.find((each) => each >= least))
        || [1, 2, 5, 10].map((each) => each * 10 ** Math.floor(Math.log10(least))).find((each) => each >= least * 0.999);
      const found = [];
      for (let time = Math.ceil(shown.from / step) * step; time <= shown.to; time += step) {
        const x = (left + ((time - shown.from) * plot) / (shown.to - shown.from)).toFixed(1);
        found.push(
          drawn("line", { class: "grid", x1: x, x2: x, y1: 20, y2: picture.viewBox.baseVal.height - 6 }),
          drawn("text", { class: "label", x: Number(x) + 3, y: 13 }, clock(time)),
        );
      }
      return found;
    }

    function zoom(by, around = (shown.from + shown.to) / 2) {
      const least = span / 4096;
      const wide = Math.min(Math.max((shown.to - shown.from) * by, least), span);
      const share = (around - shown.from) / (shown.to - shown.from);
      const from = Math.min(Math.max(around - share * wide, 0), span - wide);
      shown = { from, to: from + wide };
      redraw();
    }

    function pan(by) {
      const wide = shown.to - shown.from;
      const from = Math.min(Math.max(shown.from + by * wide, 0), span - wide);
      shown = { from, to: from + wide };
      redraw();
    }

    const middle = () => (view.build >= 0 ? (builds.start[view.build] + builds.finish[view.build]) / 2 : undefined);
    byId("gantt-in").addEventListener("click", () => zoom(0.5, middle()));
    byId("gantt-out").addEventListener("click", () => zoom(2));
    byId("gantt-left").addEventListener("click", () => pan(-0.5));
    byId("gantt-right").addEventListener("click", () => pan(0.5));
    byId("gantt-fit").addEventListener("click", () => { shown = { from: 0, to: span }; redraw(); });

    const groupOf = (target) => target.closest?.("[data-build]");
    picture.addEventListener("pointerover", (event) => {
      const group = groupOf(event.target);
      if (group) mark(Number(group.dataset.build), false);
    });
    picture.addEventListener("pointerleave", () => mark(view.build));
    picture.addEventListener("click", (event) => {
      const group = groupOf(event.target);
      choose(group ? Number(group.dataset.build) : -1);
    });
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") choose(-1);
      else if (event.key === "+") zoom(0.5, middle());
      else if (event.key === "-") zoom(2);
      else {
        const next = beside(event.key);
        if (next === null) return;
        if (next >= 0) choose(next);
      }
      event.preventDefault();
    });

    // The build in a direction: along its lane, or the one of another lane that runs at that time.
    function beside(key) {
      if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key)) return null;
      const placed = [...Array(count).keys()].filter((at) => builds.lane[at] >= 0);
      const byStart = (a, b) => builds.start[a] - builds.start[b] || a - b;
      if (view.build < 0 || key === "Home") return placed.sort(byStart)[0] ?? -1;
      if (key === "End") return placed.sort((a, b) => builds.finish[a] - builds.finish[b] || a - b).pop() ?? -1;
      const now = view.build;
      if (key === "ArrowLeft" || key === "ArrowRight") {
        const lane = placed.filter((at) => builds.lane[at] === builds.lane[now]).sort(byStart);
        return lane[lane.indexOf(now) + (key === "ArrowRight" ? 1 : -1)] ?? -1;
      }
      const lane = builds.lane[now] + (key === "ArrowDown" ? 1 : -1);
      const near = placed.filter((at) => builds.lane[at] === lane);
      const apart = (at) => Math.max(builds.start[at] - builds.finish[now], builds.start[now] - builds.finish[at], 0);
      return near.sort((a, b) => apart(a) - apart(b) || byStart(a, b))[0] ?? -1;
    }

    function choose(at) {
      view.build = at < count ? at : -1;
      writeView();
      const { from, to } = shown;
      if (at >= 0 && (builds.finish[at] <= from || builds.start[at] >= to)) {
        const wide = to - from;
        const start = Math.min(Math.max(builds.start[at] - wide / 4, 0), span - wide);
        shown = { from: start, to: start + wide };
        redraw();
      }
      mark(view.build);
    }

    function mark(at, tell = true) {
      for (const group of all(".is-chosen, .is-needed, .is-unblocked", picture)) {
        group.classList.remove("is-chosen", "is-needed", "is-unblocked");
      }
      if (at >= 0 && at < count) {
        const needs = new Set(builds.needs[at]);
        const waiting = new Set(unblocked(at));
        for (const group of all("[data-build]", bars)) {
          const each = Number(group.dataset.build);
          if (each === at) group.classList.add("is-chosen");
          else if (needs.has(each)) group.classList.add("is-needed");
          else if (waiting.has(each)) group.classList.add("is-unblocked");
        }
      }
      describe(at < count ? at : -1, tell);
    }

    showPicture = () => mark(view.build);
  }

  function clock(seconds) {
    if (data.unit !== "seconds" || seconds < 1) return String(Number(seconds.toPrecision(6)));
    const whole = Math.round(seconds);
    const parts = [[Math.floor(whole / 86400), "d"], [Math.floor(whole / 3600) % 24, "h"], [Math.floor(whole / 60) % 60, "min"], [whole % 60, "s"]];
    return parts.filter(([number]) => number).map((part) => part.join(" ")).join(" ");
  }

  const untouched = byId("build-detail")?.firstElementChild;

  // What is to be said of a build. A mouse that passes over builds is not told aloud.
  function describe(at, tell) {
    const box = byId("build-detail");
    if (!box) return;
    box.setAttribute("aria-live", tell ? "polite" : "off");
    if (at < 0) {
      box.replaceChildren(untouched);
      return;
    }
    const builds = data.builds;
    const text = (column) => strings[builds[column][at]];
    const list = made("dl", {});
    const line = (term, ...words) => list.append(made("dt", {}, term), made("dd", {}, ...words));
    const names = (numbers) => {
      const few = numbers.slice(0, 12).flatMap((each, index) => [index ? ", " : "", named(strings[builds.name[each]])]);
      return numbers.length ? [`${numbers.length}: `, ...few, numbers.length > 12 ? ` and ${numbers.length - 12} more` : ""] : ["nothing"];
    };
    line("runs", `${clock(builds.start[at]) || "0"} to ${clock(builds.finish[at]) || "0"}, cost ${text("words")}${builds.estimated[at] ? " (estimated)" : ""}, stage ${builds.stage[at]}`);
    line("built as", text("cause"), builds.critical[at] ? ", on the critical path" : "");
    line("waits for", ...names(builds.needs[at]));
    line("unblocks", ...names(unblocked(at)), builds.in_all[at] === null ? "" : `; ${builds.in_all[at]} in all`);
    if (text("because")) line("because of", named(text("because")));
    if (text("stacks")) line("stacks", named(text("stacks")));
    box.replaceChildren(made("strong", {}, named(text("name"))), " ", hashed(text("hash")), " ", made("span", { class: "system" }, named(text("system"))), list);
  }

  // --- The page ---------------------------------------------------------------------------------------

  function showControls() {
    const set = (id, property, value) => {
      const control = byId(id);
      if (control && control[property] !== value) control[property] = value;
    };
    set("gap-search", "value", view.q);
    set("gap-now", "checked", view.now);
    set("gap-known", "checked", view.fresh);
    set("matrix-order", "value", view.rows);
    set("matrix-gaps", "checked", view.lacking);
    set("build-search", "value", view.find);
    set("build-critical", "checked", view.critical);
    for (const box of all('input[name="state"]')) box.checked = view.state.includes(box.value);
  }

  let before = "";

  // Shows what has changed of the view since it was shown last.
  function showView() {
    const now = JSON.stringify(view);
    const old = before ? JSON.parse(before) : cleared();
    before = now;
    const differs = (...names) => names.some((name) => JSON.stringify(old[name]) !== JSON.stringify(view[name]));
    showControls();
    if (differs("q", "state", "now", "fresh", "cell", "cause", "sort")) showGaps();
    if (differs("rows", "lacking")) showMatrix();
    if (differs("find", "critical", "order")) showBuilds();
    if (differs("build")) showPicture();
  }

  function changed() {
    writeView();
    showView();
  }

  function startKeys() {
    const dialog = byId("keys");
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target.closest("input, select, textarea, dialog")) return;
      if (event.key === "?") {
        dialog.showModal();
        event.preventDefault();
      }
      if (!byId("keys-on").checked) return;
      if (event.key === "f" && byId("gap-search")) {
        byId("gap-search").focus();
        goTo(byId("gaps"));
        event.preventDefault();
      }
      if (event.key === "n" || event.key === "p") {
        const parts = all("main > section");
        const at = parts.findIndex((part) => part.getBoundingClientRect().bottom > 80);
        const next = parts[Math.min(Math.max(at + (event.key === "n" ? 1 : -1), 0), parts.length - 1)];
        goTo(next);
      }
    });
  }

  function startParts() {
    const links = new Map(all(".parts a").map((link) => [link.hash.slice(1), link]));
    if (!("IntersectionObserver" in window)) return;
    const seen = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) seen.add(entry.target.id);
        else seen.delete(entry.target.id);
      }
      const current = [...links.keys()].find((id) => seen.has(id));
      for (const [id, link] of links) {
        if (id === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }, { rootMargin: "-70px 0px -60% 0px" });
    for (const id of links.keys()) {
      if (byId(id)) observer.observe(byId(id));
    }
    // Parts are places of the page and no view of it, which their links leave as it is.
    for (const link of all("a[href^='#']")) {
      const id = link.hash.slice(1);
      if (!byId(`${id}-title`)) continue;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        reveal(id);
      });
    }
  }

  function startPrint() {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = all("details:not([open])");
      for (const each of opened) each.open = true;
      if (gapRows && gapRows.drawnRows < PRINTED) gapRows.draw(PRINTED);
    });
    addEventListener("afterprint", () => {
      for (const each of opened) each.open = false;
    });
  }

  function start() {
    document.documentElement.classList.add("scripted");
    for (const each of all(".js")) each.hidden = false;
    startGaps();
    startMatrix();
    startBuilds();
    startPicture();
    startKeys();
    startParts();
    startPrint();
    readView();
    showView();
    if (location.hash.includes("=")) {
      const part = view.build >= 0 || view.find || view.order ? "plan" : "gaps";
      goTo(byId(part));
    } else if (location.hash) {
      goTo(byId(location.hash.slice(1)));
    }
    addEventListener("hashchange", () => {
      if (!location.hash.includes("=") && location.hash) return;
      readView();
      showView();
    });
  }

  start();
})();
