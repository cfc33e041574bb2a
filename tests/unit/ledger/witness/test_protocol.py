"""tlog-witness over HTTP: the witness's server and the operator's client against one another, and against others."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.errors import ConfigurationError, OperatorError
from ledger.ports.log import Proof
from ledger.ports.witnesses import WitnessAheadError, WitnessError, WitnessRefusesError
from ledger.witness import wire
from ledger.witness.client import HttpWitnesses, open_witnesses
from ledger.witness.directory import CONFIG, KEY, WatchedLog, create, open_directory, watched
from ledger.witness.following import Follower
from ledger.witness.judging import RefusedError, Witness
from tests.histories import NOW, VKEY, WATCHED, History, history, serving, witness
from tests.vector_source import keys
from tests.vector_source.world import ORIGIN
from verifier import checkpoint, cosignature
from verifier.errors import MalformedError

ONE = history()
PATH = f"/{wire.origin_hash(ORIGIN)}"


@pytest.fixture
def custodian(tmp_path: Path) -> Witness:
    return witness(tmp_path / "custodian")


@pytest.fixture
def http(custodian: Witness) -> Iterator[httpx.Client]:
    with serving(custodian) as client:
        yield client


def submit(http: httpx.Client, history: History, old: int, new: int) -> httpx.Response:
    submission = history.submission(old, new)
    return http.post("/add-checkpoint", content=wire.body(submission), headers=wire.headers(submission))


class TestServer:
    def test_the_answers_are_those_of_c2sp(self, http: httpx.Client, custodian: Witness) -> None:
        assert http.get(f"{PATH}/checkpoint").status_code == 404
        answer = submit(http, ONE, 0, 5)
        assert (answer.status_code, answer.text.count("\n")) == (200, 1)
        assert answer.text.startswith("— custodian.example/witness ")
        note = http.get(f"{PATH}/checkpoint").text
        assert note == cosignature.add(ONE.note(5), [answer.text])
        answer = submit(http, ONE, 0, 9)
        assert (answer.status_code, answer.text, answer.headers["content-type"]) == (409, "5\n", "text/x.tlog.size")
        assert submit(http, history(3), 5, 9).status_code == 422
        assert submit(http, history(3), 5, 5).status_code == 422
        assert http.get("/" + "0" * 64 + "/checkpoint").status_code == 404
        assert http.get("/add-checkpoint").status_code == 405
        assert len(http.get(f"{PATH}/forks").json()) == 2
        told = http.get("/health").json()
        assert told["vkey"] == custodian.directory.vkey
        assert [(log["origin"], log["size"], log["forks"]) for log in told["logs"]] == [(ORIGIN, 5, 2)]

    def test_what_is_too_long_is_not_read_on(self, http: httpx.Client) -> None:
        assert http.post("/add-checkpoint", content=b"x" * (wire.MAX_BODY + 1)).status_code == 413

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"old 0\n\n",
            b"old 00\n\nx",
            b"old -1\n\nx",
            b"old 0\nxx\n\nx",
            b"\xff",
            b"old 0\n" + b"A" * 43 + b"=\n" * 1 + b"\n\xff",
            b"old 1\n" + b"".join(base64.b64encode(bytes(32)) + b"\n" for _ in range(64)) + b"\nx",
            b"old 1\n" + b"/" * 43 + b"=\n\nx",
        ],
    )
    def test_what_is_not_of_the_form_is_refused(self, http: httpx.Client, content: bytes) -> None:
        assert http.post("/add-checkpoint", content=content).status_code == 400

    @pytest.mark.parametrize("header", [{wire.SM3_HEADER: "x"}, {wire.ROOTS_HEADER: ""}, {wire.ROOTS_HEADER: "x,y"}])
    def test_so_are_headers(self, http: httpx.Client, header: dict[str, str]) -> None:
        content = wire.body(ONE.submission(0, 5))
        assert http.post("/add-checkpoint", content=content, headers=header).status_code == 400
        one = base64.b64encode(bytes(32)).decode()
        assert http.post("/add-checkpoint", content=content, headers={wire.ROOTS_HEADER: one}).status_code == 400

    def test_it_asks_the_log_itself(self, custodian: Witness) -> None:
        calls: list[int] = []
        with serving(custodian, lambda: calls.append(1)) as client:
            while not calls:
                client.get("/health")
        assert calls == [1]


def client_to(answer: Callable[[httpx.Request], httpx.Response], vkey: str, tmp_path: Path) -> HttpWitnesses:
    """Return the operator's client to a witness that answers like this."""
    file = tmp_path / "witnesses.toml"
    file.write_text(f'[[witness]]\nvkey = "{vkey}"\nurl = "http://witness.example/prefix/"\n')
    made = open_witnesses(file)
    return HttpWitnesses(made.all, made.quorum, httpx.Client(transport=httpx.MockTransport(answer)))


def ask(client: HttpWitnesses, of: History, old: int, new: int) -> tuple[str, ...]:
    told = of.submission(old, new)
    proof = Proof(tuple(n.hex() for n in told.sha256), tuple(n.hex() for n in told.sm3 or ()))
    before = of.log.head(old) if old else None
    return tuple(client.cosign(client.all[0], told.note, old, proof, before).lines)


class TestClientOfTheOperator:
    def test_it_speaks_with_ours(self, http: httpx.Client, custodian: Witness, tmp_path: Path) -> None:
        def through(request: httpx.Request) -> httpx.Response:
            assert request.url.path.startswith("/prefix/")
            path = request.url.path.removeprefix("/prefix")
            answer = http.request(request.method, path, content=request.read(), headers=dict(request.headers))
            return httpx.Response(answer.status_code, content=answer.content)

        client = client_to(through, custodian.directory.vkey, tmp_path)
        assert client.latest(client.all[0], ORIGIN) is None
        (line,) = ask(client, ONE, 0, 8)
        assert client.latest(client.all[0], ORIGIN) == cosignature.add(ONE.note(8), [line])
        ask(client, ONE, 8, 9)
        with pytest.raises(WitnessAheadError) as caught:
            ask(client, ONE, 8, 12)
        assert caught.value.size == 9
        with pytest.raises(WitnessRefusesError, match="contradicts what it cosigned"):
            ask(client, history(3), 9, 12)
        assert len(custodian.forks(WATCHED)) == 1
        client.close()

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (httpx.Response(500, text="a\nb"), "it answers 500: a b"),
            (httpx.Response(409, text="many"), "does not tell its own"),
            (httpx.Response(200, text=""), "not signature lines"),
            (httpx.Response(200, text="hello\n"), "not signature lines"),
            (httpx.Response(200, text="— hello\n"), "— name base64"),
            (httpx.Response(200, text="— other.example AAAAAAAA\n"), "without a cosignature by the key"),
            (httpx.Response(200, text="x" * 70_000), "too long"),
            (httpx.Response(200, content=b"\xff\n"), "not signature lines"),
        ],
    )
    def test_what_does_not_verify_is_not_believed(self, tmp_path: Path, answer: httpx.Response, why: str) -> None:
        vkey = witness(tmp_path / "w").directory.vkey
        with pytest.raises(WitnessError, match=why):
            ask(client_to(lambda _: answer, vkey, tmp_path), ONE, 0, 5)

    def test_a_cosignature_of_another_head_is_not_believed(self, tmp_path: Path, custodian: Witness) -> None:
        line = custodian.add(ONE.submission(0, 6), NOW)
        client = client_to(lambda _: httpx.Response(200, text=line), custodian.directory.vkey, tmp_path)
        with pytest.raises(WitnessError, match="does not verify"):
            ask(client, ONE, 0, 5)

    def test_one_that_drips_is_left(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def drops() -> Iterator[bytes]:
            while True:
                yield b"x"

        monkeypatch.setattr("ledger.witness.fetching.MAX_SECONDS", 0.05)
        vkey = witness(tmp_path / "w").directory.vkey
        with pytest.raises(WitnessError, match="too long"):
            ask(client_to(lambda _: httpx.Response(200, content=drops()), vkey, tmp_path), ONE, 0, 5)

    def test_one_that_is_away_is_told(self, tmp_path: Path) -> None:
        def away(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectTimeout("late", request=request)

        client = client_to(away, witness(tmp_path / "w").directory.vkey, tmp_path)
        with pytest.raises(WitnessError, match="it does not answer"):
            ask(client, ONE, 0, 5)
        client = client_to(lambda _: httpx.Response(503), client.all[0].vkey, tmp_path)
        with pytest.raises(WitnessError, match="it answers 503"):
            client.latest(client.all[0], ORIGIN)


class TestSettings:
    def test_without_a_file_there_are_no_witnesses(self) -> None:
        assert (open_witnesses(None).all, open_witnesses(None).quorum) == ((), 0)

    def test_a_majority_unless_told(self, tmp_path: Path) -> None:
        vkeys = [witness(tmp_path / str(n), f"w{n}.example").directory.vkey for n in range(3)]
        entries = "".join(f'[[witness]]\nvkey = "{vkey}"\nurl = "http://w"\n' for vkey in vkeys)
        file = tmp_path / "witnesses.toml"
        file.write_text(entries)
        assert open_witnesses(file).quorum == 2
        file.write_text("quorum = 3\n" + entries)
        assert open_witnesses(file).quorum == 3
        for wrong in ("quorum = 4\n" + entries, "quorum = true\n" + entries, "more = 1\n" + entries, "quorum = 1\n"):
            file.write_text(wrong)
            with pytest.raises(ConfigurationError):
                open_witnesses(file)
        for wrong in (
            entries + entries,
            "x",
            f'[[witness]]\nvkey = "{vkeys[0]}"\n',
            f'[[witness]]\nvkey = "{vkeys[0]}"\nurl = "ftp://w"\n',
            '[[witness]]\nvkey = "x"\nurl = "http://w"\n',
        ):
            file.write_text(wrong)
            with pytest.raises(ConfigurationError):
                open_witnesses(file)
        with pytest.raises(ConfigurationError):
            open_witnesses(tmp_path / "absent.toml")


class TestDirectory:
    def test_it_comes_back_as_it_was_made(self, tmp_path: Path) -> None:
        logs = [watched(VKEY, "http://operator.example/"), WatchedLog("other", VKEY)]
        made = create(tmp_path / "w", "custodian.example/witness", logs, "secret words")
        again = open_directory(tmp_path / "w", "secret words")
        assert (again.vkey, again.logs) == (made.vkey, made.logs)
        assert again.logs[ORIGIN].url == "http://operator.example"
        assert (tmp_path / "w" / KEY).stat().st_mode & 0o077 == 0
        with pytest.raises(ConfigurationError, match="PFL_WITNESS_PASSPHRASE"):
            open_directory(tmp_path / "w")
        with pytest.raises(ConfigurationError, match="holds a witness already"):
            create(tmp_path / "w", "custodian.example/witness")

    @pytest.mark.parametrize("name", ["", "two words", "a+b", 'a"b\n'])
    def test_a_name_is_that_of_a_key(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ConfigurationError):
            create(tmp_path / "w", name)
        assert not (tmp_path / "w" / KEY).exists()

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "name = 1",
            'name = "a"\nmore = 1',
            'name = "a"\nlog = 1',
            'name = "a"\n[[log]]\nurl = "http://x"',
            'name = "a"\n[[log]]\nvkey = 1',
            'name = "a"\n[[log]]\nvkey = "x"',
            f'name = "a"\n[[log]]\nvkey = "{VKEY}"\nurl = "x"',
            f'name = "a"\n[[log]]\nvkey = "{VKEY}"\n[[log]]\nvkey = "{VKEY}"',
            "=",
        ],
    )
    def test_a_file_that_cannot_be_meant_is_refused(self, tmp_path: Path, text: str) -> None:
        create(tmp_path / "w", "custodian.example/witness")
        (tmp_path / "w" / CONFIG).write_text(text)
        with pytest.raises(ConfigurationError):
            open_directory(tmp_path / "w")

    def test_what_is_not_there_or_not_ours_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="pfl witness init"):
            open_directory(tmp_path)
        made = witness(tmp_path / "w")
        made.book.close()
        (tmp_path / "w" / "witness.sqlite").write_bytes(b"not a database, not a database" * 50)
        with pytest.raises(ConfigurationError, match="cannot be opened"):
            type(made.book)(tmp_path / "w" / "witness.sqlite")


class Operator:
    """An operator's service as the pull mode sees it."""

    def __init__(self, of: History, size: int) -> None:
        self.of, self.size = of, size
        self.changed: dict[str, httpx.Response] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path in self.changed:
            return self.changed[request.url.path]
        if request.url.path == "/v1/checkpoints/latest":
            assert request.headers["authorization"] == "Bearer key"
            return httpx.Response(200, json={"size": self.size, "note": self.of.note(self.size)})
        assert request.url.path == "/v1/checkpoints/consistency"
        old, new = int(request.url.params["old"]), int(request.url.params["new"])
        told = self.of.submission(old, new)
        assert told.sm3 is not None
        assert told.old_roots is not None
        answered: dict[str, Any] = {
            "proof": {"sha256": [n.hex() for n in told.sha256], "sm3": [n.hex() for n in told.sm3]},
            "old_roots": {"sha256": told.old_roots[0].hex(), "sm3": told.old_roots[1].hex()},
        }
        return httpx.Response(200, json=answered)


FOLLOWED = WatchedLog(ORIGIN, VKEY, "http://operator.example", "key")


class TestPullMode:
    def follower(self, custodian: Witness, operator: Callable[[httpx.Request], httpx.Response]) -> Follower:
        return Follower(custodian, httpx.Client(transport=httpx.MockTransport(operator)))

    def test_it_follows(self, custodian: Witness) -> None:
        operator = Operator(ONE, 3)
        follower = self.follower(custodian, operator)
        for operator.size in (3, 4, 9, 9, 16):
            line = follower.follow(FOLLOWED)
            assert custodian.latest(WATCHED) == cosignature.add(ONE.note(operator.size), [line])

    def test_an_old_backup_is_told(self, custodian: Witness) -> None:
        operator = Operator(ONE, 9)
        follower = self.follower(custodian, operator)
        follower.follow(FOLLOWED)
        operator.size = 8
        with pytest.raises(RefusedError, match="ends at 8 records, 9 were cosigned: was an old backup restored"):
            follower.follow(FOLLOWED)

    @pytest.mark.parametrize("size", [8, 9])
    def test_a_fork_is_proven(self, custodian: Witness, size: int) -> None:
        self.follower(custodian, Operator(ONE, size)).follow(FOLLOWED)
        with pytest.raises(RefusedError) as caught:
            self.follower(custodian, Operator(history(3), 12)).follow(FOLLOWED)
        assert caught.value.proof is not None

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(500),
            httpx.Response(200, text="x"),
            httpx.Response(200, json=[]),
            httpx.Response(200, json={}),
            httpx.Response(200, text="x" * 70_000),
            httpx.Response(200, json={"note": checkpoint.sign(ONE.log.head(3), ORIGIN, keys.STRANGER)}),
        ],
    )
    def test_what_does_not_answer_as_it_should_is_told(self, custodian: Witness, answer: httpx.Response) -> None:
        operator = Operator(ONE, 3)
        operator.changed["/v1/checkpoints/latest"] = answer
        with pytest.raises(OperatorError):
            self.follower(custodian, operator).follow(FOLLOWED)

    def test_so_is_a_proof_of_another_form(self, custodian: Witness) -> None:
        operator = Operator(ONE, 3)
        follower = self.follower(custodian, operator)
        follower.follow(FOLLOWED)
        operator.size = 5
        wrong = {"proof": {"sha256": ["x"], "sm3": []}, "old_roots": {}}
        bodies: tuple[dict[str, Any], ...] = ({}, {"proof": [], "old_roots": {}}, wrong)
        for body in bodies:
            operator.changed["/v1/checkpoints/consistency"] = httpx.Response(200, json=body)
            with pytest.raises(OperatorError, match="not of the form"):
                follower.follow(FOLLOWED)

    def test_one_log_that_is_away_does_not_stop_the_others(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        def away(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("no", request=request)

        logs = [watched(VKEY, "http://operator.example"), WatchedLog("second", VKEY)]
        made = create(tmp_path / "w", "w.example", logs)
        custodian = witness(tmp_path / "v")
        self.follower(Witness(made, custodian.book), away).follow_all()
        assert "does not answer as it should (ConnectError)" in caplog.text

    def test_two_views_of_one_log_are_compared(self, custodian: Witness, tmp_path: Path) -> None:
        """The operator shows each witness a history of its own; whoever compares has the proof."""
        regulator = witness(tmp_path / "regulator", "regulator.example/witness")
        mine, other = Operator(ONE, 8), Operator(history(3), 8)
        self.follower(custodian, mine).follow(FOLLOWED)

        def world(request: httpx.Request) -> httpx.Response:
            if request.url.host == "regulator.example":
                return httpx.Response(200, text=regulator.latest(WATCHED))
            return other(request)  # the service answers out of the other history

        for size in (8, 12):
            other.size = size
            self.follower(regulator, other).follow(FOLLOWED)
            proof = self.follower(custodian, world).compare(FOLLOWED, "http://regulator.example/")
            assert proof is not None
            assert json.loads(proof.read_bytes())["log"] == VKEY
        with pytest.raises(OperatorError, match="does not serve a checkpoint of this log"):
            self.follower(custodian, lambda _: httpx.Response(200, text="x")).compare(FOLLOWED, "http://x")
        with pytest.raises(OperatorError, match="has no url"):
            self.follower(custodian, world).compare(WATCHED, "http://regulator.example")


@pytest.mark.parametrize("text", ["", "\n", "x\n", "— a b", "— a b\nx\n", "— " + "x" * 20_000 + "\n"])
def test_an_answer_is_signature_lines(text: str) -> None:
    with pytest.raises(MalformedError):
        wire.signature_lines(text)
