// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {Signed} from "./Signed.sol";
import {IInstitutions} from "./interfaces/IInstitutions.sol";
import {ISignatureRegistry} from "./interfaces/ISignatureRegistry.sol";
import {Batch} from "./libraries/Batch.sol";

/// @title SignatureRegistry
/// @notice The implementation; what it promises stands in `ISignatureRegistry`.
contract SignatureRegistry is ISignatureRegistry, Signed {
    bytes32 private constant _TYPE = keccak256(
        "DocumentSignature(bytes32 document,bytes32 documentSm3,bytes32 statement,uint40 signedAt,uint256 deadline)"
    );
    bytes16 private constant _ACCOUNT_SUITE = "eip712-secp256k1";
    bytes16 private constant _WALLET_SUITE = "eip1271";
    bytes16 private constant _KEY_SUITE = "eip712-p256";
    /// @dev DER before the coordinates of an uncompressed P-256 key in SubjectPublicKeyInfo (RFC 5480).
    bytes27 private constant _SPKI = hex"3059301306072a8648ce3d020106082a8648ce3d03010703420004";

    /// @notice Who was allowed to do what.
    IInstitutions public immutable institutions;
    /// @notice The only forwarder of operators' writes.
    address public immutable log;

    mapping(bytes32 document => mapping(bytes32 key => Entry)) private _entries;

    /// @dev For what anybody may send: no member's slot says that writes are stopped.
    modifier whenWritable(uint256 length) {
        if (institutions.paused()) revert IInstitutions.WritesPaused();
        Batch.requireFits(length);
        _;
    }

    /// @param institutions_ Who was allowed to do what
    /// @param log_ The evidence log that forwards operators' writes
    constructor(IInstitutions institutions_, address log_) {
        institutions = institutions_;
        log = log_;
    }

    /// @inheritdoc ISignatureRegistry
    function sign(TypedSignature[] calldata items) external whenWritable(items.length) {
        for (uint256 i = 0; i < items.length; ++i) {
            TypedSignature calldata item = items[i];
            address signer = item.signer;
            bytes32 key = bytes32(uint256(uint160(signer)));
            _requireNew(i, item.document, key, item.signedAt);
            bytes32 structHash =
                _structHash(item.document, item.documentSm3, item.statement, item.signedAt, item.deadline);
            bool wallet = _requireSigned(i, signer, item.deadline, structHash, item.signature);
            _keep(item.document, key, wallet ? _WALLET_SUITE : _ACCOUNT_SUITE, true, item.statement, item.signedAt);
            if (wallet) emit WalletSigned(item.document, signer, _hashTypedDataV4(structHash), signer.codehash);
        }
    }

    /// @inheritdoc ISignatureRegistry
    function signP256(KeySignature[] calldata items) external whenWritable(items.length) {
        for (uint256 i = 0; i < items.length; ++i) {
            KeySignature calldata item = items[i];
            bytes32 key = sha256(abi.encodePacked(_SPKI, item.x, item.y));
            _requireNew(i, item.document, key, item.signedAt);
            if (block.timestamp > item.deadline) revert DeadlinePassed(i, item.deadline);
            if (!P256.isValidPublicKey(item.x, item.y)) revert BadPublicKey(i);
            if (uint256(item.s) > P256.N / 2) revert MalleableSignature(i);
            bytes32 structHash =
                _structHash(item.document, item.documentSm3, item.statement, item.signedAt, item.deadline);
            bytes32 digest = sha256(abi.encodePacked(hex"1901", _domainSeparatorV4(), structHash));
            if (!P256.verifySolidity(digest, item.r, item.s, item.x, item.y)) revert BadKeySignature(i, key);
            _keep(item.document, key, _KEY_SUITE, true, item.statement, item.signedAt);
        }
    }

    /// @inheritdoc ISignatureRegistry
    function record(RecordedSignature[] calldata items) external {
        if (!institutions.mayWrite(msg.sender, IInstitutions.Role.Operator)) revert NotOperator(msg.sender);
        _record(items);
    }

    /// @inheritdoc ISignatureRegistry
    function recordFromLog(RecordedSignature[] calldata items) external {
        if (msg.sender != log) revert NotLog(msg.sender);
        _record(items);
    }

    /// @inheritdoc ISignatureRegistry
    function signedBefore(bytes32 document, bytes32 key, uint40 time) external view returns (bool) {
        uint40 recordedAt = _entries[document][key].recordedAt;
        return recordedAt != 0 && recordedAt < time;
    }

    /// @inheritdoc ISignatureRegistry
    function signatureOf(bytes32 document, bytes32 key) external view returns (Entry memory entry) {
        entry = _entries[document][key];
        if (entry.recordedAt == 0) revert UnknownSignature(document, key);
    }

    /// @inheritdoc ISignatureRegistry
    function digestOf(
        bytes32 document,
        bytes32 documentSm3,
        bytes32 statement,
        uint40 signedAt,
        uint256 deadline
    ) external view returns (bytes32) {
        return _hashTypedDataV4(_structHash(document, documentSm3, statement, signedAt, deadline));
    }

    function _structHash(
        bytes32 document,
        bytes32 documentSm3,
        bytes32 statement,
        uint40 signedAt,
        uint256 deadline
    ) private pure returns (bytes32) {
        return keccak256(abi.encode(_TYPE, document, documentSm3, statement, signedAt, deadline));
    }

    function _requireNew(uint256 index, bytes32 document, bytes32 key, uint40 signedAt) private view {
        if (document == 0) revert MissingName(index);
        if (signedAt > block.timestamp) revert SignedInFuture(index, signedAt);
        if (_entries[document][key].recordedAt != 0) revert AlreadySigned(index, document, key);
    }

    function _record(RecordedSignature[] calldata items) private {
        Batch.requireFits(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            RecordedSignature calldata item = items[i];
            if (item.document == 0 || item.key == 0 || item.leaf == 0 || item.suite == 0) revert MissingName(i);
            _keep(item.document, item.key, item.suite, false, item.leaf, item.signedAt);
        }
    }

    function _keep(
        bytes32 document,
        bytes32 key,
        bytes16 suite,
        bool checkedOnChain,
        bytes32 evidence,
        uint40 signedAt
    ) private {
        Entry storage entry = _entries[document][key];
        if (entry.recordedAt == 0) {
            _entries[document][key] = Entry(uint40(block.timestamp), signedAt, checkedOnChain, suite);
        }
        emit DocumentSigned(document, key, suite, checkedOnChain, evidence, signedAt);
    }
}
