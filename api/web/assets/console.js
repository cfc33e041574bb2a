// The compliance console: sign in with an API key, find a sale, see every act of it. It only reads.

import { h, replace, tell } from "./dom.js";
import { recall } from "./header.js";
import { Problem, end, get, post } from "./http.js";
import { problem, skip } from "./page.js";
import { complain, field } from "./forms.js";
import { put, staff } from "./console-view.js";
import { sales } from "./console-sales.js";
import { timeline } from "./console-timeline.js";
import { preferred, speak, t } from "./words.js";

const SALE = /^[0-9a-f]{64}$/;
let turn = 0;

async function begin() {
  await speak(preferred(), "console");
  recall();
  await show();
}

// Show what the address names. What comes late, when somebody has gone on already, is not shown.
async function show() {
  turn += 1;
  const mine = turn;
  const asked = location.pathname.split("/")[2] ?? "";
  try {
    staff.known = await get("/v1/console");
    const view = SALE.test(asked) ? await timeline(asked) : await sales();
    if (mine === turn) put(view);
  } catch (error) {
    if (mine !== turn) return;
    if (error instanceof Problem && error.status === 401) {
      staff.known = null;
      put(entrance());
      return;
    }
    put({ key: "trouble", title: t("console_title"), body: [problem(error), h("p", {}, h("a", { href: "/console" }, t("to_sales")))] });
    if (!(error instanceof Problem) && error.constructor.name !== "Offline") throw error;
  }
}

function entrance() {
  const key = h("input", { type: "password", autocomplete: "off", spellcheck: "false", required: true, "aria-required": "true" });
  const trouble = h("div", { class: "trouble", role: "alert" });
  const button = h("button", { class: "button primary", id: "sign-in" }, h("span", {}, t("sign_in")), h("i", { class: "spinner" }));
  const form = h("form", { class: "card stack", novalidate: true }, field("key", t("key_label"), key, t("key_hint")), button, trouble);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    if (complain(form, "key", key.value.trim() ? "" : t("key_needed"))) return;
    button.setAttribute("aria-busy", "true");
    replace(trouble);
    try {
      await post("/v1/console/session", { key: key.value.trim() });
      key.value = "";
      await show();
    } catch (error) {
      if (error instanceof Problem && [401, 422].includes(error.status)) complain(form, "key", t("key_wrong"));
      else replace(trouble, problem(error));
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  return { key: "entrance", plain: true, title: t("console_title"), lead: t("console_lead"), body: [form] };
}

addEventListener("popstate", show);
document.querySelector(".skip").addEventListener("click", skip);
addEventListener("pfl:advance", show);
addEventListener("pfl:look", (event) => {
  history.pushState(null, "", event.detail);
  show();
});
addEventListener("pfl:leave", async () => {
  await end("/v1/console/session");
  history.replaceState(null, "", "/console");
  await show();
});
addEventListener("pfl:speak", async (event) => {
  await speak(event.detail, "console");
  await show();
  tell(t("language_is"));
});

begin();
