// The fund contract: read page by page, signed on this device, sealed by the institution, paid from one's own account.

import { h, icon, replace } from "./dom.js";
import { post } from "./http.js";
import { action, go, waiting } from "./page.js";
import { fact } from "./questionnaire.js";
import { read } from "./reader.js";
import { intent, ladder, signWithDevice } from "./signing.js";
import { sale, state } from "./state.js";
import { money, t } from "./words.js";

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

function payment() {
  const { amount, fee, raising_account: account } = state.journey.sale;
  const total = { currency: amount.currency, amount: sum(amount.amount, fee.amount) };
  return {
    ...waiting(
      "payment",
      t("payment_title"),
      t("payment_lead"),
      h(
        "dl",
        { class: "facts slip" },
        fact(t("payment_total"), h("strong", {}, money(total)), h("small", {}, t("payment_parts", { amount: money(amount), fee: money(fee) }))),
        fact(t("payment_account"), h("code", {}, account.replace(/(.{4})(?=.)/g, "$1 ")), copy(account)),
        fact(t("payment_purpose"), h("code", {}, state.journey.sale.sale.slice(0, 16)), copy(state.journey.sale.sale.slice(0, 16))),
      ),
      h("ul", { class: "points" }, h("li", {}, t("payment_point_1")), h("li", {}, t("payment_point_2")), h("li", {}, t("payment_point_3"))),
    ),
  };
}

// Decimal strings, never a float.
function sum(one, other) {
  const cents = (text) => BigInt(text.includes(".") ? text.replace(".", "").padEnd(text.indexOf(".") + 2, "0") : `${text}00`);
  const whole = (cents(one) + cents(other)).toString().padStart(3, "0");
  return `${whole.slice(0, -2)}.${whole.slice(-2)}`;
}

function copy(text) {
  const button = h("button", { type: "button", class: "link" }, t("copy"));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = t("copied");
  });
  return button;
}

export const views = { contract, seal, payment };
