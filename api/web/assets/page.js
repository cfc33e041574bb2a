// One page: where one is, what to do, why. Every view is shown through `show`, so all of them look and behave alike.

import { strip } from "./channel.js";
import { h, icon, replace, tell, unique } from "./dom.js";
import { stand_in_panel } from "./development.js";
import { Offline, Problem } from "./http.js";
import { header, progress } from "./header.js";
import { stageOf, state } from "./state.js";
import { both, has, t } from "./words.js";

// The person said no to the device, or the key is not there: a reason that has words, and perhaps a button that helps.
export class Declined extends Error {
  constructor(reason = "declined", values = {}, help = null) {
    super(reason);
    Object.assign(this, { reason, values, help });
  }
}

let leaving = [];

// A view is { key, title, lead, body, primary, secondary, plain }; `primary` and `secondary` are { label, act }.
export function show(view) {
  for (const done of leaving) done();
  leaving = [];
  state.view = view.key;
  const app = document.getElementById("app");
  const heading = h("h1", { tabindex: "-1" }, view.title);
  const trouble = h("div", { class: "trouble", role: "alert" });
  const main = h(
    "main",
    { id: "content", class: `view view-${view.key}` },
    h("div", { class: "head" }, heading, view.lead && h("p", { class: "lead" }, view.lead)),
    refusals(view),
    h("div", { class: "body" }, view.body),
    trouble,
    actions(view, trouble),
    why(view.key),
    aside(view),
  );
  replace(
    app,
    header(),
    strip(view.key, (definition, kind) => action(definition, trouble, kind)),
    h("div", { class: view.plain ? "frame plain" : "frame" }, view.plain ? null : progress(), main),
    state.journey?.development ? stand_in_panel(view.key, trouble) : null,
  );
  document.title = `${view.title} · ${state.journey?.institution ?? t("product_name")}`;
  window.scrollTo(0, 0);
  heading.focus({ preventScroll: true });
  view.shown?.({ main, trouble });
}

// The address stays: a fragment would make the page show itself anew and lose what was typed.
export function skip(event) {
  event.preventDefault();
  document.querySelector("main h1").focus();
}

export function onleave(done) {
  leaving.push(done);
}

export function every(milliseconds, act) {
  const timer = setInterval(act, milliseconds);
  onleave(() => clearInterval(timer));
}

export function go(detail = {}) {
  dispatchEvent(new CustomEvent("pfl:advance", { detail }));
}

// Do something of the service's: once at a time, with what went wrong said in words.
export async function attempt(button, trouble, act) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  replace(trouble);
  try {
    await act(button);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return go();
    replace(trouble, problem(error), error.help?.(trouble));
    if (error instanceof Problem && error.status >= 404) go({ stay: true }); // done elsewhere meanwhile? then go on there
    trouble.scrollIntoView({ block: "nearest" });
    if (!(error instanceof Problem || error instanceof Offline || error instanceof Declined)) throw error;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

export function action(definition, trouble, kind) {
  const { label, act, id } = definition;
  const button = h("button", { type: "button", class: `button ${kind}`, id }, h("span", {}, label), h("i", { class: "spinner" }));
  button.addEventListener("click", () => attempt(button, trouble, act));
  return button;
}

function actions(view, trouble) {
  if (!view.primary && !view.secondary) return null;
  return h(
    "div",
    { class: "actions" },
    view.primary && action(view.primary, trouble, "primary"),
    (view.secondary ?? []).map((each) => action(each, trouble, "quiet")),
  );
}

// What the service answered, as a person would say it: the reason, the article, what could change.
export function problem(error) {
  if (error instanceof Offline) return notice("alert", t("offline_title"), t("offline_text"));
  if (error instanceof Declined) return notice("alert", t(`${error.reason}_title`), t(`${error.reason}_text`, error.values));
  if (!(error instanceof Problem)) return notice("alert", t("broken_title"), t("broken_text"));
  const { document } = error;
  if (document.findings?.length) return h("div", { class: "notice bad" }, h("h2", {}, icon("alert"), t("refused_title")), findings(document.findings));
  const known = `problem_${error.code}`;
  const said = document.zh && document.detail ? both({ zh: document.zh, en: document.detail }) : document.detail;
  return notice("alert", has(known) ? t(known) : t("problem_title"), said);
}

export function notice(sign, title, ...text) {
  return h("div", { class: sign === "alert" ? "notice bad" : "notice" }, h("h2", {}, icon(sign), title), text.map((line) => h("p", {}, line)));
}

export function findings(list) {
  return h(
    "ul",
    { class: "findings" },
    list.map((finding) =>
      h(
        "li",
        {},
        h("p", { class: "reason" }, both(finding.reason)),
        h("p", { class: "article", lang: "zh-CN" }, cited(finding.citation)),
        finding.changes_at && h("p", { class: "change" }, t("changes_at", { at: finding.changes_at.slice(0, 16).replace("T", " ") })),
        finding.condition && h("p", { class: "change" }, h("strong", {}, t("what_could_change")), both(finding.condition)),
      ),
    ),
  );
}

function cited(citation) {
  const article = /^[0-9]/.test(citation.article) ? t("article", { article: citation.article }) : "";
  return `《${citation.title}》${article}`;
}

function refusals(view) {
  const list = view.findings ?? [];
  if (!list.length) return null;
  return h("section", { class: "notice bad" }, h("h2", {}, icon("alert"), t("not_now_title")), findings(list));
}

function why(key) {
  const stage = stageOf(key);
  if (!stage || !has(`why_${key}`)) return null;
  const id = unique("why");
  return h(
    "details",
    { class: "why" },
    h("summary", {}, icon("shield"), h("span", { id }, t("why_title")), h("span", { class: "article", lang: "zh-CN" }, stage.article)),
    h("p", {}, t(`why_${key}`)),
    has(`next_${key}`) && h("p", { class: "next" }, h("strong", {}, t("next_title")), t(`next_${key}`)),
  );
}

// The right to step back is one tap away wherever it exists.
function aside(view) {
  const sale = state.journey?.sale;
  if (!sale?.rescindable || !sale.documents.signed_fund_contract || view.key === "rescind") return null;
  return h(
    "p",
    { class: "rescind" },
    h("button", { type: "button", class: "link danger", id: "rescind", onclick: () => dispatchEvent(new CustomEvent("pfl:rescind")) }, t("rescind_link")),
    h("span", {}, t("rescind_hint")),
  );
}

export function waiting(key, title, lead, ...body) {
  return {
    key,
    title,
    lead,
    body: [h("div", { class: "waiting" }, h("div", { class: "pulse", "aria-hidden": "true" }), h("p", {}, t("waiting_hint"))), body],
    shown() {
      tell(title);
      every(4000, () => go({ stay: true }));
    },
  };
}
