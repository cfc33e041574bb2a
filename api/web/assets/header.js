// The head of every page: whose it is, how large the type is, which language; and how far one has come.

import { banner } from "./acting.js";
import { h, icon } from "./dom.js";
import { state } from "./state.js";
import { language, t } from "./words.js";

const PHASES = ["gate", "product", "risk", "proof", "contract", "visit"];

export function header() {
  return h(
    "header",
    { class: "top" },
    h("a", { class: "brand", href: "/sign" }, h("span", { class: "mark", "aria-hidden": "true" }, icon("check")), h("span", {}, state.journey?.institution ?? t("product_name"))),
    controls(),
    banner(),
  );
}

export function controls(...more) {
  const other = language === "zh" ? "en" : "zh";
  return h(
    "div",
    { class: "controls" },
    h("button", { type: "button", class: "control", id: "large-type", "aria-pressed": String(isLarge()), onclick: enlarge }, t("large_type")),
    h(
      "button",
      { type: "button", class: "control", id: "language", lang: other === "zh" ? "zh-CN" : "en", onclick: () => dispatchEvent(new CustomEvent("pfl:speak", { detail: other })) },
      other === "zh" ? "中文" : "English",
    ),
    more,
  );
}

function isLarge() {
  return document.documentElement.classList.contains("large");
}

function enlarge(event) {
  const large = document.documentElement.classList.toggle("large");
  event.currentTarget.setAttribute("aria-pressed", String(large));
  keep(large);
}

function keep(large) {
  try {
    localStorage.setItem("pfl-large", large ? "1" : "");
  } catch {
    /* private mode */
  }
}

export function recall() {
  try {
    if (localStorage.getItem("pfl-large")) document.documentElement.classList.add("large");
  } catch {
    /* private mode */
  }
}

// Six phases; within the present one, its stages. What is done can be looked at again.
export function progress() {
  const stages = state.journey?.stages ?? [];
  const ended = ["done", "rescinded"].includes(state.journey?.current);
  const at = stages.find((stage) => stage.state === "current");
  const number = at ? PHASES.indexOf(at.phase) + 1 : PHASES.length;
  const label = ended ? t("phase_over") : t("phase_of", { number, total: PHASES.length, phase: t(`phase_${PHASES[number - 1]}`) });
  return h(
    "nav",
    { class: "progress", "aria-label": t("progress") },
    h("p", { class: "where" }, h("span", {}, label), at && h("span", { class: "now" }, t(`stage_${at.stage}`))),
    h("ol", { class: "phases" }, PHASES.map((phase, index) => step(phase, stages.filter((s) => s.phase === phase), index + 1, at))),
  );
}

function step(phase, stages, number, at) {
  const done = stages.length > 0 && stages.every((stage) => stage.state === "done");
  const current = at?.phase === phase;
  const mode = done ? "done" : current ? "current" : "ahead";
  return h(
    "li",
    { class: `phase ${mode}`, "aria-current": current ? "step" : null },
    h("span", { class: "phase-name" }, h("span", { class: "dot", "aria-hidden": "true" }, done ? icon("check") : String(number)), h("span", {}, t(`phase_${phase}`)), h("span", { class: "unseen" }, t(`mode_${mode}`))),
    h("ol", { class: "stages" }, stages.map((stage) => h("li", { class: stage.state }, entry(stage)))),
  );
}

function entry(stage) {
  const name = t(`stage_${stage.stage}`);
  if (stage.state !== "done") return h("span", {}, name);
  const look = (event) => {
    event.preventDefault();
    dispatchEvent(new CustomEvent("pfl:look", { detail: stage.stage }));
  };
  return h("a", { href: `/sign/${stage.stage}`, onclick: look }, icon("check"), name);
}
