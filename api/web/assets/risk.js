// Risk disclosure (募集行为办法 art. 26): page by page, then thirteen statements one at a time, then the signature.

import { h, icon, replace, tell } from "./dom.js";
import { post } from "./http.js";
import { action, go } from "./page.js";
import { read } from "./reader.js";
import { intent, ladder, signWithDevice } from "./signing.js";
import { meter } from "./questionnaire.js";
import { sale, state } from "./state.js";
import { both, language, t } from "./words.js";

function disclosure() {
  const box = h("div", { class: "reader" }, h("p", {}, t("loading")));
  return {
    key: "disclosure",
    title: t("disclosure_title"),
    lead: t("disclosure_lead"),
    findings: state.journey.findings,
    body: box,
    async shown({ trouble }) {
      const known = state.journey.sale.documents.disclosure;
      const { document } = known ? { document: known } : await post(`${sale()}/disclosure`);
      await read({ box, trouble, sha256: document.sha256, last: t("disclosure_done"), done: () => go() });
    },
  };
}

function items() {
  const box = h("div", { class: "stack" });
  return {
    key: "items",
    title: t("items_title"),
    lead: t("items_lead"),
    body: box,
    async shown({ trouble }) {
      const { items: list } = state.journey.sale;
      confirmNext(box, trouble, list, new Set(state.journey.sale.confirmed));
    },
  };
}

function confirmNext(box, trouble, list, confirmed) {
  const item = list.find((each) => !confirmed.has(each.item));
  if (!item) return go();
  const confirm = action(
    {
      label: t("items_go", { number: item.item }),
      id: "confirm-item",
      async act() {
        await post(`${sale()}/disclosure/items/${item.item}`, { text_sha256: item.text_sha256 });
        confirmed.add(item.item);
        tell(t("items_confirmed", { number: item.item }));
        confirmNext(box, trouble, list, confirmed);
      },
    },
    trouble,
    "primary",
  );
  const text = h("p", { class: "words", tabindex: "-1" }, both(item));
  const original = language === "zh" ? null : h("p", { class: "original", lang: "zh-CN" }, item.zh);
  replace(
    box,
    meter(item.item, list.length, "item_of"),
    h("section", { class: "card statement", "aria-label": t("items_number", { number: item.item }) }, h("p", { class: "number", "aria-hidden": "true" }, String(item.item)), text, original),
    h("div", { class: "actions" }, confirm),
  );
  text.focus({ preventScroll: true });
}

function sign_disclosure() {
  const list = ladder();
  return {
    key: "sign_disclosure",
    title: t("sign_disclosure_title"),
    lead: t("sign_disclosure_lead"),
    findings: state.journey.findings,
    body: [h("p", { class: "tick" }, icon("check"), t("sign_disclosure_done", { total: state.journey.sale.confirmed.length })), intent("risk_disclosure", list), list],
    primary: {
      label: t("sign_now"),
      id: "sign",
      async act() {
        await signWithDevice("risk_disclosure", state.journey.sale.documents.disclosure.sha256, list);
        go();
      },
    },
  };
}

export const views = { disclosure, items, sign_disclosure };
