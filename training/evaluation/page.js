"use strict";
(() => {
  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };

  // What stands in a cell: a number, else its text; nothing for a dash, which goes last whatever the order.
  const valueOf = (cell) => {
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const text = cell.textContent.trim();
    return text === "" || text === "—" ? null : text;
  };

  const inChinese = new Intl.Collator("zh-CN", { numeric: true });

  const compare = (left, right) => {
    if (typeof left === "number" && typeof right === "number") return left - right;
    if (typeof left !== typeof right) return typeof left === "number" ? -1 : 1;
    return inChinese.compare(left, right);
  };

  const sortable = (table) => {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];

    const sort = (column, order) => {
      const rows = original.map((row) => [row, valueOf(row.cells[column])]);
      const there = rows.filter(([, value]) => value !== null);
      const absent = rows.filter(([, value]) => value === null);
      if (order === "none") return body.append(...original);
      const sign = order === "ascending" ? 1 : -1;
      there.sort(([, left], [, right]) => sign * compare(left, right));
      return body.append(...[...there, ...absent].map(([row]) => row));
    };

    const next = { none: "ascending", ascending: "descending", descending: "none" };
    heads.forEach((head, column) => {
      const button = make("button", "sort", ...head.childNodes);
      button.type = "button";
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const order = next[head.getAttribute("aria-sort")];
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", order);
        sort(column, order);
      });
    });
  };

  // Rows are shown that have all the words typed.
  const filterable = (table) => {
    const rows = [...table.tBodies[0].rows];
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const input = make("input", "");
    input.type = "search";
    input.placeholder = "输入文字以筛选";
    const box = table.closest(".scroll");
    input.setAttribute("aria-label", `筛选：${box.getAttribute("aria-label")}`);
    const count = make("span", "");
    count.setAttribute("aria-live", "polite");
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => texts.get(row).includes(word));
        shown += !row.hidden;
      }
      count.textContent = words.length ? `${rows.length} 行中的 ${shown} 行` : "";
    });
    box.before(make("div", "filter", input, count));
  };

  const FEW = 8;
  for (const table of document.querySelectorAll(".scroll > table")) {
    if (table.tBodies[0].rows.length > 1) sortable(table);
    if (table.tBodies[0].rows.length > FEW && !table.closest(".whole")) filterable(table);
  }

  const faults = document.querySelector(".faults");
  if (faults) {
    const cards = [...document.querySelectorAll(".card")];
    const buttons = [...faults.querySelectorAll("button")];
    faults.hidden = false;
    for (const button of buttons) {
      button.addEventListener("click", () => {
        const wanted = button.dataset.fault;
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
        for (const card of cards) card.hidden = wanted !== "" && card.dataset.fault !== wanted;
      });
    }
  }

  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const sections = [...links.keys()].map((id) => document.getElementById(id));
  const bar = document.querySelector(".contents");
  const follow = () => {
    // The last section that begins above the upper third of the window; at the very end of the page, the last one.
    const end = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
    const begun = sections.filter((section) => section.getBoundingClientRect().top < window.innerHeight / 3);
    const current = end ? sections.at(-1) : begun.at(-1);
    for (const [id, link] of links) {
      if (id !== current?.id) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        bar.scrollLeft = link.offsetLeft - 20;
      }
    }
  };
  window.addEventListener("scroll", follow, { passive: true });
  window.addEventListener("resize", follow);
  follow();
})();
