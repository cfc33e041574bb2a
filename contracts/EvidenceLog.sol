// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {InvestorRegistry} from "./InvestorRegistry.sol";
import {SaleProcedure} from "./SaleProcedure.sol";
import {SignatureRegistry} from "./SignatureRegistry.sol";
import {Signed} from "./Signed.sol";
import {IEvidenceLog} from "./interfaces/IEvidenceLog.sol";
import {IInstitutions} from "./interfaces/IInstitutions.sol";
import {Batch} from "./libraries/Batch.sol";

/// @title EvidenceLog
/// @notice The implementation; what it promises stands in `IEvidenceLog`.
contract EvidenceLog is IEvidenceLog, Signed {
    bytes32 private constant _COSIGN =
        keccak256("Cosign(uint64 size,bytes32 sha256Root,bytes32 sm3Root,bytes32 mapRoot,uint256 deadline)");

    /// @notice Who was allowed to do what.
    IInstitutions public immutable institutions;
    /// @notice Certifications and assessments; created by and bound to this log.
    InvestorRegistry public immutable investors;
    /// @notice Signatures; created by and bound to this log.
    SignatureRegistry public immutable signatures;
    /// @notice The order of every sale; created by and bound to this log.
    SaleProcedure public immutable sales;

    /// @dev The newest checkpoint's size and how many there are, in one slot.
    struct Top {
        uint64 size;
        uint64 count;
    }

    Top private _top;
    mapping(uint64 size => Checkpoint) private _checkpoints;
    mapping(uint64 size => bytes6[] ids) private _witnesses;

    modifier onlyOperator() {
        if (!institutions.mayWrite(msg.sender, IInstitutions.Role.Operator)) revert NotOperator(msg.sender);
        _;
    }

    /// @param institutions_ Who was allowed to do what
    constructor(IInstitutions institutions_) {
        institutions = institutions_;
        investors = new InvestorRegistry(institutions_, address(this));
        signatures = new SignatureRegistry(institutions_, address(this));
        sales = new SaleProcedure(address(this));
    }

    /// @inheritdoc IEvidenceLog
    function anchor(uint64 size, bytes32 sha256Root, bytes32 sm3Root, bytes32 mapRoot) external onlyOperator {
        _anchor(0, size, sha256Root, sm3Root, mapRoot);
    }

    /// @inheritdoc IEvidenceLog
    function anchorWith(Head calldata head_, Writes calldata writes) external onlyOperator {
        _anchor(0, head_.size, head_.sha256Root, head_.sm3Root, head_.mapRoot);
        _forward(writes);
    }

    /// @inheritdoc IEvidenceLog
    function anchorBatch(Head[] calldata heads) external onlyOperator {
        Batch.requireFits(heads.length);
        for (uint256 i = 0; i < heads.length; ++i) {
            _anchor(i, heads[i].size, heads[i].sha256Root, heads[i].sm3Root, heads[i].mapRoot);
        }
    }

    /// @inheritdoc IEvidenceLog
    function recordAhead(Writes calldata writes) external onlyOperator {
        _forward(writes);
    }

    /// @inheritdoc IEvidenceLog
    function cosign(Head calldata head_) external {
        _cosign(0, msg.sender, head_);
    }

    /// @inheritdoc IEvidenceLog
    function cosignBySig(Cosignature[] calldata items) external {
        Batch.requireFits(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            Cosignature calldata item = items[i];
            bytes32 structHash = keccak256(abi.encode(_COSIGN, item.head_, item.deadline));
            _requireSigned(i, item.witness, item.deadline, structHash, item.signature);
            _cosign(i, item.witness, item.head_);
        }
    }

    /// @inheritdoc IEvidenceLog
    function witnessCount(uint64 size) external view returns (uint256) {
        return _witnesses[size].length;
    }

    /// @inheritdoc IEvidenceLog
    function hasCosigned(uint64 size, address witness) external view returns (bool) {
        (address member,,) = institutions.memberById(_idOf(witness));
        return member == witness && _isAmong(_witnesses[size], _idOf(witness));
    }

    /// @inheritdoc IEvidenceLog
    function witnessesOf(uint64 size) external view returns (bytes6[] memory ids) {
        return _witnesses[size];
    }

    /// @inheritdoc IEvidenceLog
    function head() external view returns (uint64 size, uint64 count, Checkpoint memory checkpoint) {
        return (_top.size, _top.count, _checkpoints[_top.size]);
    }

    /// @inheritdoc IEvidenceLog
    function checkpointOf(uint64 size) external view returns (Checkpoint memory checkpoint) {
        checkpoint = _checkpoints[size];
        if (checkpoint.time == 0) revert UnknownCheckpoint(size);
    }

    /// @inheritdoc IEvidenceLog
    function verifyInclusion(bytes32 leaf, uint64 index, Head calldata head_, bytes32[] calldata proof)
        external
        view
        returns (uint40 time)
    {
        time = _anchoredAt(0, head_);
        uint64 size = head_.size;
        if (index >= size) revert IndexOutsideTree(index, size);
        if (_rootOf(leaf, index, size - 1, proof) != head_.sha256Root) revert NotIncluded(leaf, index, size);
    }

    /// @dev The block time of the checkpoint with exactly these roots.
    function _anchoredAt(uint256 index, Head calldata head_) private view returns (uint40 time) {
        uint64 size = head_.size;
        Checkpoint storage kept = _checkpoints[size];
        bytes23 roots;
        (time, roots) = (kept.time, kept.roots);
        if (time == 0) revert UnknownCheckpoint(size);
        if (roots != _commitment(head_.sha256Root, head_.sm3Root, head_.mapRoot)) revert RootsDiffer(index, size);
    }

    function _cosign(uint256 index, address witness, Head calldata head_) private {
        if (!institutions.mayWrite(witness, IInstitutions.Role.Witness)) revert NotWitness(index, witness);
        _anchoredAt(index, head_);
        uint64 size = head_.size;
        bytes6[] storage ids = _witnesses[size];
        if (_isAmong(ids, _idOf(witness))) revert AlreadyCosigned(index, size, witness);
        ids.push(_idOf(witness));
        emit Cosigned(size, witness, head_.sha256Root, head_.sm3Root, head_.mapRoot);
    }

    /// @dev Five ids share a slot and witnesses are few, so reading them all is the cheapest.
    function _isAmong(bytes6[] storage ids, bytes6 id) private view returns (bool) {
        uint256 count = ids.length;
        for (uint256 i = 0; i < count; ++i) {
            if (ids[i] == id) return true;
        }
        return false;
    }

    function _anchor(uint256 index, uint64 size, bytes32 sha256Root, bytes32 sm3Root, bytes32 mapRoot) private {
        Top memory top = _top;
        uint64 previousSize = top.size;
        if (size <= previousSize) revert NotGrowing(index, size, previousSize);
        if (sha256Root == 0 || sm3Root == 0 || mapRoot == 0) revert MissingRoot(index);
        _top = Top(size, top.count + 1);
        _checkpoints[size] = Checkpoint({
            time: uint40(block.timestamp),
            blockNumber: SafeCast.toUint32(block.number),
            roots: _commitment(sha256Root, sm3Root, mapRoot)
        });
        emit CheckpointAnchored(size, sha256Root, sm3Root, mapRoot, previousSize);
    }

    /// @dev All roots in the 23 bytes that the slot has left; the event has them in full.
    function _commitment(bytes32 sha256Root, bytes32 sm3Root, bytes32 mapRoot) private pure returns (bytes23) {
        return bytes23(keccak256(abi.encode(sha256Root, sm3Root, mapRoot)));
    }

    function _idOf(address account) private pure returns (bytes6) {
        return bytes6(bytes20(account));
    }

    function _forward(Writes calldata writes) private {
        uint256 facts = writes.certifications.length + writes.revocations.length;
        if (facts + writes.assessments.length + writes.endings.length != 0) {
            investors.record(
                msg.sender, writes.certifications, writes.revocations, writes.assessments, writes.endings
            );
        }
        if (writes.signatures.length != 0) signatures.recordFromLog(writes.signatures);
        if (writes.saleSteps.length != 0) sales.record(writes.saleSteps);
    }

    /// @dev `last` is the index of the last leaf. A path of the wrong length gives zero, which is no root.
    function _rootOf(bytes32 leaf, uint256 index, uint256 last, bytes32[] calldata proof)
        private
        pure
        returns (bytes32)
    {
        bytes32 node = leaf;
        for (uint256 i = 0; i < proof.length; ++i) {
            if (last == 0) return 0;
            if (index & 1 == 1) {
                node = sha256(abi.encodePacked(bytes1(0x01), proof[i], node));
            } else if (index == last) {
                // not zero, so there is a bit that ends this
                while (index & 1 == 0) {
                    index >>= 1;
                    last >>= 1;
                }
                node = sha256(abi.encodePacked(bytes1(0x01), proof[i], node));
            } else {
                node = sha256(abi.encodePacked(bytes1(0x01), node, proof[i]));
            }
            index >>= 1;
            last >>= 1;
        }
        return last == 0 ? node : bytes32(0);
    }
}
