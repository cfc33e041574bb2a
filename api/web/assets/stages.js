// Which view shows which stage.

import * as after from "./after.js";
import * as contract from "./contract.js";
import * as gate from "./gate.js";
import * as institution from "./institution.js";
import * as payment from "./payment.js";
import * as plain from "./plain.js";
import * as product from "./product.js";
import * as proof from "./proof.js";
import * as questionnaire from "./questionnaire.js";
import * as risk from "./risk.js";
import { show } from "./page.js";

const VIEWS = {
  ...plain.views,
  ...gate.views,
  ...institution.views,
  ...questionnaire.views,
  ...product.views,
  ...risk.views,
  ...proof.views,
  ...contract.views,
  ...payment.views,
  ...after.views,
};

export function viewOf(name, detail) {
  return VIEWS[name](detail);
}

addEventListener("pfl:rescind", () => show(viewOf("rescind")));
