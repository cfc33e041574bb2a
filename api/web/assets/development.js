// Development stand-ins, plainly marked: the institution's people, the mobile that gets the code, the passing of a day.

import { h, tell } from "./dom.js";
import { get, post } from "./http.js";
import { attempt, go } from "./page.js";
import { investor, state } from "./state.js";
import { t } from "./words.js";

const ACTS = {
  offer: "offer",
  review: "certify",
  seal: "seal",
  payment: "pay",
  cooling_off: "pass_time",
  confirmation: "visit",
};

export function stand_in_panel(key, trouble) {
  const act = ACTS[key];
  const buttons = [];
  if (key === "identity") buttons.push(button("code", t("dev_code"), trouble, showCode));
  if (act) buttons.push(button(act, t(`dev_${act}`), trouble, () => perform(act)));
  if (!buttons.length) return null;
  return h(
    "aside",
    { class: "development", "aria-label": t("dev_title") },
    h("div", {}, h("strong", {}, t("dev_title")), h("span", {}, t("dev_text"))),
    buttons,
    h("output", { class: "code", id: "shown-code" }),
  );
}

function button(name, label, trouble, act) {
  const element = h("button", { type: "button", class: "button stand-in", id: `dev-${name}` }, h("span", {}, label), h("i", { class: "spinner" }));
  element.addEventListener("click", () => attempt(element, trouble, act));
  return element;
}

async function showCode() {
  const { code } = await get(`/v1/development/codes/${state.journey.investor}`);
  document.getElementById("shown-code").textContent = code;
  tell(`${t("dev_code")}: ${code.split("").join(" ")}`);
}

async function perform(act) {
  await post("/v1/development/acts", { act });
  go();
}

