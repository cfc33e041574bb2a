"""The composition root: the only module that names concrete adapters."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ledger.chain import EvmGovernance, deploy_rpc, govern_embedded, govern_rpc, key_file, open_embedded, open_rpc
from ledger.chain.deploy import only_chain
from ledger.chain.embedded import CHAIN_ID
from ledger.chain.fees import GWEI, FeePolicy
from ledger.chain.governing import founder
from ledger.chain.late import LateAnchor
from ledger.chain.sender import account_of
from ledger.clocks import SimulatedClock, SystemClock, begin_behind
from ledger.config import Config
from ledger.documents.directory import DirectoryDocuments
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft
from ledger.errors import ConfigurationError
from ledger.ports.anchor import Anchor
from ledger.ports.governance import Admit, Governance
from ledger.ports.journal import Journal
from ledger.ports.outside import Clock, TimestampAuthority
from ledger.reports.papers import ReportlabPapers
from ledger.rules import load
from ledger.services import rulesets, witnessing
from ledger.services.governance import turn
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.witnessing import Witnessing
from ledger.signing.authorities import open_authorities
from ledger.signing.codes import open_codes
from ledger.signing.development_ca import open_ca
from ledger.signing.development_tsa import DevelopmentTSA, open_tsa
from ledger.signing.operator import OperatorSecrets
from ledger.signing.pdf import open_pdf_signing
from ledger.signing.proofs_of_key import ProofsOfKey
from ledger.storage.api_keys import SqlApiKeys
from ledger.storage.journal import SqlJournal
from ledger.storage.keys import DEVELOPMENT_PASSPHRASE, MasterKey, create_master_key, open_master_key
from ledger.storage.log import SqlLog, open_log
from ledger.storage.store import SqlStore, open_store
from ledger.storage.witness_book import SqlWitnessBook
from ledger.witness.client import open_witnesses
from verifier import certificates
from verifier.steps.levels import is_development

CHAIN_OPERATOR, SIMULATED_CLOCK = "chain-operator", "simulated-clock.json"
DATABASE, CHAIN, DOCUMENTS, KEYS = "ledger.sqlite", "chain.sqlite", "documents", "keys"


def open_ledger(config: Config, *, anchors: bool = True) -> Ledger:
    """Open everything under ``config.data``, making what is not there; `ConfigurationError` names the fix.

    An embedded chain has one writer: with ``anchors`` false it is only read, so a service may run beside.
    """
    data = _writable(config.data)
    passphrase = config.passphrase or DEVELOPMENT_PASSPHRASE
    master = _master(data / KEYS / "master.key", passphrase)
    clock = _clock(config)
    with ExitStack() as opened:  # what is open is given back when a later part refuses to open
        store = open_store(data / DATABASE, master=master)
        opened.callback(store.close)
        anchor = _anchor(config, master, clock, SqlJournal(store), anchors=anchors)
        opened.callback(_close, anchor)
        ledger = _assembled(config, passphrase, master, clock, store, anchor)
        if anchors:
            witnessing.require_newest(ledger)
            rulesets.adopt(ledger)
        opened.pop_all()
    return ledger


def _assembled(
    config: Config, passphrase: str, master: MasterKey, clock: Clock, store: SqlStore, anchor: Anchor
) -> Ledger:
    data, now = config.data, clock.now()
    secrets = OperatorSecrets(master.derive, origin=config.origin)
    ca = open_ca(data / KEYS / "development-ca", passphrase, now)
    tsa, *further = _authorities(config, lambda: open_tsa(data / KEYS / "development-tsa", passphrase, now))
    log = open_log(store, origin=config.origin, signer=secrets.log_key)
    log.keep_roots([_der(pem) for authority in (tsa, *further) for pem in authority.roots_pem()])
    return Ledger(
        store=store,
        log=log,
        anchor=anchor,
        documents=DirectoryDocuments(data / DOCUMENTS, store),
        clock=clock,
        ca=ca,
        tsa=tsa,
        pdf=open_pdf_signing(ca, tsa),
        codes=open_codes(),
        proofs=ProofsOfKey(config.site, config.institution, partial(_chain_id, config, anchor), ca),
        papers=ReportlabPapers(),
        rules=load(policy=config.policy, allow_unconfirmed=config.allow_unconfirmed),
        keys=SqlApiKeys(store),
        secrets=secrets,
        operator=_operator(store, config, clock),
        institution=config.institution,
        stand_ins=_stand_ins(config, log),
        authorities=tuple(further),
        site=config.site,
        witnessing=Witnessing(open_witnesses(config.witnesses), SqlWitnessBook(store)),
    )


def _authorities(config: Config, development: Callable[[], DevelopmentTSA]) -> tuple[TimestampAuthority, ...]:
    return (development(),) if config.authorities is None else open_authorities(config.authorities, development)


def _stand_ins(config: Config, log: SqlLog) -> tuple[str, ...]:
    """Return what the configuration names; a development authority that ever stamped stays one of them."""
    stamped = any(is_development(certificates.load(root)) for root in log.kept_roots())
    return tuple(sorted({*config.stand_ins, *(("tsa:development",) if stamped else ())}))


def _der(pem: str) -> bytes:
    return x509.load_pem_x509_certificate(pem.encode("ascii")).public_bytes(Encoding.DER)


def begin_clock_behind(config: Config, hours: int) -> None:
    """Let the simulated clock of a new data directory begin so many hours ago (see `clocks.begin_behind`)."""
    begin_behind(_writable(config.data) / SIMULATED_CLOCK, hours)


def chain_account(config: Config) -> str:
    """Return the address that signs for the operator on the chain, making its key if there is none."""
    return account_of(_opened_master(config).derive(CHAIN_OPERATOR)).address


def deploy_contracts(config: Config, others: Iterable[Admit] = (), threshold: int = 1) -> dict[str, str]:
    """Deploy on the chain behind ``config.chain_url``, write ``config.deployment``, return addresses by name.

    ``others`` are members from the beginning beside the operator, and ``threshold`` of all governors decide.
    """
    if config.chain_url is None or config.deployment is None:
        raise ConfigurationError("name the node with PFL_CHAIN_URL and the file to write with PFL_DEPLOYMENT")
    key = _opened_master(config).derive(CHAIN_OPERATOR)
    founders = [founder(each.address, each.roles, each.stream) for each in others]
    made = deploy_rpc(
        config.chain_url, operator_key=key, deployment=config.deployment, others=founders, threshold=threshold
    )
    return {name: contract.address for name, contract in made.contracts.items()}


def make_key(path: Path, passphrase: str | None) -> str:
    """Make a member's key file; return its address."""
    return key_file.create(path, passphrase)


@contextmanager
def open_governance(
    config: Config, *, acts: bool = False, key: Path | None = None, passphrase: str | None = None
) -> Iterator[Governance]:
    """Open governance of the consortium: to look, or to act as the operator or with a member's own key file.

    The operator's account also anchors, so it acts in turn with a running service; an embedded chain has one writer.
    """
    own = key_file.read(key, passphrase) if acts and key is not None else None
    clock = _clock(config)
    with ExitStack() as opened:
        governance: EvmGovernance
        if config.chain_url is None:
            if not (config.data / CHAIN).exists():
                raise ConfigurationError("there is no embedded chain yet: start the service once, or set PFL_CHAIN_URL")
            operator = _opened_master(config).derive(CHAIN_OPERATOR)
            actor = (own or operator) if acts else None
            governance = govern_embedded(config.data / CHAIN, operator_key=operator, key=actor, now=clock.now)
        else:
            journal = None
            if acts and own is None:
                master = _opened_master(config)
                own = master.derive(CHAIN_OPERATOR)
                store = open_store(_writable(config.data) / DATABASE, master=master)
                opened.callback(store.close)
                secrets = OperatorSecrets(master.derive, origin=config.origin)
                log = open_log(store, origin=config.origin, signer=secrets.log_key)
                opened.enter_context(turn(log, clock))
                journal = SqlJournal(store)
            fees = FeePolicy(most=config.max_gwei * GWEI)
            governance = govern_rpc(
                config.chain_url, deployment=_deployment(config), key=own, now=clock.now, journal=journal, fees=fees
            )
        opened.callback(governance.close)
        yield governance


def close_ledger(ledger: Ledger) -> None:
    """Give back files and connections; nothing acknowledged depends on this being called."""
    asked = None if ledger.witnessing is None else ledger.witnessing.ask
    for part in (asked, ledger.anchor, ledger.store):
        _close(part)


def _close(part: object) -> None:
    close = getattr(part, "close", None)
    if close is not None:
        close()


def _writable(data: Path) -> Path:
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            f"cannot make the data directory {data} ({error.strerror}): name another with --data or PFL_DATA"
        ) from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise ConfigurationError(f"the data directory {data} is not writable: name another with --data or PFL_DATA")
    return data


def _opened_master(config: Config) -> MasterKey:
    return _master(_writable(config.data) / KEYS / "master.key", config.passphrase or DEVELOPMENT_PASSPHRASE)


def _master(path: Path, passphrase: str) -> MasterKey:
    return open_master_key(path, passphrase) if path.exists() else create_master_key(path, passphrase)


def _anchor(config: Config, master: MasterKey, clock: Clock, journal: Journal, *, anchors: bool) -> Anchor:
    operator_key = master.derive(CHAIN_OPERATOR)
    if config.chain_url is None:
        path = config.data / CHAIN
        read_only = not anchors and path.exists()
        return open_embedded(path, operator_key=operator_key, now=clock.now(), read_only=read_only)
    return LateAnchor(
        partial(
            open_rpc,
            config.chain_url,
            operator_key=operator_key,
            deployment=_deployment(config),
            confirmations=config.confirmations,
            journal=journal,
            fees=FeePolicy(most=config.max_gwei * GWEI),
        )
    )


def _deployment(config: Config) -> Path:
    if config.deployment is None:
        raise ConfigurationError("PFL_CHAIN_URL needs PFL_DEPLOYMENT: the file that `pfl chain deploy` wrote")
    return config.deployment


def _clock(config: Config) -> Clock:
    return SimulatedClock(config.data / SIMULATED_CLOCK) if config.simulated_clock else SystemClock()


def _chain_id(config: Config, anchor: Anchor) -> int:
    """Return the number that wallets sign for; where the configuration tells it, the chain may be away."""
    if config.chain_url is None or config.deployment is None:
        return CHAIN_ID
    only = only_chain(config.deployment)
    return anchor.status().chain_id if only is None else only


def _operator(store: SqlStore, config: Config, clock: Clock) -> str:
    """Return the operator's own institution stream, registering it in an empty database."""
    with store.transaction() as tx:
        found = tx.streams(Stream.INSTITUTION, limit=1)
        if found:
            return found[0]
        stream = tx.create(Stream.INSTITUTION)
        now = clock.now()
        fields = {"name": config.institution, "kind": "distributor", "licence": "development"}
        tx.append([Draft("institution.registered", stream, stream, SYSTEM, now, fields)], now)
        return stream
