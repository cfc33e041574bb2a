// Signing: the service prepares, this device checks what it is about to sign and signs, the service verifies.

import { keyNames, ours, wording } from "./acting.js";
import { h, icon, replace, tell } from "./dom.js";
import { drawing, drawn } from "./drawing.js";
import { announce } from "./frame.js";
import { bytes, post } from "./http.js";
import { unhex } from "./der.js";
import { sealing } from "./institution.js";
import { approve, credential, means } from "./means.js";
import { investor, sale, state } from "./state.js";
import { has, t } from "./words.js";

const STEPS = ["key", "certificate", "prepare", "check", "sign", "approve", "verify"];

// What will be signed, in words, before the button, and with what.
export function intent(purpose, list) {
  return [sentence(purpose), drawing(purpose), means((approved) => (list.querySelector("[data-step=approve]").hidden = !approved))];
}

function sentence(purpose) {
  return h(
    "section",
    { class: "card intent" },
    h("h2", {}, icon("key"), t("sign_what")),
    h("blockquote", { lang: "zh-CN" }, t(wording(purpose))),
    has(`${wording(purpose)}_gloss`) && h("p", { class: "gloss" }, t(`${wording(purpose)}_gloss`)),
    sealing(),
    h("ul", { class: "points" }, h("li", {}, t("sign_point_1")), h("li", {}, t("sign_point_2")), h("li", {}, t("sign_point_3"))),
  );
}

export function ladder() {
  return h("ol", { class: "ladder", hidden: true }, STEPS.map((step) => h("li", { "data-step": step }, h("span", { class: "dot" }, icon("check")), ours(`sign_${step}`))));
}

export class Mismatch extends Error {}

export async function signWithDevice(purpose, document, list) {
  const { certificateRequest, keyOf, sha256, sign } = await import("./keys.js");
  list.hidden = false;
  const reach = (step) => {
    for (const item of list.children) {
      const passed = STEPS.indexOf(item.dataset.step) < STEPS.indexOf(step);
      item.className = passed ? "done" : item.dataset.step === step ? "now" : "";
    }
    tell(ours(`sign_${step}`));
  };
  reach("key");
  const names = keyNames();
  const pair = await keyOf(names.paper);
  const own = names.own && (await keyOf(names.own));
  const chosen = await credential();
  reach("certificate");
  // Named by their records: on another device somebody may ask for certificates at this very moment.
  const issued = await post(`${investor()}/certificates`, { csr: await certificateRequest(pair), ...(own && { holder: "seal" }) });
  const asked = { purpose, certificate: issued.record, ...(chosen && { credential: chosen }) };
  if (own) asked.signatory_certificate = (await post(`${investor()}/certificates`, { csr: await certificateRequest(own), holder: "signatory" })).record;
  reach("prepare");
  const ready = await post(`${sale()}/signatures`, asked, crypto.randomUUID());
  reach("check");
  await examine(ready, purpose, document, sha256);
  reach("sign");
  const body = {
    statement_signature: hexOf(await sign(pair, new TextEncoder().encode(ready.statement))),
    pdf_signature: hexOf(await sign(pair, unhex(ready.pdf_to_sign))),
  };
  if (own) body.signatory_signature = hexOf(await sign(own, new TextEncoder().encode(ready.statement)));
  if (chosen) {
    reach("approve");
    body.approval = await approve(ready.approval);
  }
  if (drawn()) body.handwriting = drawn();
  reach("verify");
  await post(`${sale()}/signatures/${ready.signature}`, body, `sign-${ready.signature}`);
  for (const item of list.children) item.className = "done";
  announce("signed", { stage: purpose });
}

// The device signs what was read and nothing else: this very paper, this sale, this investor, in these words.
async function examine(ready, purpose, document, sha256) {
  const said = JSON.parse(ready.statement);
  const { journey } = state;
  const paper = await sha256(await bytes(`/v1/documents/${ready.document.sha256}?subject=${journey.investor}`));
  const fits =
    paper === document &&
    said.documents.length === 1 &&
    said.documents[0].sha256 === document &&
    said.purpose === purpose &&
    said.intent === t(wording(purpose)) &&
    said.sale === journey.sale.sale &&
    said.investor === journey.investor &&
    said.product === journey.sale.product;
  if (!fits) throw new Mismatch(`the statement is not about the ${purpose} that was read`);
}

function hexOf(octets) {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

