// The shortest reading time, where the institution's policy has one (the service holds to it; this only tells): what is
// still to be read is said beside the button, counts down while the page is on the screen, and nothing is hidden.

import { h, replace, tell, unique } from "./dom.js";
import { onleave } from "./page.js";
import { t } from "./words.js";

// `over()` is true once this page, and before the last button the whole paper, was read for long enough.
export function waiting({ paper, page, final, next, seconds }) {
  const id = unique("wait");
  const said = h("p", { class: "pace", id, role: "timer", hidden: true });
  const { page: each, total } = paper.minimum;
  const had = (number) => paper.read[number] ?? 0;
  const left = () => {
    const now = Math.floor(seconds());
    const all = paper.pages.reduce((sum, one) => sum + had(one.page), now);
    const here = Math.max(0, each - had(page) - now);
    return { here, all: final ? Math.max(0, total - all) : 0 };
  };
  const words = ({ here, all }) => (here >= all ? t("pace_page", { seconds: here }) : t("pace_total", { seconds: all }));
  let waited = false;
  const say = () => {
    const now = left();
    const over = now.here <= 0 && now.all <= 0;
    if (over) {
      next.removeAttribute("aria-disabled");
      next.removeAttribute("aria-describedby");
      said.hidden = !waited;
      replace(said, t("pace_over"));
      if (waited) tell(t("pace_over"));
      clearInterval(timer);
      return true;
    }
    next.setAttribute("aria-disabled", "true");
    next.setAttribute("aria-describedby", id);
    said.hidden = false;
    replace(said, words(now));
    if (!waited) tell(words(now));
    waited = true;
    return false;
  };
  const timer = each || total ? setInterval(() => (next.isConnected || !waited ? say() : clearInterval(timer)), 500) : null;
  onleave(() => clearInterval(timer));
  say();
  return {
    said,
    over() {
      const over = say();
      if (!over) tell(said.textContent);
      return over;
    },
  };
}
