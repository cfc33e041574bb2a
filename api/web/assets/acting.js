// Who acts for whom: said on every page of an institution, and what follows from it for keys and sentences.

import { h } from "./dom.js";
import { state } from "./state.js";
import { day, has, t } from "./words.js";

export function acting() {
  return state.journey?.acting ?? null;
}

// Below the name of the seller: the person, the institution, the capacity, and until when the power lasts.
export function banner() {
  const who = acting();
  if (!who) return null;
  const ends = who.powers.map((power) => power.valid_until).sort().at(-1); // the first instant at which it is over
  return h(
    "p",
    { class: "acting", id: "acting" },
    h("strong", {}, t("acting_for", { person: who.name, institution: state.journey.name })),
    h("small", {}, t(`capacity_${who.capacity}`), ends && t("acting_until", { day: day(Date.parse(ends) - 1) })),
  );
}

// What an institution says of itself stands in words of its own, where there are some.
export function ours(key, values) {
  const own = `${key}_institution`;
  return t(acting() && has(own) ? own : key, values);
}

// An institution signs in its own words.
export function wording(purpose) {
  return acting() ? `intent_institution_${purpose}` : `intent_${purpose}`;
}

// The keys on this device: one for the papers, and for an institution the person's own besides.
export function keyNames() {
  const { investor } = state.journey;
  const who = acting();
  return who ? { paper: `${investor}/seal`, own: `${investor}/${who.representative}` } : { paper: investor, own: null };
}
