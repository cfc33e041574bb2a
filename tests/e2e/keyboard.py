"""A person who has no pointer: Tab, arrows, Space and Enter, and always sees where they are."""

from datetime import date
from typing import Any

from playwright.sync_api import FilePayload

from tests.e2e.browsing import Person

MOST_TABS = 40
"""Nothing on a page is further than this from its beginning; a trap never ends."""

_WHERE = """(selector) => {
  const here = document.activeElement;
  const shown = here.closest(".option") ?? here;
  const ringed = [here, shown].some((each) => getComputedStyle(each).outlineStyle !== "none");
  const box = shown.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight;
  const middle = [box.x + box.width / 2, Math.max(0, Math.min(innerHeight - 1, box.y + box.height / 2))];
  const covered = here.closest(".actions") === null && document.elementFromPoint(...middle)?.closest(".actions");
  const name = here.id || here.className || here.tagName;
  return { there: here.matches(selector), ringed, inside, covered: Boolean(covered), name };
}"""
_GROUP = "(selector) => document.querySelector(selector)?.name ?? null"


class Keyboard(Person):
    """Every act of `Person` by keys alone."""

    def watch(self) -> None:
        super().watch()
        # asked for from the beginning: interception that is switched on beside the keypress can come after it
        self.page.on("filechooser", lambda _: None)

    def press(self, selector: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("Enter")

    def mark(self, selector: str) -> None:
        self.page.locator(selector).first.wait_for()
        radio = self.page.locator(selector).first.get_attribute("type") == "radio"
        if not radio:
            self.reach(selector)
            self.page.keyboard.press("Space")
            return
        group = self.page.evaluate(_GROUP, selector)
        self.reach(f'input[name="{group}"]')
        if self._where(selector)["there"]:
            self.page.keyboard.press("Space")
        for _ in range(MOST_TABS):
            if self._where(selector)["there"]:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reach {selector}")

    def choose(self, selector: str, value: str) -> None:
        self.reach(selector)
        for _ in range(MOST_TABS):
            self.page.keyboard.press("ArrowDown")
            if self.page.input_value(selector) == value:
                return
        raise AssertionError(f"the arrows never reach {value}")

    def write(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.type(text)

    def date(self, selector: str, day: date) -> None:
        for order in ("%m%d%Y", "%Y%m%d", "%d%m%Y"):  # as the browser's own language has it
            self.reach(selector)
            self.page.keyboard.type(day.strftime(order))
            if self.page.input_value(selector) == str(day):
                return
            while self._where(selector)["there"]:
                self.page.keyboard.press("Shift+Tab")
        raise AssertionError("the day cannot be typed")

    def give(self, file: FilePayload) -> None:
        self.reach("#choose-file")
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)

    def skip(self) -> None:
        """Go back to the link that skips the header, and take it."""
        self.reach("a.skip", "Shift+Tab")
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("document.activeElement.matches('main h1')")

    def reach(self, selector: str, key: str = "Tab") -> None:
        """Go on until the focus is there; on the way it is always visible, and under nothing."""
        self.page.locator(selector).first.wait_for()
        passed: list[str] = []
        for _ in range(MOST_TABS):
            where = self._where(selector)
            if where["there"]:
                assert where["ringed"], f"the focus cannot be seen on {where['name']}"
                assert where["inside"], f"{where['name']} has the focus off the screen"
                assert not where["covered"], f"{where['name']} has the focus under the actions"
                return
            passed.append(where["name"])
            self.page.keyboard.press(key)
        raise AssertionError(f"{key} never reaches {selector}: {passed}")

    def _where(self, selector: str) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(_WHERE, selector)
        return found
