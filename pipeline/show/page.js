"use strict";
(() => {
  const data = JSON.parse(document.getElementById("record").textContent);
  const panel = document.getElementById("panel");
  const panelBody = document.getElementById("panel-body");
  const panelState = document.getElementById("panel-state");
  const cells = new Map();
  for (const cell of document.querySelectorAll("td[data-field]")) cells.set(cell.dataset.field, cell);

  let pinned = null;
  let shown = null;

  // Text of a report reaches the page only as text nodes.
  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  };

  const term = (list, name, ...content) => {
    const filled = content.filter((item) => item !== null && item !== undefined && item !== "");
    if (filled.length) list.append(make("dt", "", name), make("dd", "", ...filled));
  };

  const rulesOf = (id) => data.rules.filter((rule) => rule.fields.includes(id));

  const describe = (id) => {
    const field = data.fields[id];
    const print = field.printed === null ? `（${field.kind}）` : field.printed;
    const decided = field.value || (field.candidates.length ? "未定" : "无");
    const headline = make("p", "headline");
    if (field.printed !== null && field.value && field.value !== field.printed) {
      headline.append(make("s", "", print), " → ");
    }
    headline.append(make("strong", "", decided), field.unit ? ` ${field.unit}` : "");
    const list = make("dl", "");
    term(list, "原印", print, field.printed === null ? "" : make("small", "", ` ${field.kind}`));
    term(list, "取值", decided);
    if (field.looks.length) {
      const head = make("tr", "", make("th", "", "读作"), make("th", "", "把握"), make("th", "", "由"));
      const rows = field.looks.map(([reader, text, score]) =>
        make("tr", "", make("td", "", text || "（空白）"), make("td", "", score), make("td", "", reader)));
      term(list, "识读", make("table", "looks", make("thead", "", head), make("tbody", "", ...rows)));
    }
    term(list, "把握", `${(field.confidence * 100).toFixed(1)}%`);
    if (field.candidates.length) {
      const rows = field.candidates.map(([value, cost]) => make("tr", "", make("td", "", value), make("td", "", cost)));
      const head = make("tr", "", make("th", "", "候选"), make("th", "", "代价"));
      term(list, "候选", make("table", "rivals", make("thead", "", head), make("tbody", "", ...rows)));
    }
    if (field.support.length) term(list, "依据", ...field.support.map((word) => make("span", "chip", word)));
    term(list, "出处", field.place);
    if (!field.looks.length) term(list, "识读", field.reader);
    if (field.text) term(list, "原文", make("q", "raw", field.text));
    if (field.equations.length) {
      term(list, "算式", ...field.equations.map((equation) => make("div", "equation", equation)));
    }
    const rules = rulesOf(id).map((rule) => {
      const button = make("button", "point", rule.label);
      button.type = "button";
      button.addEventListener("click", () => highlight(rule.fields, false));
      const state = make("small", "", `原印${rule.printed}，取值${rule.decided}`);
      return make("div", "rule", button, state);
    });
    if (rules.length) term(list, "勾稽", ...rules);
    return [
      field.group ? make("p", "group", field.group) : null,
      make("h3", "", field.label),
      make("code", "id", id),
      headline,
      make("p", `state ${field.status}`, make("b", "", `${field.mark ? field.mark + " · " : ""}${field.word}`), `　${field.meaning}`),
      field.sentence ? make("p", "sentence", field.sentence) : null,
      list,
    ].filter(Boolean);
  };

  const show = (id) => {
    if (shown) cells.get(shown)?.classList.remove("shown");
    shown = id;
    panel.classList.toggle("open", id !== null);
    panelState.textContent = id === null ? "" : id === pinned ? "已固定 · Esc 取消" : "Enter 固定";
    if (id === null) {
      panelBody.replaceChildren(make("p", "empty", "尚未选择单元格。"));
    } else {
      cells.get(id).classList.add("shown");
      panel.dataset.field = id;
      panelBody.replaceChildren(...describe(id));
    }
    panel.dispatchEvent(new CustomEvent("fieldshown", { detail: id }));
  };

  const pin = (id) => {
    if (pinned) cells.get(pinned)?.classList.remove("pinned");
    pinned = id;
    if (id) {
      cells.get(id).classList.add("pinned");
      roam(cells.get(id));
      history.replaceState(null, "", `#${id}`);
    }
    show(id);
  };

  // One cell of each grid can be reached with Tab; the arrow keys move on from there.
  const roam = (cell) => {
    for (const other of cell.closest("table").querySelectorAll("td[data-field][tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
  };

  const highlight = (ids, scroll) => {
    for (const cell of document.querySelectorAll("td.hit")) cell.classList.remove("hit");
    const hit = ids.map((id) => cells.get(id)).filter(Boolean);
    for (const cell of hit) cell.classList.add("hit");
    if (scroll && hit.length) hit[0].scrollIntoView({ block: "center", inline: "nearest" });
  };

  const middle = (cell) => {
    const box = cell.getBoundingClientRect();
    return (box.left + box.right) / 2;
  };

  const neighbour = (cell, key) => {
    const rows = [...cell.closest("table").rows]
      .map((row) => [...row.cells].filter((other) => other.dataset.field))
      .filter((row) => row.length);
    const at = rows.findIndex((row) => row.includes(cell));
    const row = rows[at];
    const column = row.indexOf(cell);
    if (key === "ArrowLeft") return row[column - 1] ?? rows[at - 1]?.at(-1);
    if (key === "ArrowRight") return row[column + 1] ?? rows[at + 1]?.[0];
    if (key === "Home") return row[0];
    if (key === "End") return row.at(-1);
    const beside = rows[at + (key === "ArrowUp" ? -1 : 1)];
    if (!beside) return undefined;
    const x = middle(cell);
    return beside.reduce((best, other) => (Math.abs(middle(other) - x) < Math.abs(middle(best) - x) ? other : best));
  };

  const moves = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

  for (const [id, cell] of cells) {
    cell.addEventListener("mouseenter", () => pinned || show(id));
    cell.addEventListener("focus", () => pinned || show(id));
    cell.addEventListener("click", () => pin(id));
    cell.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (moves.has(event.key)) {
        event.preventDefault();
        const next = neighbour(cell, event.key);
        if (next) {
          roam(next);
          next.focus();
          if (pinned) pin(next.dataset.field);
        }
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pin(pinned === id ? null : id);
        if (!pinned) show(id);
      }
    });
  }
  for (const table of document.querySelectorAll("table[role=grid]")) {
    const first = table.querySelector("td[data-field]");
    if (first) first.tabIndex = 0;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    highlight([], false);
    pin(null);
  });
  document.getElementById("panel-close").addEventListener("click", () => {
    const back = shown;
    pin(null);
    if (back) cells.get(back).focus();
    show(null);
  });

  const buttons = [...document.querySelectorAll(".legend button")];
  const filter = (button) => {
    const on = button.getAttribute("aria-pressed") !== "true";
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button && on));
    const wanted = on ? button.dataset.show.split(" ") : null;
    document.body.classList.toggle("filtered", on);
    for (const [id, cell] of cells) cell.classList.toggle("aside", on && !wanted.includes(data.fields[id].status));
  };
  for (const button of buttons) button.addEventListener("click", () => filter(button));

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-fields], [data-go]");
    if (!target) return;
    if (target.dataset.go) {
      if (!cells.has(target.dataset.go)) return;
      event.preventDefault();
      const siblings = target.closest("ul").querySelectorAll("[data-go]");
      highlight([...siblings].map((link) => link.dataset.go), false);
      cells.get(target.dataset.go).scrollIntoView({ block: "center", inline: "nearest" });
      cells.get(target.dataset.go).focus({ preventScroll: true });
      pin(target.dataset.go);
    } else {
      highlight(target.dataset.fields.split(" "), true);
    }
  });

  const onlyFailing = document.getElementById("only-failing");
  if (onlyFailing) {
    const apply = () => {
      const rows = [...document.querySelectorAll("table.rules tbody tr")];
      for (const row of rows) row.hidden = onlyFailing.checked && row.classList.contains("holding");
      const none = rows.every((row) => row.hidden);
      document.getElementById("no-failing").hidden = !none;
      document.querySelector("table.rules").hidden = none;
    };
    onlyFailing.addEventListener("change", apply);
    apply();
  }

  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (!cells.has(id)) return;
    pin(id);
    cells.get(id).scrollIntoView({ block: "center", inline: "nearest" });
  };
  window.addEventListener("hashchange", follow);
  follow();

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
})();
