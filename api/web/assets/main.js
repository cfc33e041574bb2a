// From the link to the page: take the token out of the address, open a session, show the stage that the service names.

import { tell } from "./dom.js";
import { announce, configure } from "./frame.js";
import { recall } from "./header.js";
import { Offline, Problem, post } from "./http.js";
import { show, skip } from "./page.js";
import { viewOf } from "./stages.js";
import { refresh, stageOf, state } from "./state.js";
import { learn, preferred, speak, t } from "./words.js";

const PREFIX = "#pfl-link.";

// The same person's other tabs go where this one has gone; nothing is told but that.
const tabs = new BroadcastChannel("pfl");
tabs.onmessage = () => state.journey && follow({ stay: true, told: true });

// Look whether things have moved elsewhere. What cannot be asked now is asked again; the page at hand stays meanwhile.
function follow(how, left = 5) {
  return advance(how).catch((error) => {
    if (error instanceof Problem && error.status < 500) fail(error);
    else if (left) setTimeout(() => follow(how, left - 1), 2000);
  });
}

// The stage at which this page was shown last; whoever looks at one that is done has not left it.
let here = null;

async function begin() {
  await speak(preferred());
  recall();
  configure();
  if (location.hash.startsWith(PREFIX)) {
    const link = location.hash.slice(1);
    history.replaceState(null, "", "/sign"); // the token stays in no history and no screenshot
    await open(() => post("/v1/session", { link }));
    return;
  }
  if (location.pathname === "/sign/left") {
    show(viewOf("left"));
    return;
  }
  if (location.pathname === "/") {
    show(viewOf("welcome"));
    return;
  }
  await open(() => Promise.resolve());
}

async function open(first) {
  try {
    await first();
    await advance({ first: true });
  } catch (error) {
    fail(error);
  }
}

// An institution's pages have words of their own.
async function prepare() {
  if (state.journey?.kind === "institution") await learn("institution");
}

function fail(error) {
  if (error instanceof Problem && error.status === 401) {
    state.journey = null;
    show(viewOf("expired"));
  } else if (error instanceof Problem && error.code === "no_authority") {
    state.journey = null;
    show(viewOf("no_authority", error));
  } else if (error instanceof Offline) {
    show(viewOf("offline"));
  } else {
    show(viewOf("broken"));
    throw error;
  }
}

// Ask the service where we stand and go there. `stay` keeps the page at hand when nothing has changed.
export async function advance({ first = false, stay = false, told = false } = {}) {
  await refresh();
  await prepare();
  const { current } = state.journey;
  if (!told && here && here !== current) tabs.postMessage("moved");
  announce("stage", { stage: current });
  if (stay && here === current) return false;
  here = current;
  const path = `/sign/${current}`;
  if (first) {
    const asked = location.pathname.split("/")[2];
    if (asked && stageOf(asked)?.state === "done") {
      route();
      return true;
    }
    history.replaceState(null, "", path);
  } else if (location.pathname !== path) {
    history.pushState(null, "", path);
  }
  show(viewOf(current));
  return true;
}

export function look(stage) {
  history.pushState(null, "", `/sign/${stage}`);
  route();
}

// Back and forward: a stage that is done is looked at, never done again; one that lies ahead leads to the present one.
function route() {
  const asked = location.pathname.split("/")[2] ?? "";
  if (state.journey === null) return;
  const { current } = state.journey;
  if (asked === current) {
    show(viewOf(current));
  } else if (stageOf(asked)?.state === "done") {
    show(viewOf("past", asked));
  } else {
    history.replaceState(null, "", `/sign/${current}`);
    show(viewOf(current));
  }
}

addEventListener("popstate", route);
document.querySelector(".skip").addEventListener("click", skip);
addEventListener("pfl:advance", ({ detail }) => (detail.stay ? follow(detail, 0) : advance(detail).catch(fail)));
addEventListener("pfl:look", (event) => look(event.detail));
addEventListener("pfl:speak", async (event) => {
  await speak(event.detail);
  await prepare();
  if (state.journey) route();
  else show(viewOf({ "/": "welcome", "/sign/left": "left" }[location.pathname] ?? "expired"));
  tell(t("language_is"));
});
addEventListener("online", () => tell(t("online_again")));
addEventListener("offline", () => tell(t("offline_now")));

begin();
