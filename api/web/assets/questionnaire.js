// The questionnaire: one question at a time, nothing chosen beforehand, contradictions asked back; and its result.

import { h, icon, replace } from "./dom.js";
import { choice, complain, field, picked } from "./forms.js";
import { Problem, get, post } from "./http.js";
import { action, go, notice, problem } from "./page.js";
import { investor, state } from "./state.js";
import { both, day, t } from "./words.js";

const draft = { of: "", answers: {} };

function questionnaire() {
  const box = h("div", { class: "stack" });
  return {
    key: "questionnaire",
    title: t("questionnaire_title"),
    lead: t("questionnaire_lead"),
    body: box,
    async shown({ trouble }) {
      const form = await get(`/v1/questionnaires/${state.journey.choices.questionnaire}`);
      const name = `${state.journey.investor} ${form.version}`;
      if (draft.of !== name) Object.assign(draft, { of: name, answers: {} });
      const unanswered = form.questions.findIndex((question) => !(question.id in draft.answers));
      ask({ form, box, trouble, at: unanswered < 0 ? form.questions.length : unanswered });
    },
  };
}

function ask(round) {
  const { form, box, trouble, at } = round;
  replace(trouble);
  if (at >= form.questions.length) return review(round);
  const question = form.questions[at];
  const options = question.options.map((option) => ({ value: option.id, label: both(option) }));
  const pick = (value) => {
    draft.answers[question.id] = value;
  };
  const set = choice("answer", both(question), options, { onpick: pick, chosen: draft.answers[question.id] ?? null });
  const next = action(
    {
      label: t("next_question"),
      id: "next-question",
      act() {
        if (complain(box, "answer", picked(box, "answer") ? "" : t("choose_one"))) return;
        ask({ ...round, at: round.returning ? form.questions.length : at + 1 });
      },
    },
    trouble,
    "primary",
  );
  const before = h("button", { type: "button", class: "button quiet", id: "question-before" }, icon("back"), t("question_before"));
  before.addEventListener("click", () => ask({ ...round, at: at - 1 }));
  replace(
    box,
    meter(at + 1, form.questions.length),
    h("div", { class: "card" }, set),
    h("div", { class: "actions" }, next, at > 0 && before),
  );
  if (round.moved) set.querySelector("input").focus({ preventScroll: true });
  round.moved = true;
}

export function meter(number, total, words = "question_of") {
  const bar = h("progress", { value: String(number), max: String(total), "aria-hidden": "true" });
  return h("p", { class: "meter" }, h("span", {}, t(words, { number, total })), bar);
}

// Everything at a glance before it is sent; each answer can be changed.
function review(round) {
  const { form, box, trouble } = round;
  const rows = form.questions.map((question, at) => {
    const option = question.options.find((each) => each.id === draft.answers[question.id]);
    const change = h("button", { type: "button", class: "link", "aria-label": t("change_answer", { question: both(question) }) }, t("change"));
    change.addEventListener("click", () => ask({ ...round, at, returning: true }));
    return h("div", { class: "row", "data-question": question.id }, h("dt", {}, both(question)), h("dd", {}, h("span", {}, both(option)), change));
  });
  const send = action({ label: t("questionnaire_send"), id: "send-answers", act: () => submit(round) }, trouble, "primary");
  replace(box, h("h2", { tabindex: "-1", class: "section" }, t("questionnaire_review")), h("p", {}, t("questionnaire_review_lead")), h("dl", { class: "answers" }, rows), h("div", { class: "actions" }, send));
  box.querySelector("h2").focus({ preventScroll: true });
}

async function submit(round) {
  const { form, box, trouble } = round;
  try {
    await post(`${investor()}/questionnaires`, {
      questionnaire: form.questionnaire,
      version: form.version,
      answers: draft.answers,
      device: "web",
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    replace(trouble, problem(error));
    const asked = [error.document.evidence?.questions ?? []].flat();
    for (const id of asked) box.querySelector(`[data-question="${CSS.escape(id)}"]`)?.classList.add("wrong");
    (box.querySelector(".row.wrong .link") ?? trouble).focus?.();
    return;
  }
  Object.assign(draft, { of: "", answers: {} });
  go();
}

function result() {
  const { assessment } = state.journey;
  const scale = ["C1", "C2", "C3", "C4", "C5"].map((level) =>
    h("li", { class: level === assessment.tolerance ? "here" : null, "aria-current": level === assessment.tolerance ? "true" : null }, level),
  );
  const box = h("div", {});
  return {
    key: "result",
    title: t("result_title"),
    lead: t("result_lead"),
    body: [
      h("section", { class: "card result" }, h("p", { class: "badge" }, assessment.tolerance), h("div", {}, h("h2", {}, t(`tolerance_${assessment.tolerance}`)), h("p", {}, t(`tolerance_${assessment.tolerance}_text`))), h("ol", { class: "scale", "aria-label": t("result_scale") }, scale)),
      assessment.lowest && notice("alert", t("lowest_title"), t("lowest_text")),
      h("dl", { class: "facts" }, fact(t("result_valid"), day(assessment.valid_until)), fact(t("result_how"), t("result_how_text"))),
      right(box),
    ],
    primary: {
      label: t("result_go"),
      id: "acknowledge-result",
      async act() {
        await post(`${investor()}/assessment-notices`);
        go();
      },
    },
    shown({ trouble }) {
      reviewOf(assessment.assessment, box, trouble);
    },
  };
}

export function fact(name, ...value) {
  return h("div", { class: "fact" }, h("dt", {}, name), h("dd", {}, value));
}

export function right(box) {
  return h("section", { class: "right" }, h("h2", {}, icon("shield"), t("review_right")), h("p", {}, t("review_right_text")), box);
}

// PIPL art. 24: whoever was judged by a machine may have a person look at it, and gets reasons.
export async function reviewOf(record, box, trouble, { asks = true } = {}) {
  const { items } = await get(`${investor()}/reviews`);
  const known = items.filter((item) => item.of === record).at(-1);
  if (!known && !asks) return;
  if (known) {
    const waits = h("p", { class: "tick" }, icon(known.completed_at ? "check" : "clock"), known.completed_at ? t(`review_${known.outcome}`) : t("review_waiting"));
    replace(box, waits, known.completed_at && h("blockquote", { class: "reasons" }, known.reasons));
    return;
  }
  const begin = h("button", { type: "button", class: "button quiet", id: "ask-review" }, t("review_ask"));
  begin.addEventListener("click", () => {
    const reason = h("textarea", { rows: "3", maxlength: "500" });
    const form = h("div", { class: "stack" }, field("reason", t("review_reason"), reason, t("review_reason_hint")));
    const send = action(
      {
        label: t("review_send"),
        id: "send-review",
        async act() {
          if (complain(form, "reason", reason.value.trim() ? "" : t("write_first"))) return;
          await post(`${investor()}/reviews`, { of: record, reason: reason.value.trim() });
          await reviewOf(record, box, trouble);
        },
      },
      trouble,
      "quiet",
    );
    form.append(send);
    replace(box, form);
    reason.focus();
  });
  replace(box, begin);
}

export const views = { questionnaire, result };
