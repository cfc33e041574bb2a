// Pages beside the way: welcome, the link that is over, no connection, and a stage that is done already.

import { h, icon } from "./dom.js";
import { onTerminal } from "./channel.js";
import { go } from "./page.js";
import { reviewOf, right } from "./questionnaire.js";
import { stageOf, state } from "./state.js";
import { t } from "./words.js";

function message(key, sign, again) {
  return () => ({
    key,
    plain: true,
    title: t(`${key}_title`),
    lead: t(`${key}_lead`),
    body: [h("div", { class: "emblem", "aria-hidden": "true" }, icon(sign)), h("p", {}, t(`${key}_text`))],
    primary: again ? { label: t("try_again"), act: () => go({ first: true }) } : null,
  });
}

function past(key) {
  const sale = state.journey.sale;
  const documents = Object.entries(sale?.documents ?? {}).filter(([name]) => OF[key]?.includes(name));
  const box = h("div", {});
  const { assessment } = state.journey;
  const reviewable = key === "result" && assessment;
  return {
    key,
    title: t(`stage_${key}`),
    lead: t("past_lead"),
    body: [
      h("p", { class: "tick" }, icon("check"), t("past_done")),
      stageOf(key)?.article && h("p", { class: "article" }, stageOf(key).article),
      documents.map(([name, document]) => paper(name, document)),
      reviewable && h("p", {}, t("result_was", { tolerance: assessment.tolerance })),
      reviewable && right(box),
    ],
    shown({ trouble }) {
      if (reviewable) reviewOf(assessment.assessment, box, trouble);
    },
    primary: { label: t("back_to_now"), act: () => go() },
  };
}

const OF = {
  disclosure: ["disclosure"],
  sign_disclosure: ["signed_risk_disclosure"],
  contract: ["signed_fund_contract"],
  seal: ["completed"],
};

export function paper(name, document) {
  if (onTerminal()) return h("p", { class: "hint" }, icon("file"), h("span", {}, t(`paper_${name}`), " · ", t("terminal_save")));
  const href = `/v1/documents/${document.sha256}?subject=${state.journey.investor}`;
  const kilobytes = Math.ceil(document.bytes / 1024);
  return h(
    "a",
    { class: "paper", href, download: `${name}.pdf`, onclick: (event) => save(event, href, `${name}.pdf`) },
    icon("file"),
    h("span", {}, t(`paper_${name}`)),
    h("small", {}, `PDF · ${kilobytes} KB`),
  );
}

// A link alone would be sent without the header that marks our own pages; so the page fetches and hands it over.
export async function save(event, path, name, read = null) {
  event?.preventDefault();
  const { bytes } = await import("./http.js");
  const content = read ?? (await bytes(path));
  const type = name.endsWith(".pdf") ? "application/pdf" : "application/json";
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export const views = {
  welcome: message("welcome", "shield", false),
  expired: message("expired", "clock", false),
  offline: message("offline", "alert", true),
  broken: message("broken", "alert", true),
  left: message("left", "check", false),
  past,
};
