// Proof of assets or income (募集行为办法 art. 27): after the risk disclosure, checked by a person who did not sell.

import { h, icon, tell } from "./dom.js";
import { drop } from "./drop.js";
import { complain, field } from "./forms.js";
import { Problem, upload } from "./http.js";
import { go, waiting } from "./page.js";
import { investor, state } from "./state.js";
import { has, language, money, t, today } from "./words.js";

function proof() {
  const { choices, at } = state.journey;
  const test = choices.tests.find((each) => each.branch === choices.declared) ?? choices.tests[0];
  const kinds = choices.proof_kinds.filter((each) => each.branch === test.branch);
  const kind = h(
    "select",
    {},
    h("option", { value: "" }, t("proof_choose")),
    kinds.map((each) => h("option", { value: each.kind }, language === "zh" || !has(`kind_${each.kind}`) ? each.zh : t(`kind_${each.kind}`))),
  );
  const amount = h("input", { type: "text", inputmode: "decimal", autocomplete: "off" });
  const asOf = h("input", { type: "date", max: today(at) });
  const years = test.branch === "income" ? h("input", { type: "text", autocomplete: "off" }) : null;
  const chosen = { file: null, key: null };
  const box = h(
    "div",
    { class: "stack" },
    h("p", { class: "hint" }, icon("shield"), t("proof_private")),
    field("kind", t("proof_kind"), kind),
    field("amount", t("proof_amount"), amount, t("proof_amount_hint", { amount: money(test.amount) })),
    field("as_of", t("proof_as_of"), asOf, t("proof_as_of_hint")),
    years && field("years", t("proof_years"), years, t("proof_years_hint")),
    drop(chosen, "proof"),
  );
  return {
    key: "proof",
    title: t("proof_title"),
    lead: t("proof_lead"),
    body: box,
    primary: { label: t("proof_go"), id: "send-proof", act: () => send({ box, chosen, kind, amount, asOf, years }) },
  };
}

async function send({ box, chosen, kind, amount, asOf, years }) {
  const sum = amount.value.replace(/[,，\s]/g, "");
  if (complain(box, "kind", kind.value ? "" : t("choose_one"))) return;
  if (complain(box, "amount", /^(0|[1-9][0-9]{0,17})(\.[0-9]{1,2})?$/.test(sum) ? "" : t("proof_amount_wrong"))) return;
  if (complain(box, "as_of", asOf.value ? "" : t("proof_as_of_wrong"))) return;
  const error = box.querySelector("#file-error");
  if (!chosen.file) {
    error.textContent ||= t("proof_file_first");
    tell(error.textContent);
    box.querySelector("#choose-file").focus();
    return;
  }
  const bar = box.querySelector("#proof-progress");
  const fields = { file: chosen.file, kind: kind.value, as_of: asOf.value, amount: sum, currency: "CNY" };
  if (years) fields.years = years.value;
  bar.hidden = false;
  try {
    await upload(`${investor()}/proofs`, fields, chosen.key, (share) => {
      bar.value = Math.round(share * 100);
    });
  } catch (problem) {
    if (problem instanceof Problem) chosen.key = crypto.randomUUID();
    bar.hidden = true;
    throw problem;
  }
  tell(t("proof_sent"));
  go();
}

function review() {
  return waiting("review", t("review_title"), t("review_lead"), h("ul", { class: "points" }, h("li", {}, t("review_point_1")), h("li", {}, t("review_point_2")), h("li", {}, t("review_point_3"))));
}

export const views = { proof, review };
