// The frame of every view of the console, and how instants and digests are written in it.

import { h, icon, replace } from "./dom.js";
import { controls } from "./header.js";
import { language, t } from "./words.js";

export const staff = { known: null };

// A view is { key, title, lead, body, plain }.
export function put(view) {
  const heading = h("h1", { tabindex: "-1" }, view.title);
  const leave = staff.known && h("button", { type: "button", class: "control", id: "sign-out", onclick: () => dispatchEvent(new CustomEvent("pfl:leave")) }, t("sign_out"));
  replace(
    document.getElementById("app"),
    h(
      "header",
      { class: "top" },
      h("a", { class: "brand", href: "/console" }, h("span", { class: "mark", "aria-hidden": "true" }, icon("shield")), h("span", {}, staff.known?.institution ?? t("console_title"))),
      controls(leave),
    ),
    h(
      "div",
      { class: view.plain ? "frame plain" : "frame wide" },
      h(
        "main",
        { id: "content", class: `view view-${view.key}` },
        h("div", { class: "head" }, view.above, heading, view.lead && h("p", { class: "lead" }, view.lead)),
        h("div", { class: "body" }, view.body),
      ),
    ),
  );
  document.title = `${view.title} · ${t("console_title")}`;
  window.scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

export function to(path, props, ...children) {
  const look = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    dispatchEvent(new CustomEvent("pfl:look", { detail: path }));
  };
  return h("a", { ...props, href: path, onclick: look }, children);
}

const ZONES = { china: "Asia/Shanghai", utc: "UTC" };

function written(instant, zone, style) {
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { timeZone: ZONES[zone], hourCycle: "h23", ...style }).format(new Date(instant));
}

export function clock(instant, zone) {
  return written(instant, zone, { timeStyle: "medium" });
}

export function dayOf(instant, zone = "china") {
  return written(instant, zone, { dateStyle: "long" });
}

export function instantOf(instant) {
  return `${written(instant, "china", { dateStyle: "medium", timeStyle: "medium" })} · ${instant.slice(0, 19).replace("T", " ")} UTC`;
}

export function fact(name, ...value) {
  return h("div", { class: "fact" }, h("dt", {}, name), h("dd", {}, value));
}

export function hex(text) {
  return h("code", { class: "hex" }, text);
}
