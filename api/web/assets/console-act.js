// One act in plain words; what proves it is one click away.

import { h, icon } from "./dom.js";
import { findings } from "./page.js";
import { clock, fact, hex, instantOf } from "./console-view.js";
import { both, has, t } from "./words.js";

export function act(each, told) {
  const detail = both(each.detail);
  return h(
    "li",
    { class: each.refused ? "act refused" : "act", "data-type": each.type },
    h("p", { class: "when" }, h("time", { datetime: each.at }, clock(each.at, "china")), h("small", {}, `${clock(each.at, "utc")} UTC`)),
    h(
      "div",
      { class: "what" },
      h("h4", {}, each.refused && icon("alert"), both(each.title)),
      detail && h("p", {}, detail),
      h("p", { class: "meta" }, h("span", { class: "duty" }, named("duty", each.actor.role)), each.article && h("span", { class: "article", lang: "zh-CN" }, each.article)),
      each.signature && signature(each.signature),
      each.findings.length > 0 && h("div", { class: each.refused ? "notice bad" : "notice" }, findings(each.findings)),
      proof(each, told),
    ),
  );
}

function signature(signed) {
  return h(
    "p",
    { class: "signed" },
    icon("key"),
    h("span", {}, named("suite", signed.suite), " · ", signed.pages_read ? t("read_for", { pages: signed.pages_read, seconds: signed.seconds_read }) : t("read_nothing")),
  );
}

// A suite or a duty that came later than these words is told by its own name.
export function named(prefix, name) {
  const key = `${prefix}_${name.replaceAll("-", "_")}`;
  return has(key) ? t(key) : name;
}

function proof(each, told) {
  const checkpoint = told.checkpoints.find(({ size }) => size === each.checkpoint) ?? null;
  return h(
    "details",
    { class: "proof" },
    h("summary", {}, h("span", { class: `anchor ${checkpoint?.state ?? "waiting"}` }, anchor(checkpoint)), h("span", { class: "unseen" }, `: ${both(each.title)}`)),
    h(
      "dl",
      { class: "facts inner" },
      fact(t("record_number"), `${each.index} · ${each.type}`),
      fact(t("leaf"), hex(each.record)),
      fact(t("occurred_at"), instantOf(each.at)),
      fact(t("recorded_at"), instantOf(each.recorded_at)),
      fact(t("actor"), named("duty", each.actor.role), " ", hex(each.actor.id)),
      checkpoint && fact(t("checkpoint"), anchored(checkpoint, told.chain)),
      each.signature && certificate(each.signature),
      each.documents.map((document) => fact(t("document"), `${document.role} · ${document.media_type} · ${document.bytes} B`, h("small", {}, "SHA-256 ", hex(document.sha256)), h("small", {}, "SM3 ", hex(document.sm3)))),
      each.fields.map(({ name, value, withheld }) => fact(h("code", {}, name), withheld ? t("withheld") : plainly(value))),
    ),
  );
}

function anchor(checkpoint) {
  if (checkpoint === null) return t("anchor_waiting");
  return t(`anchor_${checkpoint.state}`, { block: checkpoint.block ?? "" });
}

function anchored(checkpoint, chain) {
  const lines = [t("checkpoint_of", { size: checkpoint.size }), checkpoint.transaction && h("small", {}, hex(checkpoint.transaction))];
  if (checkpoint.block_time) lines.push(h("small", {}, t("block_at", { block: checkpoint.block, at: instantOf(checkpoint.block_time) })));
  if (chain.trust) lines.push(h("small", {}, named("trust", chain.trust)));
  if (checkpoint.quorum) lines.push(h("small", {}, t("cosigned_of", checkpoint)));
  return lines.filter(Boolean);
}

function certificate(signed) {
  return [
    fact(t("certificate"), signed.issuer, h("small", {}, hex(signed.serial)), h("small", {}, `${instantOf(signed.valid_from)} – ${instantOf(signed.valid_until)}`)),
    fact(t("key"), hex(signed.key)),
    fact(t("signed_document"), hex(signed.document_sha256)),
  ];
}

function plainly(value) {
  if (value === true || value === false) return t(value ? "yes" : "no");
  if (value === null) return "–";
  if (typeof value === "object" && "amount" in value && "currency" in value) return `${value.currency} ${value.amount}`;
  return typeof value === "object" ? h("code", {}, JSON.stringify(value)) : String(value);
}
