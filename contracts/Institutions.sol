// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IInstitutions} from "./interfaces/IInstitutions.sol";

/// @title Institutions
/// @notice The implementation; what it promises stands in `IInstitutions`.
contract Institutions is IInstitutions, Ownable2Step {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev One slot. The id is a prefix of the address, so a registry can keep an issuer in six bytes and still read
    /// the full address here; `admit` refuses a second holder of the same prefix.
    struct Member {
        address account;
        uint16 roles;
        uint40 since;
    }

    uint16 private constant _ALL_ROLES = uint16(1 << (uint8(type(Role).max) + 1)) - 1;

    mapping(bytes6 id => Member) private _members;
    mapping(bytes6 id => Checkpoints.Trace208) private _history;

    /// @param governance Who admits members and assigns roles: an account or a k-of-n contract.
    constructor(address governance) Ownable(governance) {}

    /// @inheritdoc IInstitutions
    function admit(Admission[] calldata admissions) external onlyOwner {
        for (uint256 i = 0; i < admissions.length; ++i) {
            Admission calldata admission = admissions[i];
            address account = admission.member;
            if (account == address(0)) revert ZeroMember(i);
            bytes6 id = _idOf(account);
            address holder = _members[id].account;
            if (holder != address(0)) revert IdTaken(i, account, holder);
            _members[id].account = account;
            emit MemberAdmitted(account, admission.stream, id);
            _setRoles(i, id, account, admission.roles);
        }
    }

    /// @inheritdoc IInstitutions
    function assign(Assignment[] calldata assignments) external onlyOwner {
        for (uint256 i = 0; i < assignments.length; ++i) {
            address account = assignments[i].member;
            bytes6 id = _idOf(account);
            if (account == address(0) || _members[id].account != account) revert NotMember(i, account);
            _setRoles(i, id, account, assignments[i].roles);
        }
    }

    /// @notice Not possible: a consortium without governance could never suspend a member.
    function renounceOwnership() public view override onlyOwner {
        revert GovernanceRequired();
    }

    /// @inheritdoc IInstitutions
    function hasRole(address member, Role role) external view returns (bool) {
        Member storage entry = _members[_idOf(member)];
        return entry.account == member && _contains(entry.roles, role);
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

    function _setRoles(uint256 index, bytes6 id, address account, uint16 roles) private {
        if (roles & ~_ALL_ROLES != 0) revert UnknownRoles(index, roles);
        emit RolesChanged(account, _members[id].roles, roles);
        _members[id].roles = roles;
        _members[id].since = uint40(block.timestamp);
        _history[id].push(uint48(block.timestamp), roles);
    }

    /// @dev The present answer costs one slot; only the past searches the history.
    function _hadRole(bytes6 id, Role role, uint40 time) private view returns (bool) {
        Member memory entry = _members[id];
        return _contains(time >= entry.since ? entry.roles : uint16(_history[id].upperLookupRecent(time)), role);
    }

    function _contains(uint16 roles, Role role) private pure returns (bool) {
        return roles & (uint16(1) << uint8(role)) != 0;
    }

    function _idOf(address account) private pure returns (bytes6) {
        return bytes6(bytes20(account));
    }
}
