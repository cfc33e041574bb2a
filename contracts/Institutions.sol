// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Governance} from "./Governance.sol";
import {IInstitutions} from "./interfaces/IInstitutions.sol";

/// @title Institutions
/// @notice The implementation; what it promises stands in `IInstitutions`.
contract Institutions is IInstitutions, Governance {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev One slot. The id is a prefix of the address, so a registry can keep an issuer in six bytes and still read
    /// the full address here; `admit` refuses a second holder of the same prefix. `paused` is the same in all members: a
    /// pause is rare and may cost, while every write reads this slot and no other.
    struct Member {
        address account;
        uint16 roles;
        uint40 since;
        bool paused;
    }

    /// @notice How many members there can be: what a block surely can pause.
    uint256 public constant MEMBER_LIMIT = 500;

    uint16 private constant _ALL_ROLES = uint16(1 << (uint8(type(Role).max) + 1)) - 1;

    bool private _paused;
    bytes6[] private _ids;
    mapping(bytes6 id => Member) private _members;
    mapping(bytes6 id => Checkpoints.Trace208) private _history;

    /// @param founders The first members; with `threshold` governors or more among them
    /// @param threshold How many governors decide; a single operator is 1 of 1
    constructor(Admission[] memory founders, uint16 threshold) {
        for (uint256 i = 0; i < founders.length; ++i) {
            _admit(i, founders[i]);
        }
        _setThreshold(threshold);
    }

    /// @inheritdoc IInstitutions
    function admit(Admission[] calldata admissions) external onlyGovernance {
        for (uint256 i = 0; i < admissions.length; ++i) {
            _admit(i, admissions[i]);
        }
    }

    /// @inheritdoc IInstitutions
    function assign(Assignment[] calldata assignments) external onlyGovernance {
        for (uint256 i = 0; i < assignments.length; ++i) {
            address account = assignments[i].member;
            bytes6 id = _idOf(account);
            if (account == address(0) || _members[id].account != account) revert NotMember(i, account);
            _setRoles(i, id, account, assignments[i].roles);
        }
        _requireReachable();
    }

    /// @inheritdoc IInstitutions
    function pause() external onlyGovernor {
        if (_paused) revert WritesPaused();
        _setPaused(true);
        emit Paused(msg.sender);
    }

    /// @inheritdoc IInstitutions
    function unpause() external onlyGovernance {
        if (!_paused) revert NotPaused();
        _setPaused(false);
        emit Unpaused();
    }

    /// @inheritdoc IInstitutions
    function paused() external view returns (bool) {
        return _paused;
    }

    /// @inheritdoc IInstitutions
    function mayWrite(address member, Role role) external view returns (bool) {
        Member storage entry = _members[_idOf(member)];
        (address account, uint16 roles, bool stopped) = (entry.account, entry.roles, entry.paused);
        if (stopped) revert WritesPaused();
        return account == member && _contains(roles, role);
    }

    /// @inheritdoc IInstitutions
    function hasRole(address member, Role role) external view returns (bool) {
        return _hasRole(member, role);
    }

    /// @inheritdoc IInstitutions
    function hadRole(address member, Role role, uint40 time) external view returns (bool) {
        bytes6 id = _idOf(member);
        return _members[id].account == member && _hadRole(id, role, time);
    }

    /// @inheritdoc IInstitutions
    function hadRolesById(bytes6 first, Role firstRole, bytes6 second, Role secondRole, uint40 time)
        external
        view
        returns (bool firstHad, bool secondHad)
    {
        return (_hadRole(first, firstRole, time), _hadRole(second, secondRole, time));
    }

    /// @inheritdoc IInstitutions
    function memberById(bytes6 id) external view returns (address member, uint16 roles, uint40 since) {
        Member storage entry = _members[id];
        return (entry.account, entry.roles, entry.since);
    }

    function _admit(uint256 index, Admission memory admission) private {
        address account = admission.member;
        if (_ids.length == MEMBER_LIMIT) revert TooManyMembers(MEMBER_LIMIT);
        if (account == address(0)) revert ZeroMember(index);
        bytes6 id = _idOf(account);
        address holder = _members[id].account;
        if (holder != address(0)) revert IdTaken(index, account, holder);
        _members[id].account = account;
        _members[id].paused = _paused;
        _ids.push(id);
        emit MemberAdmitted(account, admission.stream, id);
        _setRoles(index, id, account, admission.roles);
    }

    function _setRoles(uint256 index, bytes6 id, address account, uint16 roles) private {
        if (roles & ~_ALL_ROLES != 0) revert UnknownRoles(index, roles);
        _countGovernor(_contains(_members[id].roles, Role.Governor), _contains(roles, Role.Governor));
        emit RolesChanged(account, _members[id].roles, roles);
        _members[id].roles = roles;
        _members[id].since = uint40(block.timestamp);
        _history[id].push(uint48(block.timestamp), roles);
    }

    function _setPaused(bool value) private {
        _paused = value;
        for (uint256 i = 0; i < _ids.length; ++i) {
            _members[_ids[i]].paused = value;
        }
    }

    function _governs(address account) internal view override returns (bool) {
        return _hasRole(account, Role.Governor);
    }

    function _hasRole(address member, Role role) private view returns (bool) {
        Member storage entry = _members[_idOf(member)];
        return entry.account == member && _contains(entry.roles, role);
    }

    /// @dev The present answer costs one slot; only the past searches the history.
    function _hadRole(bytes6 id, Role role, uint40 time) private view returns (bool) {
        Member storage entry = _members[id];
        (uint16 roles, uint40 since) = (entry.roles, entry.since);
        return _contains(time >= since ? roles : uint16(_history[id].upperLookupRecent(time)), role);
    }

    function _contains(uint16 roles, Role role) private pure returns (bool) {
        return roles & (uint16(1) << uint8(role)) != 0;
    }

    function _idOf(address account) private pure returns (bytes6) {
        return bytes6(bytes20(account));
    }
}
