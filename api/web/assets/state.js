// What the page knows: the journey as the service told it last. Nothing here decides; every act is asked of the service.

import { get } from "./http.js";

export const state = { journey: null, view: null, skew: 0 };

let asked = 0;
let known = 0;

// An answer that was overtaken by a later question's is not news.
export async function refresh() {
  asked += 1;
  const mine = asked;
  const journey = await get("/v1/journey");
  if (mine > known) {
    known = mine;
    state.journey = journey;
    state.skew = Date.parse(journey.at) - Date.now();
  }
  return state.journey;
}

export function now() {
  return Date.now() + state.skew;
}

export function stageOf(key) {
  return state.journey?.stages.find((stage) => stage.stage === key) ?? null;
}

export function investor() {
  return `/v1/investors/${state.journey.investor}`;
}

export function sale() {
  return `/v1/sales/${state.journey.sale.sale}`;
}
