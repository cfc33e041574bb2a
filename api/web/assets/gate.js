// The gate (募集行为办法 art. 20): identity with a one-time code, service agreement, active confirmation, consents.

import { ours } from "./acting.js";
import { h, icon, replace, tell } from "./dom.js";
import { choice, complain, field, picked, tick, ticked } from "./forms.js";
import { get, post } from "./http.js";
import { action, attempt, every, go } from "./page.js";
import { investor, state } from "./state.js";
import { both, has, money, t } from "./words.js";

const RESEND = 60;

function identity() {
  const { mobile } = state.journey;
  const box = h("div", { class: "stack" });
  const start = h("p", { class: "sent" }, t("identity_mobile"), h("strong", { class: "mobile" }, mobile));
  const view = {
    key: "identity",
    title: t("identity_title"),
    lead: t("identity_lead"),
    body: [start, box],
    primary: { label: t("identity_send"), id: "send-code", act: (button) => send(button, box) },
  };
  return view;
}

async function send(button, box) {
  await post(`${investor()}/codes`);
  const control = h("input", {
    type: "text",
    class: "code-input",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    maxlength: "6",
    pattern: "[0-9]{6}",
    spellcheck: "false",
  });
  const form = h("form", { novalidate: true }, field("code", t("identity_code"), control, t("identity_code_hint")));
  const trouble = button.closest("main").querySelector(".trouble");
  const verify = action({ label: t("identity_verify"), id: "verify-code", act: () => confirm(form, control) }, trouble, "primary");
  const again = h("button", { type: "button", class: "button quiet", id: "resend", disabled: true });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    verify.click();
  });
  control.addEventListener("input", () => {
    control.value = control.value.replace(/[^0-9]/g, "");
    if (control.value.length === 6) verify.click();
  });
  again.addEventListener("click", () => attempt(again, trouble, () => post(`${investor()}/codes`).then(() => count(again))));
  count(again);
  replace(box, form);
  replace(button.parentElement, verify, again);
  tell(t("identity_sent"));
  control.focus();
}

function count(again) {
  let left = RESEND;
  const say = () => {
    again.disabled = left > 0;
    again.textContent = left > 0 ? t("identity_again_in", { seconds: left }) : t("identity_again");
    left -= 1;
  };
  say();
  every(1000, () => left >= 0 && say());
}

async function confirm(form, control) {
  if (complain(form, "code", /^[0-9]{6}$/.test(control.value) ? "" : t("identity_code_wrong"))) return;
  try {
    await post("/v1/session/code", { code: control.value });
  } catch (error) {
    control.value = "";
    control.focus();
    throw error;
  }
  go();
}

function agreement() {
  const accept = tick("accept", t("agreement_accept"));
  const paragraphs = [1, 2, 3, 4, 5, 6, 7].map((number) =>
    h("li", {}, h("h2", {}, t(`agreement_${number}_title`)), h("p", {}, t(`agreement_${number}`))),
  );
  return {
    key: "agreement",
    title: t("agreement_title"),
    lead: t("agreement_lead"),
    body: [h("div", { class: "document", tabindex: "0", role: "region", "aria-label": t("agreement_title") }, h("ol", {}, paragraphs)), accept],
    primary: {
      label: t("agreement_go"),
      id: "accept-agreement",
      async act() {
        if (complain(accept.parentElement, "accept", ticked(accept.parentElement, "accept") ? "" : t("tick_first"))) return;
        await post(`${investor()}/agreements`, { agreement: "network-service-agreement", version: "1", accepted: true });
        go();
      },
    },
  };
}

function declaration() {
  const options = state.journey.choices.tests.map((test) => ({
    value: test.branch,
    label: ours("declaration_test", { what: both(test.text), amount: money(test.amount) }),
  }));
  const box = h(
    "div",
    { class: "stack" },
    choice("branch", ours("declaration_branch"), options, { hint: t("declaration_branch_hint") }),
    tick("own_funds", ours("declaration_own_funds")),
    tick("self_purchase", ours("declaration_self_purchase")),
    tick("active", ours("declaration_active")),
  );
  return {
    key: "declaration",
    title: ours("declaration_title"),
    lead: ours("declaration_lead"),
    body: box,
    primary: {
      label: t("declaration_go"),
      id: "declare",
      async act() {
        const branch = picked(box, "branch");
        let wrong = complain(box, "branch", branch ? "" : t("choose_one"));
        for (const name of ["own_funds", "self_purchase", "active"]) {
          if (!wrong) wrong = complain(box, name, ticked(box, name) ? "" : t("tick_first"));
        }
        if (wrong) return;
        await post(`${investor()}/declarations`, { branch, active: true, own_funds: true, self_purchase: true });
        go();
      },
    },
  };
}

// Separate consents are separate acts: one purpose, its words, its own button.
function consents() {
  const open = new Map(state.journey.choices.consents.map((each) => [each.purpose, each]));
  const box = h("div", { class: "stack" });
  return {
    key: "consents",
    title: t("consents_title"),
    lead: t("consents_lead"),
    body: box,
    async shown({ trouble }) {
      const { items } = await get("/v1/consents");
      ask(box, trouble, items.filter((item) => open.has(item.purpose)), open);
    },
  };
}

function ask(box, trouble, items, open) {
  const next = items.find((item) => !open.get(item.purpose).given && !open.get(item.purpose).declined);
  if (!next) return go();
  const asked = open.get(next.purpose);
  const agree = action(
    {
      label: t("consents_agree"),
      id: "consent",
      async act() {
        await post(`${investor()}/consents`, { purpose: next.purpose, text_sha256: next.text_sha256 });
        asked.given = true;
        ask(box, trouble, items, open);
      },
    },
    trouble,
    "primary",
  );
  const decline = h("button", { type: "button", class: "button quiet", id: "decline" }, t("consents_decline"));
  decline.addEventListener("click", () => {
    asked.declined = true;
    ask(box, trouble, items, open);
  });
  const name = `purpose_${next.purpose}`;
  replace(
    box,
    h("p", { class: "count" }, t("consents_count", { number: items.indexOf(next) + 1, total: items.length })),
    h("section", { class: "card statement" }, h("h2", { tabindex: "-1" }, has(name) ? t(name) : t("consents_purpose")), h("p", {}, both(next.text)), h("p", { class: "hint" }, icon("shield"), asked.required ? t("consents_required") : t("consents_optional"))),
    h("div", { class: "actions" }, agree, asked.required ? null : decline),
  );
  box.querySelector("h2").focus({ preventScroll: true });
}

export const views = { identity, agreement, declaration, consents };
