// An institution's own stages: its beneficial owners (反洗钱法 art. 29), and what is said to somebody without authority.

import { acting } from "./acting.js";
import { h, icon, replace } from "./dom.js";
import { complain, tick, ticked } from "./forms.js";
import { get, post } from "./http.js";
import { action, every, go, notice } from "./page.js";
import { fact } from "./questionnaire.js";
import { investor, state } from "./state.js";
import { both, t } from "./words.js";

function owners() {
  const box = h("div", { class: "stack" }, h("p", {}, t("loading")));
  return {
    key: "owners",
    title: t("owners_title"),
    lead: t("owners_lead", { institution: state.journey.name }),
    body: box,
    async shown({ trouble }) {
      const told = await get(`${investor()}/beneficial-owners`);
      if (told.declared) return draw(box, trouble, told);
      replace(box, h("div", { class: "waiting" }, h("div", { class: "pulse", "aria-hidden": "true" }), h("p", {}, t("owners_none"))));
      every(4000, async () => (await get(`${investor()}/beneficial-owners`)).declared && go());
    },
  };
}

function draw(box, trouble, told) {
  const ground = Object.fromEntries(told.grounds.map(({ basis, text }) => [basis, both(text)]));
  const people = told.owners.map((owner) =>
    h(
      "li",
      { class: "owner" },
      h("h2", {}, owner.name),
      h("dl", { class: "facts" }, fact(t("owners_number"), h("code", {}, owner.id_number)), fact(t("owners_ground"), owner.share ? t("owners_share", { ground: ground[owner.basis], share: owner.share }) : ground[owner.basis])),
    ),
  );
  const whole = tick("whole", t("owners_whole", { total: told.owners.length }));
  const confirm = action(
    {
      label: t("owners_go"),
      id: "confirm-owners",
      async act() {
        if (complain(box, "whole", ticked(box, "whole") ? "" : t("tick_first"))) return;
        await post(`${investor()}/beneficial-owners/confirmations`, { declared: told.declared });
        go();
      },
    },
    trouble,
    "primary",
  );
  const wrong = h("button", { type: "button", class: "link", id: "owners-wrong" }, t("owners_wrong"));
  wrong.addEventListener("click", () => replace(trouble, notice("alert", t("owners_wrong"), t("owners_wrong_text"))));
  replace(box, h("p", { class: "hint" }, icon("shield"), t("owners_as_of", { day: told.as_of })), h("ol", { class: "owners" }, people), h("p", {}, wrong), whole, h("div", { class: "actions" }, confirm));
}

function no_authority(error) {
  const { zh, detail } = error.document;
  return {
    key: "no_authority",
    plain: true,
    title: t("no_authority_title"),
    lead: both({ zh, en: detail }),
    body: h("p", {}, t("no_authority_text")),
  };
}

// What the person is told before they sign for somebody else.
export function sealing() {
  const who = acting();
  return who && h("p", { class: "hint sealing" }, icon("key"), t("sealing", { person: who.name, institution: state.journey.name }));
}

export const views = { owners, no_authority };
