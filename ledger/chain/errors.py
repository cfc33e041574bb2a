"""One table from what contracts and nodes refuse to errors of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from eth_abi import decode
from eth_abi.exceptions import DecodingError
from eth_tester.exceptions import TransactionFailed
from eth_utils import keccak, to_checksum_address
from requests.exceptions import RequestException
from web3.exceptions import ContractLogicError, Web3Exception

from ledger.chain.artifacts import BUILT, load
from ledger.errors import ChainError, ConfigurationError, IntegrityError, LedgerError


class ContractRefusedError(ChainError):
    """A contract reverted. ``name`` is its custom error; ``evidence`` holds the arguments."""

    code = "contract_refused"

    def __init__(self, message: str, zh: str = "", *, name: str, **evidence: object) -> None:
        super().__init__(message, zh, name=name, **evidence)
        self.name = name


class ChainContradictsError(IntegrityError):
    """The chain holds something else than the log."""

    code = "chain_contradicts"


class NotAllowedOnChainError(ConfigurationError):
    """The signing key lacks a role on the chain."""

    code = "not_allowed_on_chain"


class ChainPausedError(ChainError):
    """Governance stopped writes. Records are safe; anchoring waits until governance lets writes go on."""

    code = "chain_paused"


_LONGEST: Final = 200  # of what a node says
_Row = tuple[type[LedgerError], str, str]
_ROLE: Final = "have it granted (`pfl chain grant`), or configure the key of a member that has it"
_ROLE_ZH: Final = "请由治理方授予该角色,或改用具有该角色的成员密钥"
_ITEM: Final = "correct item {index} and send the batch again; nothing of it was written"
_ITEM_ZH: Final = "请更正第 {index} 项后重新提交;整批均未写入"
TABLE: Final[dict[str, _Row]] = {
    # who may
    "NotOperator": (NotAllowedOnChainError, f"the account is no operator on the chain; {_ROLE}", _ROLE_ZH),
    "NotCertifier": (NotAllowedOnChainError, f"the account is no certifier on the chain; {_ROLE}", _ROLE_ZH),
    "NotAssessor": (NotAllowedOnChainError, f"the account is no assessor on the chain; {_ROLE}", _ROLE_ZH),
    "NotIssuer": (ContractRefusedError, "only its issuer or an operator revokes or ends it; send it with that key", ""),
    "NotLog": (ContractRefusedError, "only the evidence log forwards; use EvidenceLog.anchorWith", ""),
    # governance
    "NotGovernor": (NotAllowedOnChainError, f"the account is no governor on the chain; {_ROLE}", _ROLE_ZH),
    "ConfirmationsNeeded": (
        NotAllowedOnChainError,
        "it takes {threshold} governors: propose it, have it confirmed, execute it",
        "需 {threshold} 名治理成员同意:请先提案、确认,再执行",
    ),
    "ThresholdUnreachable": (
        ContractRefusedError,
        "{threshold} of {governors} governors could never decide again; admit governors first, or lower the threshold",
        "治理门槛须在 1 与治理成员数之间",
    ),
    "EmptyProposal": (ContractRefusedError, "the proposal has no calls; name what is to be decided", ""),
    "AlreadyProposed": (ContractRefusedError, "this was proposed before; confirm it, or take another salt", ""),
    "UnknownProposal": (
        ContractRefusedError,
        "nobody proposed this; propose it first, with the same calls and salt",
        "",
    ),
    "ProposalExpired": (ContractRefusedError, "the proposal expired; propose it again with another salt", ""),
    "AlreadyExecuted": (ContractRefusedError, "the proposal is done; propose again with another salt", ""),
    "AlreadyConfirmed": (ContractRefusedError, "this governor confirmed the proposal already", ""),
    "NotConfirmed": (ContractRefusedError, "this governor has no confirmation to take back", ""),
    "NotEnoughConfirmations": (
        ContractRefusedError,
        "{confirmations} of the present governors confirmed, {threshold} must",
        "已有 {confirmations} 名现任治理成员确认,需 {threshold} 名",
    ),
    "FailedCall": (ContractRefusedError, "a call of the proposal is none that the contract has", ""),
    "WritesPaused": (
        ChainPausedError,
        "governance stopped writes on the chain; records are safe, and anchoring goes on when it lets writes go on",
        "治理方已暂停链上写入:记录不受影响,恢复后将继续上链",
    ),
    "NotPaused": (ContractRefusedError, "writes are not stopped", ""),
    "TooManyMembers": (ContractRefusedError, "there can be {limit} members at most", ""),
    # the log
    "NotGrowing": (ChainContradictsError, "the chain holds a checkpoint of {previousSize}, not below {size}", ""),
    "MissingRoot": (ContractRefusedError, f"a checkpoint lacks a root; {_ITEM}", _ITEM_ZH),
    "UnknownCheckpoint": (ContractRefusedError, "the chain holds no checkpoint of size {size}; anchor it first", ""),
    "RootsDiffer": (ChainContradictsError, "the chain holds other roots for size {size}; stop and compare", ""),
    "NotWitness": (
        NotAllowedOnChainError,
        f"the account of item {{index}} is no witness on the chain; {_ROLE}",
        _ROLE_ZH,
    ),
    "AlreadyCosigned": (ContractRefusedError, f"this witness cosigned size {{size}} already; {_ITEM}", _ITEM_ZH),
    "IndexOutsideTree": (ContractRefusedError, "index {index} is outside the tree of {size}", ""),
    "NotIncluded": (ContractRefusedError, "the proof does not lead from the leaf to the root of {size}", ""),
    # members and items
    "ZeroMember": (ContractRefusedError, f"a member is the zero address; {_ITEM}", _ITEM_ZH),
    "IdTaken": (ContractRefusedError, f"a member has that id already; {_ITEM}", _ITEM_ZH),
    "NotMember": (ContractRefusedError, f"the address is no member; {_ITEM}", _ITEM_ZH),
    "UnknownRoles": (ContractRefusedError, f"there are bits that are no roles; {_ITEM}", _ITEM_ZH),
    "MissingName": (ContractRefusedError, f"an identifier is zero; {_ITEM}", _ITEM_ZH),
    "EmptyValidity": (ContractRefusedError, f"it ends before it begins; {_ITEM}", _ITEM_ZH),
    "AlreadyRecorded": (ContractRefusedError, f"it is on the chain already; {_ITEM}", _ITEM_ZH),
    "BadTolerance": (ContractRefusedError, f"tolerance is 1 to 5, the lowest class is C1; {_ITEM}", _ITEM_ZH),
    "UnknownCertification": (ContractRefusedError, f"the chain holds no such certification; {_ITEM}", _ITEM_ZH),
    "AlreadyRevoked": (ContractRefusedError, f"it is revoked already; {_ITEM}", _ITEM_ZH),
    "UnknownAssessment": (ContractRefusedError, f"the chain holds no such assessment; {_ITEM}", _ITEM_ZH),
    "AlreadyEnded": (ContractRefusedError, f"it is ended already; {_ITEM}", _ITEM_ZH),
    "AlreadyLinked": (ContractRefusedError, f"the wallet is linked, unlink it first; {_ITEM}", _ITEM_ZH),
    "NotLinked": (ContractRefusedError, f"the wallet is not linked; {_ITEM}", _ITEM_ZH),
    "NotHolder": (ContractRefusedError, "only its holder or an operator unlinks a wallet; send it with that key", ""),
    "MissingRegime": (ContractRefusedError, "the regime has no name; give one, such as cn_private_fund", ""),
    "BadProductRisk": (ContractRefusedError, "a product's risk is 1 to 5 for R1 to R5, not {productRisk}", ""),
    # signed acts
    "ZeroSigner": (ContractRefusedError, f"the signer is the zero address; {_ITEM}", _ITEM_ZH),
    "DeadlinePassed": (ContractRefusedError, f"its deadline has passed, have it signed anew; {_ITEM}", _ITEM_ZH),
    "BadSignatureLength": (ContractRefusedError, f"a signature has 65 bytes, not {{length}}; {_ITEM}", _ITEM_ZH),
    "MalleableSignature": (ContractRefusedError, f"s is above half the order, send the low one; {_ITEM}", _ITEM_ZH),
    "BadSignature": (ContractRefusedError, f"the signature is not the signer's; {_ITEM}", _ITEM_ZH),
    "BadPublicKey": (ContractRefusedError, f"the public key is not on the curve P-256; {_ITEM}", _ITEM_ZH),
    "BadKeySignature": (ContractRefusedError, f"the signature is not that key's; {_ITEM}", _ITEM_ZH),
    "InvalidAccountNonce": (
        ContractRefusedError,
        "the signer's next nonce is {currentNonce}: sent before, or one before it is missing; have it signed anew",
        "签名序号应为 {currentNonce}:已提交过或顺序有缺,请重新签名",
    ),
    "BatchTooLarge": (
        ContractRefusedError,
        "a batch of {length} is too large, cut it into parts of at most {limit}",
        "批量 {length} 项超出上限,请拆分为每批至多 {limit} 项",
    ),
    "SignedInFuture": (ContractRefusedError, f"it claims a time after the block; {_ITEM}", _ITEM_ZH),
    "AlreadySigned": (ContractRefusedError, f"this key signed this document already; {_ITEM}", _ITEM_ZH),
    "UnknownSignature": (ContractRefusedError, "the chain holds no signature of this document by this key", ""),
    # sales
    "NotNextStep": (
        ContractRefusedError,
        f"step {{number}} of the sale, but number {{next}} is next; {_ITEM}",
        _ITEM_ZH,
    ),
    "StepInFuture": (ContractRefusedError, f"it claims a time after the block; {_ITEM}", _ITEM_ZH),
    "StepTooLate": (ContractRefusedError, f"it comes more than four years after the opening; {_ITEM}", _ITEM_ZH),
    "CoolingOffOutOfRange": (
        ContractRefusedError,
        f"cooling-off is 24 to 1,023 hours, not {{coolingOffHours}}; {_ITEM}",
        _ITEM_ZH,
    ),
    "StepOutOfOrder": (ContractRefusedError, f"a step of the sale is missing before it; {_ITEM}", _ITEM_ZH),
    "StepDone": (ContractRefusedError, f"this step of the sale is done already; {_ITEM}", _ITEM_ZH),
    "SaleEnded": (ContractRefusedError, f"the sale has ended; {_ITEM}", _ITEM_ZH),
    "StepBackdated": (ContractRefusedError, f"it claims a time before the step that it follows; {_ITEM}", _ITEM_ZH),
    "InsideCoolingOff": (ContractRefusedError, f"it lies inside cooling-off; {_ITEM}", _ITEM_ZH),
    "VisitDue": (ContractRefusedError, f"the return visit is due; {_ITEM}", _ITEM_ZH),
    "TooManySteps": (ContractRefusedError, f"a sale has at most 511 steps; {_ITEM}", _ITEM_ZH),
    "UnknownSale": (ContractRefusedError, "the chain holds no such sale", ""),
}
# In the interfaces because OpenZeppelin brings them, but no call of ours can cause them.
UNUSED: Final = frozenset(
    {"InvalidShortString", "StringTooLong", "AddressEmptyCode", "InsufficientBalance", "CheckpointUnorderedInsertion"}
) | {
    "SafeCastOverflowedUintDowncast"  # a block number above 2^32
}


@cache
def by_selector() -> dict[bytes, dict[str, Any]]:
    """Return every custom error of our contracts by its four bytes."""
    entries = (entry for name in BUILT for entry in load(name).abi if entry["type"] == "error")
    return {keccak(text=signature(entry))[:4]: entry for entry in entries}


def signature(entry: dict[str, Any]) -> str:
    """Return ``Name(type,…)`` of an interface entry."""
    return f"{entry['name']}({','.join(_type(argument) for argument in entry['inputs'])})"


def refusal(data: bytes) -> LedgerError:
    """Translate the return data of a reverted call."""
    entry = by_selector().get(data[:4])
    if entry is None:
        return ContractRefusedError(
            "a contract refused without a reason that we know; compare its code with ours",
            name="unknown",
            data=data[:36].hex(),
        )
    try:
        values = decode([_type(argument) for argument in entry["inputs"]], data[4:])
    except DecodingError:
        return ContractRefusedError("a contract refused with a malformed reason", name=entry["name"])
    arguments = {
        argument["name"]: _shown(argument["type"], value)
        for argument, value in zip(entry["inputs"], values, strict=True)
    }
    family, english, chinese = TABLE.get(entry["name"], (ContractRefusedError, "a contract refused: {name}", ""))
    words = {"name": entry["name"], **arguments}
    return family(english.format_map(words), chinese.format_map(words), **words)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn everything that asking a chain can raise into errors of ours. ``what`` completes "could not …"."""
    try:
        yield
    except ContractLogicError as error:
        data = error.data if isinstance(error.data, str) else ""
        raise refusal(bytes.fromhex(data.removeprefix("0x")) if data.startswith("0x") else b"") from error
    except (RequestException, ConnectionError, TimeoutError, Web3Exception, TransactionFailed) as error:
        raise ChainError(
            f"could not {what}: the chain does not answer as it should ({_said(error)}); records are safe and"
            " anchoring will go on when it is back. Check the address and the node",
            f"链暂不可用({_said(error)}):记录不受影响,恢复后将继续上链",
        ) from error


def _said(error: Exception) -> str:
    """Name the error, with the node's own words if it has some."""
    answer = getattr(error, "rpc_response", None) or {}
    words = answer.get("error", {}) if isinstance(answer, dict) else {}
    told = str(words.get("message", "")) if isinstance(words, dict) else ""
    return f"{type(error).__name__}: {told[:_LONGEST]}" if told else type(error).__name__


def _shown(kind: str, value: object) -> object:
    if kind == "address":
        return to_checksum_address(str(value))
    return f"0x{value.hex()}" if isinstance(value, bytes) else value


def _type(argument: dict[str, Any]) -> str:
    kind = str(argument["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type(part) for part in argument['components'])}){kind.removeprefix('tuple')}"
