// After signing and payment: cooling-off with the right to step back, the return visit's eight questions, and the end.

import { onTerminal } from "./channel.js";
import { h, icon, replace, tell } from "./dom.js";
import { choice, complain, field, picked } from "./forms.js";
import { announce } from "./frame.js";
import { bytes, post } from "./http.js";
import { every, go, waiting } from "./page.js";
import { paper, save } from "./plain.js";
import { fact, meter } from "./questionnaire.js";
import { now, sale, stageOf, state } from "./state.js";
import { both, moment, money, t } from "./words.js";
import { action } from "./page.js";

function cooling_off() {
  const { starts, ends } = state.journey.sale.cooling_off;
  const clock = h("p", { class: "countdown", role: "timer" });
  const bar = h("progress", { max: "1000", "aria-hidden": "true" });
  let over = false;
  const say = () => {
    const left = Math.max(0, Date.parse(ends) - now());
    const seconds = Math.floor(left / 1000);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    clock.textContent = parts.map((part) => String(part).padStart(2, "0")).join(":");
    bar.value = 1000 - Math.round((1000 * left) / (Date.parse(ends) - Date.parse(starts)));
    if (left === 0 && !over) {
      over = true;
      go({ stay: true });
    }
  };
  return {
    key: "cooling_off",
    title: t("cooling_title"),
    lead: t("cooling_lead"),
    body: [
      h("section", { class: "card cooling" }, h("p", { class: "count" }, t("cooling_left")), clock, bar, h("p", {}, t("cooling_until", { at: moment(ends) }))),
      h("ul", { class: "points" }, h("li", {}, t("cooling_point_1")), h("li", {}, t("cooling_point_2")), h("li", {}, t("cooling_point_3"))),
      state.journey.sale.documents.completed && paper("completed", state.journey.sale.documents.completed),
    ],
    shown() {
      say();
      every(1000, say);
    },
  };
}

const given = { of: "", answers: {} };

function visit() {
  const box = h("div", { class: "stack" });
  return {
    key: "visit",
    title: t("visit_title"),
    lead: t("visit_lead"),
    body: box,
    shown({ trouble }) {
      if (given.of !== state.journey.sale.sale) Object.assign(given, { of: state.journey.sale.sale, answers: {} });
      const questions = state.journey.choices.visit;
      const at = questions.findIndex((question) => !(question.item in given.answers));
      ask(box, trouble, questions, at < 0 ? questions.length - 1 : at, false);
    },
  };
}

function ask(box, trouble, questions, at, moved) {
  const question = questions[at];
  const known = given.answers[question.item];
  const options = [
    { value: "yes", label: t("yes") },
    { value: "no", label: t("no") },
  ];
  const set = choice("answer", both(question), options, { chosen: known === undefined ? null : known ? "yes" : "no" });
  const final = at === questions.length - 1;
  const next = action(
    {
      label: final ? t("visit_send") : t("next_question"),
      id: "next-question",
      async act() {
        const answer = picked(box, "answer");
        if (complain(box, "answer", answer ? "" : t("choose_one"))) return;
        given.answers[question.item] = answer === "yes";
        if (!final) return ask(box, trouble, questions, at + 1, true);
        await post(`${sale()}/visit-answers`, { answers: given.answers });
        Object.assign(given, { of: "", answers: {} });
        go();
      },
    },
    trouble,
    "primary",
  );
  const before = h("button", { type: "button", class: "button quiet", id: "question-before" }, icon("back"), t("question_before"));
  before.addEventListener("click", () => ask(box, trouble, questions, at - 1, true));
  replace(box, meter(question.item, questions.length), h("div", { class: "card" }, set), h("div", { class: "actions" }, next, at > 0 && before));
  if (moved) set.querySelector("input").focus({ preventScroll: true });
}

function confirmation() {
  const exempt = stageOf("visit") === null; // 募集行为办法 art. 32: no return visit, compliance makes the sale effective
  const [title, lead] = exempt ? [t("confirmation_exempt_title"), t("confirmation_exempt_lead")] : [t("confirmation_title"), t("confirmation_lead")];
  return waiting("confirmation", title, lead, h("p", {}, t("confirmation_text")));
}

function done() {
  const here = state.journey.sale;
  announce("done", {});
  const box = h("div", { class: "papers" });
  return {
    key: "done",
    title: t("done_title"),
    lead: t("done_lead", { name: state.journey.name }),
    body: [
      h("div", { class: "emblem good", "aria-hidden": "true" }, icon("check")),
      h("dl", { class: "facts" }, fact(t("done_product"), here.product_name), fact(t("product_amount"), money(here.amount)), fact(t("done_effective"), moment(here.effective_at))),
      box,
      h("p", { class: "hint" }, icon("shield"), t("done_verify")),
      h("div", { class: "papers" }, Object.entries(here.documents).filter(([name]) => name.startsWith("signed") || name === "completed").map(([name, document]) => paper(name, document))),
    ],
    primary: !onTerminal() && {
      label: t("done_download"),
      id: "download-evidence",
      async act() {
        tell(t("done_making"));
        await post(`${sale()}/reports`);
        const [bundle, report] = await Promise.all([bytes(`${sale()}/reports/evidence.json`), bytes(`${sale()}/reports/report.pdf`)]);
        const files = [
          ["evidence.json", bundle],
          ["report.pdf", report],
        ];
        replace(box, files.map(([name, content]) => h("button", { type: "button", class: "paper", id: `save-${name.split(".")[0]}`, onclick: () => save(null, "", name, content) }, icon("download"), h("span", {}, t(`file_${name.split(".")[0]}`)), h("small", {}, `${Math.ceil(content.length / 1024)} KB`))));
        await save(null, "", "evidence.json", bundle);
        tell(t("done_made"));
      },
    },
  };
}

function rescind() {
  const reason = h("textarea", { rows: "2", maxlength: "500" });
  return {
    key: "rescind",
    title: t("rescind_title"),
    lead: t("rescind_lead"),
    body: [
      h("ul", { class: "points" }, h("li", {}, t("rescind_point_1")), h("li", {}, t("rescind_point_2"))),
      field("reason", t("rescind_reason"), reason, t("rescind_reason_hint")),
    ],
    primary: {
      label: t("rescind_go"),
      id: "confirm-rescission",
      async act() {
        await post(`${sale()}/rescission`, { reason: reason.value.trim() || t("rescind_no_reason") });
        go();
      },
    },
    secondary: [{ label: t("rescind_keep"), act: () => go() }],
  };
}

function rescinded() {
  const here = state.journey.sale;
  announce("rescinded", {});
  return {
    key: "rescinded",
    title: t("rescinded_title"),
    lead: t("rescinded_lead"),
    body: [
      h("div", { class: "emblem good", "aria-hidden": "true" }, icon("check")),
      h("dl", { class: "facts" }, fact(t("rescinded_at"), moment(here.rescinded_at)), here.paid && fact(t("rescinded_refund"), money(here.paid))),
    ],
  };
}

export const views = { cooling_off, visit, confirmation, done, rescind, rescinded };
