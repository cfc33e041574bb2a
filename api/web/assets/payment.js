// Payment from one's own account into the supervised raising account (募集行为办法 arts. 12-14), and a slip for those who
// want to give one. What counts is the bank's confirmation, by staff.

import { h, icon, replace, tell } from "./dom.js";
import { drop } from "./drop.js";
import { Problem, get, upload } from "./http.js";
import { action, waiting } from "./page.js";
import { fact } from "./questionnaire.js";
import { sale, state } from "./state.js";
import { moment, money, t } from "./words.js";

function payment() {
  const { amount, fee } = state.journey.sale;
  const box = h("div", { class: "stack loading" }, h("p", {}, t("loading")));
  const page = waiting("payment", t("payment_title"), t("payment_lead"), box);
  return {
    ...page,
    async shown(parts) {
      page.shown(parts);
      const told = await get(`${sale()}/payment`);
      const slips = h("section", { class: "card slips", "aria-labelledby": "slip-title" });
      offer(slips, parts.trouble, told.slips);
      const points = ["payment_point_1", "payment_point_2", "payment_point_3"].map((key) => h("li", {}, t(key)));
      box.className = "stack";
      replace(box, instructions(told.instructions, amount, fee), h("ul", { class: "points" }, points), slips);
    },
  };
}

function instructions({ account, amount, reference, payer }, net, fee) {
  return h(
    "dl",
    { class: "facts slip" },
    fact(t("payment_total"), h("strong", {}, money(amount)), h("small", {}, t("payment_parts", { amount: money(net), fee: money(fee) }))),
    fact(t("payment_account"), h("code", {}, account.replace(/(.{4})(?=.)/g, "$1 ")), copy(account, t("payment_account"))),
    fact(t("payment_payer"), h("strong", {}, payer), h("small", {}, t("payment_payer_hint"))),
    fact(t("payment_purpose"), h("code", {}, reference), copy(reference, t("payment_purpose"))),
  );
}

// The slips given so far, and a place for another one.
function offer(box, trouble, slips) {
  const chosen = { file: null, key: null };
  const area = drop(chosen, "slip");
  const send = action({ label: t("slip_send"), id: "send-slip", act: () => give(box, trouble, chosen) }, trouble, "quiet");
  replace(
    box,
    h("h2", { id: "slip-title" }, t("slip_title")),
    h("p", {}, t("slip_text")),
    slips.length > 0 &&
      h("ul", { class: "given" }, slips.map((slip) => h("li", {}, icon("check"), t("slip_given", { at: moment(slip.uploaded_at), kilobytes: Math.ceil(slip.bytes / 1024) })))),
    area,
    send,
  );
}

async function give(box, trouble, chosen) {
  const error = box.querySelector("#file-error");
  if (!chosen.file) {
    error.textContent ||= t("slip_first");
    tell(error.textContent);
    box.querySelector("#choose-file").focus();
    return;
  }
  const bar = box.querySelector("#slip-progress");
  bar.hidden = false;
  try {
    await upload(`${sale()}/payment-slips`, { file: chosen.file }, chosen.key, (share) => {
      bar.value = Math.round(share * 100);
    });
  } catch (problem) {
    if (problem instanceof Problem) chosen.key = crypto.randomUUID();
    bar.hidden = true;
    throw problem;
  }
  const { slips } = await get(`${sale()}/payment`);
  offer(box, trouble, slips);
  tell(t("slip_sent"));
  box.querySelector("#slip-title").scrollIntoView({ block: "nearest" });
}

function copy(text, what) {
  const button = h("button", { type: "button", class: "link", "aria-label": t("copy_what", { what }) }, t("copy"));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = t("copied");
    tell(t("copied"));
  });
  return button;
}

export const views = { payment };
