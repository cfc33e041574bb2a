// Embedding in a firm's own app: events for the page around ours (docs/pages.md), to named origins only.

const EVENTS = new Set(["ready", "stage", "signed", "done", "rescinded", "refused", "session_over", "left"]);
let origins = [];

export function configure() {
  origins = (document.documentElement.dataset.embedders ?? "").split(" ").filter(Boolean);
  announce("ready", {});
}

// What is told names a stage, never a person, an amount or a document.
export function announce(event, detail) {
  if (!EVENTS.has(event) || window.parent === window) return;
  for (const origin of origins) window.parent.postMessage({ source: "pfl", version: 1, event, ...detail }, origin);
}
