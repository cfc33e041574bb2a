// The fund contract: read page by page, signed on this device, sealed by the institution.

import { h, icon, replace } from "./dom.js";
import { post } from "./http.js";
import { action, go, waiting } from "./page.js";
import { read } from "./reader.js";
import { intent, ladder, signWithDevice } from "./signing.js";
import { sale, state } from "./state.js";
import { t } from "./words.js";

function contract() {
  const against = state.journey.findings;
  const box = h("div", { class: "reader" }, against.length ? null : h("p", {}, t("loading")));
  return {
    key: "contract",
    title: t("contract_title"),
    lead: t("contract_lead"),
    findings: against,
    body: box,
    async shown({ trouble }) {
      if (against.length) return;
      const { document } = await post(`${sale()}/contract`);
      await read({ box, trouble, sha256: document.sha256, last: t("contract_done"), done: () => toSign(box, trouble, document.sha256) });
    },
  };
}

function toSign(box, trouble, document) {
  const list = ladder();
  const sign = action(
    {
      label: t("sign_now"),
      id: "sign",
      async act() {
        await signWithDevice("fund_contract", document, list);
        go();
      },
    },
    trouble,
    "primary",
  );
  replace(box, h("p", { class: "tick" }, icon("check"), t("contract_read")), intent("fund_contract", list), list, h("div", { class: "actions" }, sign));
  box.scrollIntoView({ block: "start" });
  sign.focus({ preventScroll: true });
}

function seal() {
  return waiting("seal", t("seal_title"), t("seal_lead"), h("p", {}, t("seal_text")));
}

export const views = { contract, seal };
