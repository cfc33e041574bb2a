// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Signed} from "./Signed.sol";
import {IInstitutions} from "./interfaces/IInstitutions.sol";
import {ISignatureRegistry} from "./interfaces/ISignatureRegistry.sol";

/// @title SignatureRegistry
/// @notice The implementation; what it promises stands in `ISignatureRegistry`.
contract SignatureRegistry is ISignatureRegistry, Signed {
    bytes32 private constant _TYPE = keccak256(
        "DocumentSignature(bytes32 document,bytes32 documentSm3,bytes32 statement,uint40 signedAt,uint256 deadline)"
    );
    bytes16 private constant _ACCOUNT_SUITE = "eip712-secp256k1";
    bytes16 private constant _WALLET_SUITE = "eip1271";

    /// @notice Who was allowed to do what.
    IInstitutions public immutable institutions;
    /// @notice The only forwarder of operators' writes.
    address public immutable log;

    mapping(bytes32 document => mapping(bytes32 key => Entry)) private _entries;

    /// @param institutions_ Who was allowed to do what
    /// @param log_ The evidence log that forwards operators' writes
    constructor(IInstitutions institutions_, address log_) {
        institutions = institutions_;
        log = log_;
    }

    /// @inheritdoc ISignatureRegistry
    function sign(TypedSignature[] calldata items) external {
        if (institutions.paused()) revert IInstitutions.WritesPaused();
        for (uint256 i = 0; i < items.length; ++i) {
            TypedSignature calldata item = items[i];
            address signer = item.signer;
            bytes32 key = bytes32(uint256(uint160(signer)));
            if (item.document == 0) revert MissingName(i);
            if (item.signedAt > block.timestamp) revert SignedInFuture(i, item.signedAt);
            if (_entries[item.document][key].recordedAt != 0) revert AlreadySigned(i, item.document, key);
            bytes32 structHash =
                _structHash(item.document, item.documentSm3, item.statement, item.signedAt, item.deadline);
            bool wallet = _requireSigned(i, signer, item.deadline, structHash, item.signature);
            _keep(item.document, key, wallet ? _WALLET_SUITE : _ACCOUNT_SUITE, true, item.statement, item.signedAt);
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

    function _record(RecordedSignature[] calldata items) private {
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
