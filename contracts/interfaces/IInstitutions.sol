// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IGovernance} from "./IGovernance.sol";

/// @title Members of the consortium and what each of them was allowed to do, when
/// @notice A member is an address (an account or a contract wallet). Roles are a bit set; every change is kept with the
/// time of its block, so "who was allowed to do what at time T" has one answer for ever.
/// @dev Members with the role Governor govern, k of n. Any of them stops all writes of all contracts at once (`pause`);
/// only governance lets them go on. Reads and governance itself never stop.
interface IInstitutions is IGovernance {
    /// @notice What a member may do. The bit of a role is `1 << uint8(role)`.
    enum Role {
        Operator,
        Certifier,
        Assessor,
        Seller,
        Witness,
        Auditor,
        Governor
    }

    /// @notice A new member.
    /// @param member Its address
    /// @param stream Its record stream: 32 random bytes, nothing personal
    /// @param roles Bit set of `Role`
    struct Admission {
        address member;
        bytes32 stream;
        uint16 roles;
    }

    /// @notice New roles of a member; they replace the old ones.
    /// @param member Its address
    /// @param roles Bit set of `Role`; zero suspends
    struct Assignment {
        address member;
        uint16 roles;
    }

    /// @notice A member was admitted.
    event MemberAdmitted(address indexed member, bytes32 indexed stream, bytes6 id);

    /// @notice The roles of a member changed, from this block on.
    event RolesChanged(address indexed member, uint16 previousRoles, uint16 roles);

    /// @notice A governor stopped all writes.
    event Paused(address indexed governor);

    /// @notice Governance lets writes go on.
    event Unpaused();

    /// @notice Writes are stopped until governance lets them go on.
    error WritesPaused();
    /// @notice Writes are not stopped.
    error NotPaused();
    /// @notice There would be more than `limit` members.
    error TooManyMembers(uint256 limit);
    /// @notice Item `index` names the zero address.
    error ZeroMember(uint256 index);
    /// @notice Item `index` admits somebody whose id (first six bytes of the address) belongs to `holder` already.
    error IdTaken(uint256 index, address member, address holder);
    /// @notice Item `index` names an address that is no member.
    error NotMember(uint256 index, address member);
    /// @notice Item `index` has bits that are no roles.
    error UnknownRoles(uint256 index, uint16 roles);

    /// @notice Admit members. Only governance; all or nothing.
    /// @dev Reverts with `NotGovernor`, `ConfirmationsNeeded`, `TooManyMembers`, `ZeroMember`, `IdTaken`, `UnknownRoles`.
    function admit(Admission[] calldata admissions) external;

    /// @notice Replace the roles of members. Only governance; all or nothing.
    /// @dev Reverts with `NotGovernor`, `ConfirmationsNeeded`, `NotMember`, `UnknownRoles`, `ThresholdUnreachable`.
    function assign(Assignment[] calldata assignments) external;

    /// @notice Stop all writes of all contracts that ask this one. Any governor alone.
    /// @dev Reverts with `NotGovernor`, `WritesPaused`.
    function pause() external;

    /// @notice Let writes go on. Only governance.
    /// @dev Reverts with `NotGovernor`, `ConfirmationsNeeded`, `NotPaused`.
    function unpause() external;

    /// @notice Whether writes are stopped.
    function paused() external view returns (bool);

    /// @notice Whether `member` has `role` now and may use it; reverts with `WritesPaused` while writes are stopped.
    /// @dev What contracts ask before they write; one slot, as `hasRole`, which they ask when they only want to know.
    function mayWrite(address member, Role role) external view returns (bool);

    /// @notice Whether `member` has `role` now.
    function hasRole(address member, Role role) external view returns (bool);

    /// @notice Whether `member` had `role` at `time` (seconds); a later `time` than now gives the present answer.
    function hadRole(address member, Role role, uint40 time) external view returns (bool);

    /// @notice As `hadRole` for two members by id, in one call, for registries that ask on every question.
    function hadRolesById(bytes6 first, Role firstRole, bytes6 second, Role secondRole, uint40 time)
        external
        view
        returns (bool firstHad, bool secondHad);

    /// @notice Address and present roles behind an id; zero address if nobody has it.
    /// @return member Its address
    /// @return roles Bit set of `Role`
    /// @return since Time of the block that set these roles
    function memberById(bytes6 id) external view returns (address member, uint16 roles, uint40 since);
}
