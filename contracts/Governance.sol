// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";

/// @title Governance
/// @notice The implementation; what it promises stands in `IGovernance`. Who governs is the inheriting contract's to say.
abstract contract Governance is IGovernance {
    /// @notice How long a proposal stays open.
    uint40 public constant PROPOSAL_LIFETIME = 14 days;

    uint16 private _threshold;
    uint16 private _governors;

    mapping(bytes32 id => Proposal) private _proposals;

    modifier onlyGovernor() {
        if (!_governs(msg.sender)) revert NotGovernor(msg.sender);
        _;
    }

    modifier onlyGovernance() {
        if (msg.sender != address(this)) {
            if (!_governs(msg.sender)) revert NotGovernor(msg.sender);
            if (_threshold != 1) revert ConfirmationsNeeded(_threshold);
        }
        _;
    }

    /// @inheritdoc IGovernance
    function propose(bytes[] calldata calls, bytes32 salt) external onlyGovernor returns (bytes32 proposal) {
        if (calls.length == 0) revert EmptyProposal();
        proposal = proposalId(calls, salt);
        Proposal storage kept = _proposals[proposal];
        if (kept.expiresAt != 0) revert AlreadyProposed(proposal);
        kept.expiresAt = uint40(block.timestamp) + PROPOSAL_LIFETIME;
        kept.confirmations.push(msg.sender);
        emit Proposed(proposal, msg.sender, calls, salt, kept.expiresAt);
    }

    /// @inheritdoc IGovernance
    function confirm(bytes32 proposal) external onlyGovernor {
        Proposal storage kept = _open(proposal);
        (bool found,) = _find(kept.confirmations, msg.sender);
        if (found) revert AlreadyConfirmed(proposal, msg.sender);
        kept.confirmations.push(msg.sender);
        emit Confirmed(proposal, msg.sender);
    }

    /// @inheritdoc IGovernance
    function withdraw(bytes32 proposal) external {
        Proposal storage kept = _known(proposal);
        if (kept.executed) revert AlreadyExecuted(proposal);
        address[] storage confirmations = kept.confirmations;
        (bool found, uint256 place) = _find(confirmations, msg.sender);
        if (!found) revert NotConfirmed(proposal, msg.sender);
        confirmations[place] = confirmations[confirmations.length - 1];
        confirmations.pop();
        emit Withdrawn(proposal, msg.sender);
    }

    /// @inheritdoc IGovernance
    function execute(bytes[] calldata calls, bytes32 salt) external onlyGovernor {
        bytes32 proposal = proposalId(calls, salt);
        Proposal storage kept = _open(proposal);
        uint256 confirmations = _count(kept.confirmations);
        if (confirmations < _threshold) revert NotEnoughConfirmations(proposal, confirmations, _threshold);
        kept.executed = true;
        emit Executed(proposal, msg.sender, confirmations);
        for (uint256 i = 0; i < calls.length; ++i) {
            Address.functionCall(address(this), calls[i]);
        }
    }

    /// @inheritdoc IGovernance
    function setThreshold(uint16 threshold) external onlyGovernance {
        _setThreshold(threshold);
    }

    /// @inheritdoc IGovernance
    function quorum() external view returns (uint256 threshold, uint256 governors) {
        return (_threshold, _governors);
    }

    /// @inheritdoc IGovernance
    function confirmationsOf(bytes32 proposal) external view returns (uint256) {
        return _count(_known(proposal).confirmations);
    }

    /// @inheritdoc IGovernance
    function proposalOf(bytes32 proposal) external view returns (Proposal memory) {
        return _known(proposal);
    }

    /// @inheritdoc IGovernance
    function proposalId(bytes[] calldata calls, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(calls, salt));
    }

    function _setThreshold(uint16 threshold) internal {
        emit ThresholdChanged(_threshold, threshold);
        _threshold = threshold;
        _requireReachable();
    }

    /// @dev To be called with every change of who governs, and `_requireReachable` when all of a batch are made.
    function _countGovernor(bool before, bool afterwards) internal {
        if (afterwards && !before) ++_governors;
        if (before && !afterwards) --_governors;
    }

    /// @dev k of n with k above n, or of 0, would end governance for good.
    function _requireReachable() internal view {
        if (_threshold == 0 || _threshold > _governors) revert ThresholdUnreachable(_threshold, _governors);
    }

    /// @dev Whether an account is a governor now.
    function _governs(address account) internal view virtual returns (bool);

    function _known(bytes32 proposal) private view returns (Proposal storage kept) {
        kept = _proposals[proposal];
        if (kept.expiresAt == 0) revert UnknownProposal(proposal);
    }

    function _open(bytes32 proposal) private view returns (Proposal storage kept) {
        kept = _known(proposal);
        if (kept.executed) revert AlreadyExecuted(proposal);
        if (block.timestamp > kept.expiresAt) revert ProposalExpired(proposal, kept.expiresAt);
    }

    function _count(address[] storage confirmations) private view returns (uint256 count) {
        for (uint256 i = 0; i < confirmations.length; ++i) {
            if (_governs(confirmations[i])) ++count;
        }
    }

    function _find(address[] storage among, address account) private view returns (bool found, uint256 place) {
        for (uint256 i = 0; i < among.length; ++i) {
            if (among[i] == account) return (true, i);
        }
    }
}
