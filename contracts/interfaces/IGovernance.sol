// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title k of n governors decide, nobody alone
/// @notice Calls of this contract to itself are proposed, confirmed by k of the n present governors, and executed once
/// before they expire. k is changed in this way only. Where k is 1 a governor may call the governed functions directly.
/// @dev A proposal is named by the digest of its calls and a salt. Confirmations are counted at execution, and only those
/// of accounts that are governors then: who was removed meanwhile does not count.
interface IGovernance {
    /// @notice A proposal as kept.
    /// @param expiresAt Until when it may be confirmed and executed, seconds (included); zero if nobody proposed it
    /// @param executed Whether it is done
    /// @param confirmations Who confirmed, in order; counted are those that are governors at execution
    struct Proposal {
        uint40 expiresAt;
        bool executed;
        address[] confirmations;
    }

    /// @notice A governor proposed these calls, and thereby confirmed them.
    event Proposed(bytes32 indexed proposal, address indexed governor, bytes[] calls, bytes32 salt, uint40 expiresAt);

    /// @notice A governor confirmed a proposal.
    event Confirmed(bytes32 indexed proposal, address indexed governor);

    /// @notice A governor took its confirmation back.
    event Withdrawn(bytes32 indexed proposal, address indexed governor);

    /// @notice A proposal was executed with so many confirmations of governors.
    event Executed(bytes32 indexed proposal, address indexed governor, uint256 confirmations);

    /// @notice k changed.
    event ThresholdChanged(uint256 previousThreshold, uint256 threshold);

    /// @notice `account` is no governor.
    error NotGovernor(address account);
    /// @notice One governor alone cannot do this: propose it, and have it confirmed `threshold` times.
    error ConfirmationsNeeded(uint256 threshold);
    /// @notice k of `threshold` with `governors` governors: nobody could ever decide again. k is at least 1.
    error ThresholdUnreachable(uint256 threshold, uint256 governors);
    /// @notice A proposal without calls decides nothing.
    error EmptyProposal();
    /// @notice These calls with this salt were proposed before.
    error AlreadyProposed(bytes32 proposal);
    /// @notice Nobody proposed this.
    error UnknownProposal(bytes32 proposal);
    /// @notice The proposal was to be executed by `expiresAt`.
    error ProposalExpired(bytes32 proposal, uint40 expiresAt);
    /// @notice The proposal is done.
    error AlreadyExecuted(bytes32 proposal);
    /// @notice `governor` confirmed it already.
    error AlreadyConfirmed(bytes32 proposal, address governor);
    /// @notice `governor` has no confirmation to take back.
    error NotConfirmed(bytes32 proposal, address governor);
    /// @notice Of the present governors only so many confirmed.
    error NotEnoughConfirmations(bytes32 proposal, uint256 confirmations, uint256 threshold);

    /// @notice Propose calls of this contract to itself, in order, and confirm them. Only a governor.
    /// @dev Reverts with `NotGovernor`, `EmptyProposal`, `AlreadyProposed`.
    /// @param calls Function selectors with their arguments
    /// @param salt Anything, to propose the same again
    /// @return proposal Its name for the other functions
    function propose(bytes[] calldata calls, bytes32 salt) external returns (bytes32 proposal);

    /// @notice Confirm a proposal. Only a governor.
    /// @dev Reverts with `NotGovernor`, `UnknownProposal`, `ProposalExpired`, `AlreadyExecuted`, `AlreadyConfirmed`.
    function confirm(bytes32 proposal) external;

    /// @notice Take one's confirmation back.
    /// @dev Reverts with `UnknownProposal`, `AlreadyExecuted`, `NotConfirmed`.
    function withdraw(bytes32 proposal) external;

    /// @notice Execute what k governors confirmed: all or nothing, once. Only a governor.
    /// @dev Reverts with `NotGovernor`, `UnknownProposal`, `ProposalExpired`, `AlreadyExecuted`,
    /// `NotEnoughConfirmations`, and with what the calls themselves revert with.
    function execute(bytes[] calldata calls, bytes32 salt) external;

    /// @notice Change k. Only governance.
    /// @dev Reverts with `NotGovernor`, `ConfirmationsNeeded`, `ThresholdUnreachable`.
    function setThreshold(uint16 threshold) external;

    /// @notice k, and how many governors there are.
    function quorum() external view returns (uint256 threshold, uint256 governors);

    /// @notice How many of a proposal's confirmations would count now.
    function confirmationsOf(bytes32 proposal) external view returns (uint256);

    /// @notice The proposal as kept; `UnknownProposal` if there is none.
    function proposalOf(bytes32 proposal) external view returns (Proposal memory);

    /// @notice The name of a proposal.
    function proposalId(bytes[] calldata calls, bytes32 salt) external pure returns (bytes32);
}
