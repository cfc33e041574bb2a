// One sale: what it is, what is still missing, every act in order, and the evidence to take away.

import { h, icon, replace } from "./dom.js";
import { get, post } from "./http.js";
import { attempt, findings } from "./page.js";
import { save } from "./plain.js";
import { act, named } from "./console-act.js";
import { dayOf, fact, hex, instantOf, to } from "./console-view.js";
import { both, money, t } from "./words.js";

const FILTERS = {
  all: () => true,
  sale: (each, told) => each.stream === told.sale,
  investor: (each, told) => each.stream === told.investor,
  signed: (each) => each.signature !== null,
  refused: (each) => each.refused || each.findings.length > 0,
};

export async function timeline(sale) {
  const here = `/v1/sales/${sale}`;
  const told = await get(`${here}/acts`);
  const list = h("div", { class: "timeline", id: "timeline" });
  const trouble = h("div", { class: "trouble", role: "alert" });
  const more = h("div", { class: "actions" });
  let filter = "all";

  function draw() {
    const shown = told.acts.filter((each) => FILTERS[filter](each, told));
    replace(list, shown.length ? days(shown, told) : h("p", { class: "card" }, t("no_acts")));
    replace(more, told.next !== null && button("more", t("more"), trouble, next));
  }

  async function next() {
    const page = await get(`${here}/acts?after=${told.next}`);
    told.acts.push(...page.acts);
    told.checkpoints.push(...page.checkpoints);
    told.next = page.next;
    draw();
  }

  function choose(name) {
    filter = name;
    for (const each of tabs.children) each.setAttribute("aria-pressed", String(each.dataset.filter === name));
    draw();
  }

  const tabs = h(
    "div",
    { class: "tabs", role: "group", "aria-label": t("filter") },
    Object.keys(FILTERS).map((name) => h("button", { type: "button", class: "tab", "data-filter": name, "aria-pressed": String(name === "all"), onclick: () => choose(name) }, t(`filter_${name}`))),
  );
  draw();
  return {
    key: "timeline",
    above: h("p", { class: "above" }, to("/console", { class: "back" }, icon("back"), t("to_sales"))),
    title: told.product_name,
    lead: h("span", {}, t("sale_number"), " ", hex(sale)),
    body: [
      summary(told),
      missing(told),
      h("section", { class: "take", "aria-label": t("take_away") }, take(told, here, trouble), h("p", { class: "small" }, t("take_hint"))),
      trouble,
      h("div", { class: "bar" }, h("h2", {}, t("acts_title")), tabs),
      h("p", { class: "small" }, t("times_hint")),
      list,
      more,
    ],
  };
}

function summary(told) {
  const final = told.acts.filter((each) => anchored(each, told)).length;
  const loaded = told.acts.length;
  return h(
    "dl",
    { class: "facts" },
    fact(t("status"), h("strong", { class: `state ${told.status}` }, t(`status_${told.status}`))),
    told.amount && fact(t("amount"), money(told.amount)),
    fact(t("investor"), hex(told.investor)),
    fact(t("acts_title"), t("acts_count", { count: told.total }), told.refusals ? h("small", { class: "bad" }, t("refusals_count", { count: told.refusals })) : h("small", {}, t("no_refusals"))),
    fact(t("anchoring"), h("span", { id: "anchored" }, t("anchored_of", { final, loaded })), h("small", {}, trust(told.chain))),
    fact(t("as_of"), instantOf(told.at)),
    told.stand_ins.length > 0 && fact(t("stand_ins"), t("stand_ins_text"), h("small", {}, told.stand_ins.join(", "))),
  );
}

function anchored(each, told) {
  return told.checkpoints.some((checkpoint) => checkpoint.size === each.checkpoint && checkpoint.state === "final");
}

function trust(chain) {
  if (chain.problem) return t("chain_away", { why: both(chain.problem) });
  return `${named("trust", chain.trust)} · ${chain.kind} ${chain.chain_id}`;
}

// What the law still asks for, whose turn it is, and what stands against the next step.
function missing(told) {
  if (!told.missing.length) return h("section", { class: "card" }, h("p", { class: "tick" }, icon("check"), t(`complete_${told.status}`)));
  return h(
    "section",
    { class: "card missing", id: "missing" },
    h("h2", {}, t("missing_title")),
    h(
      "ol",
      { class: "points" },
      told.missing.map((stage) =>
        h(
          "li",
          { class: stage.state },
          h("strong", {}, named("stage", stage.stage)),
          h("span", { class: "duty" }, named("duty", stage.whose)),
          stage.state === "current" && h("span", { class: "now" }, t("next_now")),
          h("span", { class: "article", lang: "zh-CN" }, stage.article),
        ),
      ),
    ),
    told.against.length > 0 && h("div", { class: "notice bad" }, h("h3", {}, icon("alert"), t("against_title")), findings(told.against)),
  );
}

function days(acts, told) {
  const groups = new Map();
  for (const each of acts) {
    const name = dayOf(each.at);
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return [...groups].map(([name, each]) => h("section", { class: "day" }, h("h3", { class: "day-name" }, name), h("ol", { class: "acts" }, each.map((one) => act(one, told)))));
}

// A report is made anew where something happened since the last one; then its two files are read.
function take(told, here, trouble) {
  let fresh = told.next === null && told.acts.filter((each) => each.stream === told.sale).at(-1)?.type === "report.made";
  const file = (name, label) =>
    button(`take-${name.split(".")[0]}`, label, trouble, async () => {
      if (!fresh) await post(`${here}/reports`);
      fresh = true;
      await save(null, `${here}/reports/${name}`, name);
    });
  const again = button("refresh", t("refresh"), trouble, async () => dispatchEvent(new CustomEvent("pfl:advance")));
  return h("div", { class: "pair" }, file("evidence.json", t("take_evidence")), file("report.pdf", t("take_report")), again);
}

function button(id, label, trouble, run) {
  const element = h("button", { type: "button", class: "button quiet", id }, h("span", {}, label), h("i", { class: "spinner" }));
  element.addEventListener("click", () => attempt(element, trouble, run));
  return element;
}
