// What the page knows: the journey as the service told it last. Nothing here decides; every act is asked of the service.

import { get } from "./http.js";

export const state = { journey: null, view: null, skew: 0 };

export async function refresh() {
  state.journey = await get("/v1/journey");
  state.skew = Date.parse(state.journey.at) - Date.now();
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
