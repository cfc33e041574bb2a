"""What a page is looked at for: WCAG by axe-core, dark mode, narrow screens, large type, what moves, what it weighs."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
NARROW = 320
"""CSS pixels: a screen of 1280 at 400 % (WCAG 1.4.10)."""

MOST_SHIFT = 0.1
"""Of one jump, whether a key was just pressed or not: what a key excuses depends on the machine's load."""

MOST_BYTES = 150_000
"""Without the papers: what the investor reads, and the device takes the digest of, is as long as it is."""

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SHIFTS = """
window.shifts = [];
window.rested = 0;
new PerformanceObserver((list) => {
  for (const { startTime, value } of list.getEntries()) window.shifts.push([startTime, value]);
}).observe({ type: "layout-shift", buffered: true });
"""
_SHIFTED = "() => Math.max(0, ...window.shifts.filter(([at]) => at > window.rested).map(([, value]) => value))"
_RUN = """axe.run(%s)
  .then(({violations}) => violations.map(({id, nodes}) => ({id, where: nodes.map((node) => node.target.join(" "))})))
  .then((found) => JSON.stringify(found))"""
_WEIGHT = r"""() => {
  const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const page = all.filter(({ name }) => !/\/(documents|papers)\//.test(name));
  const before = window.weighed ?? 0;
  window.weighed = page.reduce((sum, each) => sum + each.transferSize, 0);
  return window.weighed - before;
}"""
_TOO_WIDE = """(width) => {
  const aside = "progress, .unseen, .unseen *, .skip, .phase-name, .phase-name *, .stages, .stages *, .sheet img";
  const hidden = (each) => each.matches(aside);
  const named = (each) => `${each.tagName.toLowerCase()}.${each.className || each.parentElement.className}`;
  const seen = [...document.querySelectorAll("body *")].filter((each) => !hidden(each));
  const wide = (each) => each.getBoundingClientRect().right > width + 1;
  const over = document.documentElement.scrollWidth > width ? seen.filter(wide) : [];
  const cut = seen.filter((each) => {
    const { overflowX } = getComputedStyle(each);
    if (["visible", "auto", "scroll"].includes(overflowX)) return false;
    return each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 2;
  });
  return [...over.map((each) => `too wide ${named(each)}`), ...cut.map((each) => `cut ${named(each)}`)];
}"""
_REST = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.rested = performance.now();
  done();
})))"""


def violations(page: Page, stage: str, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 AA (or these ``rules``): no policy of the page is weakened for it."""
    only: Any = {"type": "rule", "values": rules} if rules else TAGS
    debugger = page.context.new_cdp_session(page)
    if page.evaluate("typeof axe") == "undefined":
        debugger.send("Runtime.evaluate", {"expression": AXE.read_text()})
    run = {"expression": _RUN % json.dumps({"runOnly": only}), "awaitPromise": True, "returnByValue": True}
    found = json.loads(debugger.send("Runtime.evaluate", run)["result"]["value"])
    debugger.detach()
    return [f"{stage}: {each['id']} at {each['where']}" for each in found]


def at(page: Page, stage: str) -> list[str]:
    """Return everything that is wrong with the page that is on the screen now."""
    wrong = [*_moved(page, stage), *_weight(page, stage), *violations(page, stage)]
    page.emulate_media(color_scheme="dark")
    wrong += violations(page, f"{stage}, dark", ("color-contrast",))
    page.emulate_media(color_scheme="light")
    return [*wrong, *reflow(page, stage)]


def rest(page: Page) -> None:
    """Let what looking has moved come to rest; from here on, what moves is the page's own doing."""
    page.evaluate(_REST)


def reflow(page: Page, stage: str) -> list[str]:
    """Return what does not fit: on a screen of 320 CSS pixels, and with type of twice the size."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": NARROW, "height": size["height"]})
    wrong = [f"{stage}, 320 px: {each}" for each in page.evaluate(_TOO_WIDE, NARROW)]
    page.set_viewport_size(size)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wrong += [f"{stage}, twice the type: {each}" for each in page.evaluate(_TOO_WIDE, size["width"])]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return wrong


def _moved(page: Page, stage: str) -> list[str]:
    """Tell of what moved by itself since the stage before was looked at."""
    shifted = page.evaluate(_SHIFTED)
    return [f"before {stage}: the layout shifted by {shifted:.3f}"] if shifted > MOST_SHIFT else []


def _weight(page: Page, stage: str) -> list[str]:
    sent = page.evaluate(_WEIGHT)
    return [f"{stage}: {sent} bytes were sent for it"] if sent > MOST_BYTES else []
