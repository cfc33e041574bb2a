// The product: only now, after the gate. Its facts, the match opinion, and more care where the risk is high.

import { h, icon } from "./dom.js";
import { tick, complain, ticked } from "./forms.js";
import { get, post } from "./http.js";
import { every, findings, go, notice, waiting } from "./page.js";
import { fact, reviewOf, right } from "./questionnaire.js";
import { sale, state } from "./state.js";
import { both, has, money, t } from "./words.js";

function offer() {
  const { refusal } = state.journey;
  const against = refusal?.findings ?? state.journey.findings;
  const box = h("div", { class: "stack" });
  if (!against.length || (!refusal && !state.journey.sale)) return waited(box);
  return {
    key: "offer",
    title: t("offer_refused_title"),
    lead: t("offer_refused_lead"),
    body: [h("section", { class: "notice bad" }, h("h2", {}, icon("alert"), t("refused_title")), findings(against)), h("p", {}, t("offer_refused_text")), refusal && right(box)],
    shown({ trouble }) {
      if (refusal) reviewOf(refusal.record, box, trouble);
    },
  };
}

// Until somebody offers a product; meanwhile the answer to a review that was asked for is shown here.
function waited(box) {
  const page = waiting("offer", t("offer_title"), t("offer_lead"), h("p", {}, t("offer_text")), box);
  const look = (trouble) => reviewOf(state.journey.assessment.assessment, box, trouble, { asks: false });
  return {
    ...page,
    async shown(parts) {
      page.shown(parts);
      every(4000, () => look(parts.trouble).catch(() => null));
      await look(parts.trouble);
    },
  };
}

function product() {
  const box = h("div", { class: "stack loading" }, h("p", {}, t("loading")));
  return {
    key: "product",
    title: t("product_title"),
    lead: t("product_lead"),
    body: box,
    async shown() {
      const found = await get(`/v1/products/${state.journey.sale.product}`);
      box.className = "stack";
      box.replaceChildren(...facts(found, state.journey.sale));
    },
    primary: { label: t("product_go"), id: "to-match", act: () => go() },
  };
}

function facts(found, { amount, fee }) {
  return [
    h("section", { class: "card product" }, h("span", { class: `level ${found.risk_level}` }, found.risk_level), h("div", {}, h("h2", {}, found.name), h("p", {}, t(`level_${found.risk_level}`)))),
    h(
      "dl",
      { class: "facts" },
      fact(t("product_amount"), h("strong", {}, money(amount)), h("small", {}, t("product_fee", { fee: money(fee) }))),
      fact(t("product_minimum"), money(found.minimum)),
      fact(t("product_manager"), found.manager),
      fact(t("product_filing"), found.filing_number),
      fact(t("product_kind"), t(`fund_${found.fund_type}`)),
      fact(t("product_cooling"), t("hours", { hours: found.cooling_off_hours })),
      fact(t("product_visit"), found.return_visit ? t("yes") : t("no")),
      found.special_risks.length && fact(t("product_risks"), found.special_risks.map((risk) => (has(`risk_${risk}`) ? t(`risk_${risk}`) : risk)).join(" · ")),
    ),
    h("p", { class: "hint" }, icon("alert"), t("no_promise")),
  ];
}

function match() {
  const { sale: here, assessment } = state.journey;
  return {
    key: "match",
    title: t("match_title"),
    lead: t("match_lead"),
    findings: state.journey.findings,
    body: [
      here.matched_again && notice("alert", t("rematch_title"), t(here.documents.signed_fund_contract ? "rematch_signed" : "rematch_unsigned")),
      h("section", { class: "card opinion" }, assessment && h("p", { class: "badge" }, assessment.tolerance), h("p", { class: "words" }, both(here.opinion.text))),
      h("ul", { class: "points" }, ["match_point_1", "match_point_2", "match_point_3"].map((key) => h("li", {}, t(key)))),
    ],
    primary: {
      label: t("match_go"),
      id: "acknowledge-match",
      async act() {
        await post(`${sale()}/match-acknowledgements`);
        go();
      },
    },
  };
}

function care() {
  const box = h("div", { class: "stack" });
  const accept = tick("accept", t("care_accept"));
  let digest = null;
  return {
    key: "care",
    title: t("care_title"),
    lead: t("care_lead"),
    body: [box, accept],
    async shown() {
      const told = await post(`${sale()}/high-risk-disclosure`);
      digest = told.text_sha256;
      box.replaceChildren(h("div", { class: "document" }, both(told.text).split("\n").map((line) => h("p", {}, line))));
    },
    primary: {
      label: t("care_go"),
      id: "acknowledge-care",
      async act() {
        if (complain(accept.parentElement, "accept", ticked(accept.parentElement, "accept") ? "" : t("tick_first"))) return;
        await post(`${sale()}/high-risk-disclosure/acknowledgements`, { text_sha256: digest });
        go();
      },
    },
  };
}

export const views = { offer, product, match, care };
