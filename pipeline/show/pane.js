"use strict";
(() => {
  const beside = document.getElementById("beside");
  const panel = document.getElementById("panel");
  const sheets = document.getElementById("sheets");
  const figure = document.getElementById("crop");
  const open = document.getElementById("crop-open");
  const canvas = figure.querySelector("canvas");
  const none = document.getElementById("crop-none");
  const fold = document.getElementById("fold");
  const views = [...document.querySelectorAll("[data-view]")];
  const tabs = [...document.querySelectorAll("#pages .tab")];
  const papers = [...sheets.querySelectorAll(".sheet")];
  const boxes = [...sheets.querySelectorAll(".box")];
  const fieldsOf = (box) => box.dataset.cells.split(" ");
  const boxOf = new Map(boxes.flatMap((box) => fieldsOf(box).map((id) => [id, box])));
  const cellOf = (id) => document.getElementById(id);
  const isSheet = window.matchMedia("(max-width: 1399px)");

  const SURROUNDINGS = 2.1; // heights of the cell that the crop shows, above and below included
  const CLOSEST = 3; // pixels of the screen for one of the image, at most
  let marked = null;
  let fromPage = false;

  const rectangle = (box) => {
    const values = box.firstElementChild;
    return ["x", "y", "width", "height"].map((name) => Number(values.getAttribute(name)));
  };

  // The crop is cut from the image on the page: there is no second copy of it.
  const drawCrop = () => {
    if (!marked || !canvas.clientWidth) return;
    const image = marked.closest(".paper").querySelector("img");
    if (!image.complete || !image.naturalWidth) {
      image.addEventListener("load", drawCrop, { once: true });
      return;
    }
    const dense = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * dense);
    canvas.height = Math.round(canvas.clientHeight * dense);
    const [left, top, width, height] = rectangle(marked);
    const scale = Math.min(
      CLOSEST * dense, canvas.height / (SURROUNDINGS * height), canvas.width / (1.3 * width));
    const x = left + width / 2 - canvas.width / scale / 2;
    const y = top + height / 2 - canvas.height / scale / 2;
    const context = canvas.getContext("2d");
    context.fillStyle = "#d9d6cd";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.setTransform(scale, 0, 0, scale, -x * scale, -y * scale);
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0);
    // What is not the cell recedes.
    context.fillStyle = "rgb(70 64 50 / .13)";
    const outside = new Path2D();
    outside.rect(x, y, canvas.width / scale, canvas.height / scale);
    outside.rect(left, top, width, height);
    context.fill(outside, "evenodd");
    context.strokeStyle = getComputedStyle(marked.closest(".paper")).getPropertyValue("--accent");
    context.lineWidth = (2.5 * dense) / scale;
    context.strokeRect(left, top, width, height);
    context.setTransform(1, 0, 0, 1, 0, 0);
  };

  const reveal = (always) => {
    if (!marked || !sheets.clientHeight) return;
    const frame = sheets.getBoundingClientRect();
    const place = marked.getBoundingClientRect();
    const margin = Math.min(70, frame.height / 5);
    const down = place.top < frame.top + margin || place.bottom > frame.bottom - margin;
    const across = place.left < frame.left + 20 || place.right > frame.right - 20;
    sheets.scrollBy({
      top: down || always ? (place.top + place.bottom - frame.top - frame.bottom) / 2 : 0,
      left: across || always ? (place.left + place.right - frame.left - frame.right) / 2 : 0,
      behavior: "instant",
    });
  };

  const raise = (up) => {
    beside.classList.toggle("raised", up);
    fold.setAttribute("aria-expanded", String(up));
  };

  const view = (name) => {
    beside.classList.toggle("paged", name === "pages");
    for (const button of views) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    if (name === "pages") reveal(true);
    else drawCrop();
  };

  const bring = (cell) => {
    const place = cell.getBoundingClientRect();
    const lower = isSheet.matches ? beside.getBoundingClientRect().top : window.innerHeight;
    if (place.top < 70 || place.bottom > lower) {
      window.scrollBy({ top: (place.top + place.bottom - lower - 70) / 2, behavior: "instant" });
    }
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  panel.addEventListener("fieldshown", ({ detail: id }) => {
    marked?.classList.remove("marked");
    marked = boxOf.get(id) ?? null;
    beside.classList.toggle("open", id !== null);
    figure.hidden = id === null;
    open.hidden = !marked;
    none.hidden = Boolean(marked);
    // A sheet that rose under the pointer would hide the very cell that it points at.
    // Nor may it rise, or anything scroll, between the press of a button and its release: that would be no click.
    const chosen = id !== null && cellOf(id).matches(".pinned, :focus-visible");
    if (id === null || chosen) raise(id !== null);
    if (chosen && isSheet.matches) bring(cellOf(id));
    if (!marked) return;
    marked.classList.add("marked");
    if (!fromPage) reveal(false);
    drawCrop();
  });

  const light = (box, on) => {
    for (const id of fieldsOf(box)) cellOf(id)?.classList.toggle("lit", on);
  };

  // A field that is out of sight is brought into view once the pointer rests on its outline.
  let resting = 0;
  for (const box of boxes) {
    const shownOf = () => fieldsOf(box).find((id) => id === panel.dataset.field) ?? fieldsOf(box)[0];
    box.addEventListener("mouseenter", () => {
      light(box, true);
      fromPage = true;
      cellOf(shownOf())?.dispatchEvent(new MouseEvent("mouseenter"));
      fromPage = false;
      clearTimeout(resting);
      resting = setTimeout(() => !isSheet.matches && bring(cellOf(shownOf())), 350);
    });
    box.addEventListener("mouseleave", () => {
      clearTimeout(resting);
      light(box, false);
    });
    box.addEventListener("click", (event) => {
      event.preventDefault();
      clearTimeout(resting);
      // Clicking a cell again goes on to the next field that was read from it.
      const ids = fieldsOf(box);
      const pinned = ids.findIndex((id) => cellOf(id)?.classList.contains("pinned"));
      const cell = cellOf(ids[(pinned + 1) % ids.length]);
      if (!cell) return;
      fromPage = true;
      cell.focus({ preventScroll: true });
      cell.click();
      fromPage = false;
      bring(cell);
    });
  }

  const go = (at) => {
    const sheet = papers[at];
    sheets.scrollBy({ top: sheet.getBoundingClientRect().top - sheets.getBoundingClientRect().top - 8, behavior: "instant" });
  };
  const current = () => {
    const middle = sheets.getBoundingClientRect().top + sheets.clientHeight / 2;
    const at = papers.findLastIndex((sheet) => sheet.getBoundingClientRect().top <= middle);
    tabs.forEach((tab, index) => {
      if (index === Math.max(at, 0)) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    });
  };
  tabs.forEach((tab, at) => tab.addEventListener("click", (event) => {
    event.preventDefault();
    go(at);
  }));
  sheets.addEventListener("scroll", current, { passive: true });

  const steps = [1, 1.4, 2, 2.8, 4];
  let step = 0;
  const enlarge = (to) => {
    const before = sheets.scrollTop / sheets.scrollHeight;
    step = Math.min(steps.length - 1, Math.max(0, to));
    sheets.style.setProperty("--zoom", steps[step]);
    if (marked) reveal(true);
    else sheets.scrollTop = before * sheets.scrollHeight;
  };
  for (const button of document.querySelectorAll("[data-zoom]")) {
    const change = Number(button.dataset.zoom);
    button.addEventListener("click", () => enlarge(change ? step + change : 0));
  }

  for (const button of views) button.addEventListener("click", () => view(button.dataset.view));
  open.addEventListener("click", () => {
    view("pages");
    // On the screen of a telephone a whole page is too small to read.
    if (sheets.clientWidth < 520 && step === 0) enlarge(2);
    else reveal(true);
  });
  fold.addEventListener("click", () => {
    const up = !beside.classList.contains("raised");
    raise(up);
    if (up && panel.dataset.field === undefined) view("pages");
    reveal(true);
    drawCrop();
    current();
  });
  // The filters of the legend hold for the outlines too.
  new MutationObserver(() => {
    for (const box of boxes) box.classList.toggle("aside", fieldsOf(box).every((id) => cellOf(id)?.classList.contains("aside")));
  }).observe(document.getElementById("tables"), { subtree: true, attributeFilter: ["class"] });
  // Beside the form it ends where the window ends, also while the head of the page is in sight.
  const fit = () => {
    const room = window.innerHeight - Math.max(beside.getBoundingClientRect().top, 0) - 10;
    beside.style.height = isSheet.matches ? "" : `${Math.max(room, 460)}px`;
  };
  window.addEventListener("scroll", fit, { passive: true });
  window.addEventListener("resize", () => {
    fit();
    drawCrop();
    current();
  });

  beside.classList.add("scripted");
  fit();
  // The page shows first where the tables begin.
  if (boxes.length) {
    sheets.scrollBy({
      top: boxes[0].getBoundingClientRect().top - sheets.getBoundingClientRect().top - sheets.clientHeight / 3,
      behavior: "instant",
    });
  }
  current();
})();
