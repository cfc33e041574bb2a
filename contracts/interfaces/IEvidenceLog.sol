// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBatch} from "./IBatch.sol";
import {IInvestorRegistry} from "./IInvestorRegistry.sol";
import {ISaleProcedure} from "./ISaleProcedure.sol";
import {ISignatureRegistry} from "./ISignatureRegistry.sol";
import {ISigned} from "./ISigned.sol";

/// @title Checkpoints of one log, strictly growing, and the writes that travel with them
/// @notice A checkpoint is the size and both Merkle roots (SHA-256, SM3) of the log, and the root of the map from each
/// stream to its newest record; its block gives the time. The event carries everything; the state keeps one slot per
/// checkpoint. Witnesses cosign what they have checked for themselves.
interface IEvidenceLog is ISigned, IBatch {
    /// @notice The head of a log.
    /// @param size Number of records
    /// @param sha256Root Root over all of them with SHA-256 (RFC 9162)
    /// @param sm3Root The same with SM3
    /// @param mapRoot Root of the stream map (`docs/format.md` §4)
    struct Head {
        uint64 size;
        bytes32 sha256Root;
        bytes32 sm3Root;
        bytes32 mapRoot;
    }

    /// @notice Contract writes of the records under a checkpoint.
    struct Writes {
        IInvestorRegistry.Certification[] certifications;
        IInvestorRegistry.Revocation[] revocations;
        IInvestorRegistry.Assessment[] assessments;
        IInvestorRegistry.Ending[] endings;
        ISignatureRegistry.RecordedSignature[] signatures;
        ISaleProcedure.SaleStep[] saleSteps;
    }

    /// @notice A checkpoint as kept in one slot.
    /// @param time Time of its block
    /// @param blockNumber Its block: where the event is
    /// @param roots First 23 bytes of the Keccak-256 of all three roots, in the order of `Head`
    struct Checkpoint {
        uint40 time;
        uint32 blockNumber;
        bytes23 roots;
    }

    /// @notice A witness' cosignature over EIP-712 typed data `Cosign(uint64 size,bytes32 sha256Root,bytes32 sm3Root,
    /// bytes32 mapRoot,uint256 deadline)`.
    /// @param witness Who cosigns
    /// @param head_ What it cosigns
    /// @param deadline Until when it may be sent, seconds
    /// @param signature 65 bytes r, s, v with low s, or what the wallet asks for
    struct Cosignature {
        address witness;
        Head head_;
        uint256 deadline;
        bytes signature;
    }

    /// @notice A checkpoint was anchored.
    event CheckpointAnchored(
        uint64 indexed size, bytes32 sha256Root, bytes32 sm3Root, bytes32 mapRoot, uint64 previousSize
    );

    /// @notice A witness saw a checkpoint with these roots, consistent with the last one it had seen.
    event Cosigned(
        uint64 indexed size, address indexed witness, bytes32 sha256Root, bytes32 sm3Root, bytes32 mapRoot
    );

    /// @notice `account` is no operator.
    error NotOperator(address account);
    /// @notice Head `index` is not larger than the one before it.
    error NotGrowing(uint256 index, uint64 size, uint64 previousSize);
    /// @notice Head `index` lacks a root.
    error MissingRoot(uint256 index);
    /// @notice No checkpoint has this size.
    error UnknownCheckpoint(uint64 size);
    /// @notice The checkpoint that item `index` names was anchored with other roots.
    error RootsDiffer(uint256 index, uint64 size);
    /// @notice `account` of item `index` is no witness.
    error NotWitness(uint256 index, address account);
    /// @notice Item `index` is there already: each witness cosigns a checkpoint once.
    error AlreadyCosigned(uint256 index, uint64 size, address witness);
    /// @notice The index is outside the tree.
    error IndexOutsideTree(uint64 index, uint64 size);
    /// @notice The proof does not lead from the leaf to the root.
    error NotIncluded(bytes32 leaf, uint64 index, uint64 size);

    /// @notice Anchor one checkpoint. Only an operator.
    /// @dev Reverts with `NotOperator`, `NotGrowing`, `MissingRoot`.
    function anchor(uint64 size, bytes32 sha256Root, bytes32 sm3Root, bytes32 mapRoot) external;

    /// @notice Anchor one checkpoint together with the writes under it: all or nothing.
    /// @dev Besides the errors of `anchor`, those of the registries. The issuer is the sender.
    function anchorWith(Head calldata head_, Writes calldata writes) external;

    /// @notice Anchor a backlog, oldest first: all or nothing.
    function anchorBatch(Head[] calldata heads) external;

    /// @notice Forward the part of a checkpoint's writes that one block cannot hold together with its head; the head
    /// follows last, so a head on chain still means that all its writes are.
    function recordAhead(Writes calldata writes) external;

    /// @notice Cosign an anchored checkpoint. Only a witness, once.
    /// @dev Reverts with `UnknownCheckpoint`, `RootsDiffer`, `NotWitness`, `AlreadyCosigned`.
    function cosign(Head calldata head_) external;

    /// @notice Keep cosignatures that witnesses signed; anybody may send them. All or nothing.
    /// @dev Besides the errors of `cosign`, those of `ISigned`. One per witness and checkpoint, so none counts twice.
    function cosignBySig(Cosignature[] calldata items) external;

    /// @notice How many witnesses cosigned the checkpoint of this size.
    function witnessCount(uint64 size) external view returns (uint256);

    /// @notice Whether `witness` cosigned the checkpoint of this size.
    function hasCosigned(uint64 size, address witness) external view returns (bool);

    /// @notice Ids of the witnesses of a checkpoint, in the order of their cosignatures; see `IInstitutions.memberById`.
    function witnessesOf(uint64 size) external view returns (bytes6[] memory ids);

    /// @notice The newest checkpoint; all zeros if there is none.
    /// @return size Its size
    /// @return count How many checkpoints there are
    /// @return checkpoint Its slot
    function head() external view returns (uint64 size, uint64 count, Checkpoint memory checkpoint);

    /// @notice The checkpoint of this size; `UnknownCheckpoint` if there is none.
    function checkpointOf(uint64 size) external view returns (Checkpoint memory);

    /// @notice Check that the record with leaf hash `leaf` is number `index` under this checkpoint.
    /// @dev RFC 9162 §2.1.3.2 with the SHA-256 precompile. Reverts with `UnknownCheckpoint`, `RootsDiffer`,
    /// `IndexOutsideTree`, `NotIncluded`.
    /// @return time Block time of the checkpoint: the record existed by then
    function verifyInclusion(bytes32 leaf, uint64 index, Head calldata head_, bytes32[] calldata proof)
        external
        view
        returns (uint40 time);
}
