"""`pfl serve --demo`: a product on sale and an investor's link, made over HTTP as soon as the service answers."""

import threading
import time
from collections.abc import Callable

import httpx

from ledger.demo.client import Client, ProblemError
from ledger.demo.story import Story

READY_SECONDS = 60
NAME, NUMBER, MOBILE = "张䶮", "110101199001011234", "13800000000"
Say = Callable[[str], None]


def welcome(base: str, admin: str, say: Say, show: Say) -> threading.Thread:
    """Start a thread that waits for the service, makes what a newcomer needs, and tells the link."""
    thread = threading.Thread(target=_prepare, args=(base, admin, say, show), daemon=True)
    thread.start()
    return thread


def _prepare(base: str, admin: str, say: Say, show: Say) -> None:
    try:
        _wait(base)
        client = Client(base, admin)
        link = _link(base, client)
        auditor = client.post("/v1/keys", {"duty": "auditor", "label": "demo auditor"})["secret"]
    except (ProblemError, httpx.HTTPError, TimeoutError) as error:
        say(f"the demonstration data could not be made: {error}")
        return
    say("open this link in a browser, and buy the fund yourself (for one investor, good for seven days):")
    show(link)
    say(f"see every act of it at {base}/console with the auditor's key {auditor}")


def _link(base: str, admin: Client) -> str:
    """Return the address for a new investor; products are kept from an earlier start."""
    story = Story(base, admin, lambda *_: None)
    if not any(item["on_sale"] for item in admin.get("/v1/products")["items"]):
        story.appoint()
        story.product("示范进取一号私募证券投资基金", "SDEMO1", "R4")
    else:
        issued = admin.post("/v1/keys", {"duty": "sales", "label": "demo sales"})
        story.staff["sales"] = Client(base, issued["secret"])
    sales = story.staff["sales"]
    person = {"kind": "natural_person", "name": NAME, "id_type": "resident_id", "id_number": NUMBER}
    investor = sales.post("/v1/investors", {**person, "mobile": MOBILE, "channel": "web"})["investor"]
    token = sales.post(f"/v1/investors/{investor}/links")["token"]
    return f"{base}/sign#{token}"


def _wait(base: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{base}/health", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"{base} did not answer within {READY_SECONDS} seconds")
