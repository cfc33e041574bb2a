// Reading a paper page by page. What is measured is how long each page was on the screen, nothing else: no scrolling, no
// typing, no movement. The page shown is made from the very bytes that are signed.

import { h, icon, replace } from "./dom.js";
import { get, post } from "./http.js";
import { action, attempt, onleave } from "./page.js";
import { waiting } from "./pace.js";
import { sale } from "./state.js";
import { t } from "./words.js";

const NARROW = "(max-width: 760px)";

// Counts whole seconds during which the element was on the screen and the page in front.
function stopwatch(element) {
  let since = null;
  let counted = 0;
  let inside = false;
  const turn = () => {
    const on = inside && document.visibilityState === "visible";
    if (on && since === null) since = performance.now();
    if (!on && since !== null) {
      counted += performance.now() - since;
      since = null;
    }
  };
  const observer = new IntersectionObserver((entries) => {
    inside = entries.at(-1).isIntersecting;
    turn();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", turn);
  const seconds = () => (counted + (since === null ? 0 : performance.now() - since)) / 1000;
  const stop = () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", turn);
    return Math.max(0, Math.round(seconds()));
  };
  return { seconds, stop };
}

export async function read({ box, trouble, sha256, done, last }) {
  const paper = await get(`${sale()}/papers/${sha256}`);
  const round = { box, trouble, paper, done, last, at: 0, view: matchMedia(NARROW).matches ? "text" : "picture" };
  turnTo(round, 0);
}

function turnTo(round, at) {
  const { box, paper, trouble } = round;
  const page = paper.pages[at];
  const frame = h("div", { class: "sheet", tabindex: "0", role: "region", "aria-label": t("page_of", { number: page.page, total: paper.pages.length }) });
  const watch = stopwatch(frame);
  let spent = null;
  let told = false;
  const tellTime = async () => {
    spent ??= watch.stop();
    if (told) return;
    await post(`${sale()}/readings`, { document: paper.sha256, page: page.page, seconds: spent });
    told = true;
    paper.read[page.page] = (paper.read[page.page] ?? 0) + spent;
  };
  const final = at === paper.pages.length - 1;
  const next = action(
    {
      label: final ? round.last : t("next_page"),
      id: "next-page",
      async act() {
        if (!wait.over()) return;
        await tellTime();
        if (final) await round.done();
        else turnTo({ ...round, at: at + 1 }, at + 1);
      },
    },
    trouble,
    "primary",
  );
  const before = h("button", { type: "button", class: "button quiet", id: "page-before" }, icon("back"), t("page_before"));
  before.addEventListener("click", () => attempt(before, trouble, () => tellTime().then(() => turnTo({ ...round, at: at - 1 }, at - 1))));
  const wait = waiting({ paper, page: page.page, final, next, seconds: watch.seconds });
  replace(box, bar(round, at, frame), frame, h("div", { class: "actions" }, wait.said, next, at > 0 && before));
  fill(round, frame, page);
  if (round.turned) {
    frame.focus({ preventScroll: true });
    box.scrollIntoView({ block: "start" });
  }
  round.turned = true;
  onleave(watch.stop);
}

function bar(round, at, frame) {
  const { paper } = round;
  const number = paper.pages[at].page;
  const kinds = ["text", "picture"].map((kind) =>
    h("button", {
      type: "button",
      class: "tab",
      id: `view-${kind}`,
      "aria-pressed": String(round.view === kind),
      onclick(event) {
        round.view = kind;
        for (const tab of event.currentTarget.parentElement.children) tab.setAttribute("aria-pressed", String(tab === event.currentTarget));
        fill(round, frame, paper.pages[at]);
      },
    }, t(`view_${kind}`)),
  );
  return h(
    "div",
    { class: "reader-bar" },
    h("p", { class: "count" }, t("page_of", { number, total: paper.pages.length })),
    h("div", { class: "tabs", role: "group", "aria-label": t("view_as") }, kinds),
  );
}

function fill(round, frame, page) {
  const text = h("div", { class: "flow", lang: "zh-CN" }, page.lines.map((line) => h(line.heading ? "h2" : "p", {}, line.text)));
  frame.classList.toggle("as-picture", round.view === "picture");
  if (round.view === "text") return replace(frame, text);
  const src = `${sale()}/papers/${round.paper.sha256}/pages/${page.page}`;
  const image = h("img", { alt: t("page_picture", { number: page.page }), width: 1012, height: 1431, decoding: "async" });
  replace(frame, image, h("div", { class: "unseen" }, text));
  picture(src).then((url) => image.setAttribute("src", url));
}

// Pictures are fetched with the header of our own pages, like every other call.
const pictures = new Map();

async function picture(src) {
  if (!pictures.has(src)) {
    const { bytes } = await import("./http.js");
    pictures.set(src, URL.createObjectURL(new Blob([await bytes(src)], { type: "image/png" })));
  }
  return pictures.get(src);
}
