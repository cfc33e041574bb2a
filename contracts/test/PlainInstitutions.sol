// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IInstitutions} from "../interfaces/IInstitutions.sol";

/// @title Members and roles as a list of changes that is read from its beginning
/// @dev Answers what registries ask, under the same names; it is cast to `IInstitutions`.
contract PlainInstitutions {
    struct Change {
        address member;
        uint16 roles;
        uint256 time;
    }

    Change[] private _changes;
    bool public paused;

    function set(address member, uint16 roles) external {
        _changes.push(Change(member, roles, block.timestamp));
    }

    function setPaused(bool value) external {
        paused = value;
    }

    function had(bytes6 id, IInstitutions.Role role, uint256 time) public view returns (bool held) {
        for (uint256 i = 0; i < _changes.length; ++i) {
            if (bytes6(bytes20(_changes[i].member)) == id && _changes[i].time <= time) {
                held = _changes[i].roles >> uint8(role) & 1 == 1;
            }
        }
    }

    function hasRole(address member, IInstitutions.Role role) external view returns (bool) {
        return had(bytes6(bytes20(member)), role, block.timestamp);
    }

    function mayWrite(address member, IInstitutions.Role role) external view returns (bool) {
        if (paused) revert IInstitutions.WritesPaused();
        return had(bytes6(bytes20(member)), role, block.timestamp);
    }

    function hadRole(address member, IInstitutions.Role role, uint40 time) external view returns (bool) {
        return had(bytes6(bytes20(member)), role, time);
    }

    function hadRolesById(
        bytes6 first,
        IInstitutions.Role firstRole,
        bytes6 second,
        IInstitutions.Role secondRole,
        uint40 time
    ) external view returns (bool, bool) {
        return (had(first, firstRole, time), had(second, secondRole, time));
    }

    function memberById(bytes6 id) external view returns (address member, uint16 roles, uint40 since) {
        for (uint256 i = 0; i < _changes.length; ++i) {
            if (bytes6(bytes20(_changes[i].member)) == id) {
                (member, roles, since) = (_changes[i].member, _changes[i].roles, uint40(_changes[i].time));
            }
        }
    }
}
