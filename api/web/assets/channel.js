// How one came here: through which channel, as the signed link said; where the page may lead back to; and what a terminal
// that others use must forget. The browser's own name is only a hint, for advice.

import { h, icon, replace } from "./dom.js";
import { announce } from "./frame.js";
import { end, post } from "./http.js";
import { now, state } from "./state.js";
import { t } from "./words.js";

const IDLE = 5 * 60_000;
const ENDS = ["done", "rescinded"];
let touched = Date.now();

const page = () => state.journey?.page ?? {};

// Nothing is kept on a branch's terminal, and nothing saved there.
export const onTerminal = () => page().channel === "branch";

const inWeChat = () => page().channel === "wechat" || /MicroMessenger/i.test(navigator.userAgent);

// What stands above every stage, if anything: `button` makes one that can fail in words.
export function strip(key, button) {
  if (key === "left") return null;
  if (onTerminal()) {
    const leaving = button({ label: t("terminal_leave"), id: "leave-terminal", act: leave }, "quiet");
    return bar(h("p", {}, icon("shield"), h("span", {}, t("terminal_text"))), leaving);
  }
  const parts = [back(key), inWeChat() && elsewhere(button)].filter(Boolean);
  return parts.length ? bar(...parts) : null;
}

function bar(...parts) {
  return h("aside", { class: "strip", "aria-label": t("channel_label") }, parts);
}

// A frame is told by events; a page of its own leads back to the app that the link names.
function back(key) {
  const ways = page().return_to;
  if (!ways || window.parent !== window) return null;
  const outcome = ENDS.includes(key) ? key : "left";
  return h("a", { class: outcome === "left" ? "link" : "button primary", id: "return-to-app", href: ways[outcome] }, t("return_to_app"));
}

function elsewhere(button) {
  const box = h("div", { class: "handover" });
  const make = async () => {
    const { address } = await post("/v1/session/links");
    const shown = h("input", { type: "text", readonly: true, value: address, id: "handover", "aria-label": t("wechat_address"), onfocus: (event) => event.target.select() });
    replace(box, shown, h("p", { class: "hint" }, t("wechat_paste")));
    shown.focus();
  };
  const ready = state.journey?.verified && button({ label: t("wechat_link"), id: "take-elsewhere", act: make }, "quiet");
  return h("details", { class: "elsewhere" }, h("summary", {}, icon("alert"), t("wechat_title")), h("p", {}, t("wechat_text")), ready, box);
}

// End the session, forget what this page kept, and go where Back shows nothing.
export async function leave() {
  await end("/v1/session");
  forget();
}

function forget() {
  state.journey = null;
  replace(document.getElementById("app"));
  try {
    localStorage.clear();
    sessionStorage.clear();
    indexedDB.deleteDatabase("pfl");
  } catch {
    /* there is nothing to forget */
  }
  announce("left", {});
  location.replace("/sign/left");
}

for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => (touched = Date.now()));

setInterval(() => {
  if (onTerminal() && (Date.now() - touched > IDLE || now() >= Date.parse(page().expires_at))) leave().catch(forget);
}, 5000);

// Back must not bring a page to life again that somebody else has left.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
