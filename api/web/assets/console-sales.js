// The sales there are, the newest first, and the one somebody looks for by its number or its investor's.

import { h, replace, tell } from "./dom.js";
import { Problem, get } from "./http.js";
import { attempt } from "./page.js";
import { complain, field } from "./forms.js";
import { dayOf, instantOf, to } from "./console-view.js";
import { t } from "./words.js";

const NUMBER = /^[0-9a-f]{64}$/;

export async function sales() {
  const list = h("ol", { class: "sales", id: "sales" });
  const trouble = h("div", { class: "trouble", role: "alert" });
  const more = h("div", { class: "actions" });
  let of = "";

  async function load(after) {
    const page = await get(`/v1/sales?limit=20${after ? `&after=${after}` : ""}${of ? `&investor=${of}` : ""}`);
    const rows = page.items.map(row);
    if (after) list.append(...rows);
    else replace(list, rows.length ? rows : h("li", { class: "card" }, t("no_sales")));
    const again = h("button", { type: "button", class: "button quiet", id: "more" }, h("span", {}, t("more")), h("i", { class: "spinner" }));
    again.addEventListener("click", () => attempt(again, trouble, () => load(page.next)));
    replace(more, page.next && again);
    if (after) rows[0]?.querySelector("a").focus();
  }

  await load(null);
  return {
    key: "sales",
    title: t("sales_title"),
    lead: t("sales_lead"),
    body: [finder((investor) => ((of = investor), load(null)), trouble), list, more, trouble],
  };
}

// One field for both numbers: a sale is opened, an investor's sales are listed.
function finder(listOf, trouble) {
  const input = h("input", { type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "off" });
  const button = h("button", { class: "button", id: "find" }, h("span", {}, t("find")), h("i", { class: "spinner" }));
  const form = h("form", { class: "card finder", role: "search", novalidate: true }, field("number", t("find_label"), input, t("find_hint")), button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = input.value.trim().toLowerCase();
    if (complain(form, "number", number === "" || NUMBER.test(number) ? "" : t("number_wrong"))) return;
    attempt(button, trouble, async () => {
      if (number === "") return listOf("");
      try {
        await get(`/v1/sales/${number}`);
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 404) throw error;
        try {
          await listOf(number);
          tell(t("sales_of_investor"));
        } catch (unknown) {
          if (!(unknown instanceof Problem) || unknown.status !== 404) throw unknown;
          complain(form, "number", t("number_unknown"));
        }
        return;
      }
      dispatchEvent(new CustomEvent("pfl:look", { detail: `/console/${number}` }));
    });
  });
  return form;
}

function row(sale) {
  return h(
    "li",
    { class: "card sale" },
    h("p", { class: "sale-name" }, to(`/console/${sale.sale}`, {}, sale.product_name ?? t("withheld"), h("span", { class: "unseen" }, ` ${sale.sale.slice(0, 8)}`))),
    h("p", { class: `state ${sale.status}` }, t(`status_${sale.status}`)),
    h("p", { class: "small" }, t("opened_on", { day: dayOf(sale.opened_at) })),
    h("p", { class: "small" }, t("newest_act", { at: instantOf(sale.newest_at).split(" · ")[0] })),
    h("p", { class: "small" }, t("records_count", { count: sale.records }), sale.refusals ? h("strong", { class: "bad" }, t("refusals_count", { count: sale.refusals })) : null),
    h("code", { class: "hex" }, sale.sale),
  );
}
