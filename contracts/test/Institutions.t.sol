// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Institutions} from "../Institutions.sol";
import {IGovernance} from "../interfaces/IGovernance.sol";
import {IInstitutions} from "../interfaces/IInstitutions.sol";
import {Base} from "./Base.sol";

/// @title Governors who change roles, alone or by proposals, and a list of all changes that tells what was true when
contract InstitutionsActor is Base {
    struct Change {
        address member;
        uint16 roles;
        uint256 time;
    }

    struct Proposal {
        bytes[] calls;
        address member;
        uint16 roles;
        bool executed;
        uint256 expires;
        address[] confirmations;
    }

    uint16 private constant _GOVERNOR = uint16(1) << uint8(IInstitutions.Role.Governor);
    uint256 private constant _PEOPLE = 6;

    Institutions public immutable institutions;
    address[6] private _people;
    Change[] private _changes;
    Proposal[] private _proposals;
    uint256 private _threshold = 2;
    bool private _paused;
    uint256 private _time = START;
    uint256 public executed;

    constructor() {
        vm.warp(_time);
        IInstitutions.Admission[] memory founders = new IInstitutions.Admission[](_PEOPLE);
        for (uint256 i = 0; i < _PEOPLE; ++i) {
            _people[i] = address(uint160(i + 1) << 120);
            founders[i] = IInstitutions.Admission(_people[i], bytes32(i), i < 4 ? _GOVERNOR : 0);
            _changes.push(Change(_people[i], founders[i].roles, _time));
        }
        institutions = new Institutions(founders, 2);
    }

    function pass(uint256 seconds_) external {
        _time += seconds_ % 16 == 0 ? within(seconds_, 1, 15 days) : within(seconds_, 0, 1 days);
        vm.warp(_time);
    }

    function propose(uint256 seed) external {
        address by = _people[seed % _PEOPLE];
        Proposal storage made = _proposals.push();
        made.member = _people[(seed >> 8) % _PEOPLE];
        made.roles = uint16(seed >> 16) % 128;
        if (seed >> 32 & 1 == 0) made.roles |= _GOVERNOR;
        IInstitutions.Assignment[] memory assignments = new IInstitutions.Assignment[](1);
        assignments[0] = IInstitutions.Assignment(made.member, made.roles);
        made.calls.push(abi.encodeCall(IInstitutions.assign, (assignments)));
        bool may = _governs(by);
        vm.prank(by);
        try institutions.propose(made.calls, bytes32(_proposals.length)) {
            truth(may, "a proposal by no governor was taken");
            made.expires = _time + 14 days;
            made.confirmations.push(by);
        } catch {
            truth(!may, "a governor's proposal was refused");
            _proposals.pop();
        }
    }

    function confirm(uint256 seed) external {
        if (_proposals.length == 0) return;
        (Proposal storage proposal, bytes32 id) = _pick(seed);
        address by = _people[(seed >> 64) % _PEOPLE];
        bool may = _governs(by) && !proposal.executed && _time <= proposal.expires && !_confirmed(proposal, by);
        vm.prank(by);
        try institutions.confirm(id) {
            truth(may, "a confirmation was taken that may not be");
            proposal.confirmations.push(by);
        } catch {
            truth(!may, "a confirmation was refused that may be");
        }
    }

    function withdraw(uint256 seed) external {
        if (_proposals.length == 0) return;
        (Proposal storage proposal, bytes32 id) = _pick(seed);
        address by = _people[(seed >> 64) % _PEOPLE];
        bool may = !proposal.executed && _confirmed(proposal, by);
        vm.prank(by);
        try institutions.withdraw(id) {
            truth(may, "a withdrawal was taken that may not be");
            for (uint256 i = 0; i < proposal.confirmations.length; ++i) {
                if (proposal.confirmations[i] == by) proposal.confirmations[i] = address(0);
            }
        } catch {
            truth(!may, "a withdrawal was refused that may be");
        }
    }

    function execute(uint256 seed) external {
        if (_proposals.length == 0) return;
        (Proposal storage proposal,) = _pick(seed);
        address by = _people[(seed >> 64) % _PEOPLE];
        uint256 valid;
        for (uint256 i = 0; i < proposal.confirmations.length; ++i) {
            if (proposal.confirmations[i] != address(0) && _governs(proposal.confirmations[i])) ++valid;
        }
        bool may = _governs(by) && !proposal.executed && _time <= proposal.expires && valid >= _threshold
            && _governorsAfter(proposal) >= _threshold;
        vm.prank(by);
        try institutions.execute(proposal.calls, bytes32(1 + seed % _proposals.length)) {
            truth(may, "executed without enough governors");
            proposal.executed = true;
            _changes.push(Change(proposal.member, proposal.roles, _time));
            ++executed;
        } catch {
            truth(!may, "not executed although enough governors confirmed");
        }
    }

    function pause(uint256 seed) external {
        address by = _people[seed % _PEOPLE];
        bool may = _governs(by) && !_paused;
        vm.prank(by);
        try institutions.pause() {
            truth(may, "paused by who may not");
            _paused = true;
        } catch {
            truth(!may, "a governor's pause was refused");
        }
    }

    /// @dev One governor of two alone decides nothing.
    function alone(uint256 seed) external {
        vm.prank(_people[seed % _PEOPLE]);
        try institutions.setThreshold(1) {
            revert NotTrue("one governor changed the threshold alone");
        } catch {}
    }

    /// @dev What the contract says of one member, a different one after each call, and of governance.
    function check() external view {
        _check(_people[uint256(keccak256(abi.encode(_time, _changes.length, _proposals.length))) % _PEOPLE]);
        _checkGovernance();
    }

    /// @dev The same of all members.
    function checkAll() external view {
        for (uint256 i = 0; i < _PEOPLE; ++i) {
            _check(_people[i]);
        }
        _checkGovernance();
    }

    /// @dev What the contract says of a member at any instant, against the list of all changes.
    function _check(address member) private view {
        for (uint256 j = 0; j <= 3; ++j) {
            uint256 time = START - 1 + (_time + 2 - START) * j / 3;
            uint16 roles = _rolesAt(member, time);
            for (uint8 role = 0; role < 7; ++role) {
                bool had = institutions.hadRole(member, IInstitutions.Role(role), uint40(time));
                truth(had == (roles >> role & 1 == 1), "a role at an instant");
            }
        }
        (address account, uint16 now_,) = institutions.memberById(bytes6(bytes20(member)));
        truth(account == member, "who it is");
        equal(now_, _rolesAt(member, _time), "present roles");
    }

    function _checkGovernance() private view {
        (uint256 threshold, uint256 governors) = institutions.quorum();
        equal(threshold, _threshold, "threshold");
        truth(governors >= threshold, "governance cannot be reached any more");
        truth(institutions.paused() == _paused, "pause");
    }

    function _pick(uint256 seed) private view returns (Proposal storage proposal, bytes32 id) {
        uint256 place = seed % _proposals.length;
        proposal = _proposals[place];
        id = institutions.proposalId(proposal.calls, bytes32(place + 1));
    }

    function _rolesAt(address member, uint256 time) private view returns (uint16 roles) {
        for (uint256 i = 0; i < _changes.length; ++i) {
            if (_changes[i].member == member && _changes[i].time <= time) roles = _changes[i].roles;
        }
    }

    function _governs(address account) private view returns (bool) {
        return _rolesAt(account, _time) & _GOVERNOR != 0;
    }

    function _governorsAfter(Proposal storage proposal) private view returns (uint256 count) {
        for (uint256 i = 0; i < _PEOPLE; ++i) {
            uint16 roles = _people[i] == proposal.member ? proposal.roles : _rolesAt(_people[i], _time);
            if (roles & _GOVERNOR != 0) ++count;
        }
    }

    function _confirmed(Proposal storage proposal, address by) private view returns (bool) {
        for (uint256 i = 0; i < proposal.confirmations.length; ++i) {
            if (proposal.confirmations[i] == by) return true;
        }
        return false;
    }
}

contract InstitutionsInvariantTest is Base {
    InstitutionsActor private _actor;

    function setUp() external {
        _actor = new InstitutionsActor();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](10);
        (selectors[0], selectors[1]) = (InstitutionsActor.pass.selector, InstitutionsActor.propose.selector);
        (selectors[2], selectors[3]) = (InstitutionsActor.withdraw.selector, InstitutionsActor.alone.selector);
        selectors[4] = InstitutionsActor.pause.selector;
        for (uint256 i = 5; i < 10; ++i) {
            selectors[i] = i < 8 ? InstitutionsActor.confirm.selector : InstitutionsActor.execute.selector;
        }
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_actor), selectors);
    }

    /// @dev The past stays as it was, k of n decide, and governance can always be reached.
    function invariant_everyPastAnswerStays() external view {
        _actor.check();
    }

    function afterInvariant() external view {
        _actor.checkAll();
    }

    function test_proposalsAreExecuted() external {
        for (uint256 i = 0; i < 600; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("governance", i)));
            if (i % 12 == 0) _actor.propose(seed);
            else if (i % 3 == 0) _actor.execute(seed);
            else _actor.confirm(seed);
        }
        truth(_actor.executed() >= 5, "hardly anything was executed");
        _actor.alone(0);
        _actor.checkAll();
    }
}

contract InstitutionsTest is Base {
    uint16 private constant _GOVERNOR = uint16(1) << uint8(IInstitutions.Role.Governor);

    Institutions private _institutions;

    function setUp() external {
        vm.warp(START);
        _institutions = new Institutions(_one(address(this), _GOVERNOR), 1);
    }

    function test_membersAreAdmittedOnceWithRolesThatExist() external {
        _refused(address(0), 1, abi.encodeWithSelector(IInstitutions.ZeroMember.selector, 0));
        _refused(address(9), 1 << 7, abi.encodeWithSelector(IInstitutions.UnknownRoles.selector, 0, 1 << 7));
        _institutions.admit(_one(address(uint160(0xAB) << 120), 3));
        address twin = address((uint160(0xAB) << 120) | 7);
        bytes memory taken =
            abi.encodeWithSelector(IInstitutions.IdTaken.selector, 0, twin, address(uint160(0xAB) << 120));
        _refused(twin, 1, taken);
        IInstitutions.Assignment[] memory items = new IInstitutions.Assignment[](1);
        items[0] = IInstitutions.Assignment(twin, 1);
        vm.expectRevert(abi.encodeWithSelector(IInstitutions.NotMember.selector, 0, twin));
        _institutions.assign(items);
        items[0] = IInstitutions.Assignment(address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IInstitutions.NotMember.selector, 0, address(0)));
        _institutions.assign(items);
    }

    function test_rolesAnswerForNowAndThen() external {
        address member = address(uint160(0xAB) << 120);
        _institutions.admit(_one(member, 3));
        truth(_institutions.hasRole(member, IInstitutions.Role.Operator), "has");
        truth(!_institutions.hasRole(member, IInstitutions.Role.Seller), "has not");
        truth(_institutions.mayWrite(member, IInstitutions.Role.Operator), "may");
        truth(!_institutions.mayWrite(member, IInstitutions.Role.Seller), "may not");
        address twin = address(uint160(member) | 7); // another account of the same first bytes
        truth(!_institutions.mayWrite(twin, IInstitutions.Role.Operator), "a twin may not");
        truth(!_institutions.hasRole(twin, IInstitutions.Role.Operator), "a twin has not");
        truth(!_institutions.hadRole(twin, IInstitutions.Role.Operator, START), "a twin had not");
        truth(_institutions.hadRole(member, IInstitutions.Role.Operator, START), "had");
        truth(!_institutions.hadRole(member, IInstitutions.Role.Operator, START - 1), "had not yet");
        (bool first, bool second) = _institutions.hadRolesById(
            bytes6(bytes20(member)), IInstitutions.Role.Operator, "nobody", IInstitutions.Role.Operator, START
        );
        truth(first && !second, "had");
    }

    function test_aPauseStopsWritesUntilGovernanceLetsThemGoOn() external {
        vm.expectRevert(abi.encodeWithSelector(IInstitutions.NotPaused.selector));
        _institutions.unpause();
        _institutions.pause();
        vm.expectRevert(abi.encodeWithSelector(IInstitutions.WritesPaused.selector));
        _institutions.mayWrite(address(this), IInstitutions.Role.Operator);
        truth(_institutions.hasRole(address(this), IInstitutions.Role.Governor), "reads go on");
        _institutions.unpause();
        truth(!_institutions.paused(), "goes on");
    }

    function test_onlyGovernanceGoverns() external {
        vm.startPrank(address(1));
        bytes memory refusal = abi.encodeWithSelector(IGovernance.NotGovernor.selector, address(1));
        _governs(refusal);
        vm.expectRevert(refusal);
        _institutions.pause();
        vm.expectRevert(refusal);
        _institutions.propose(new bytes[](1), 0);
        vm.expectRevert(refusal);
        _institutions.confirm(0);
        vm.expectRevert(refusal);
        _institutions.execute(new bytes[](1), 0);
        vm.stopPrank();
        _institutions.admit(_one(address(uint160(0xAB) << 120), _GOVERNOR));
        _institutions.setThreshold(2);
        _governs(abi.encodeWithSelector(IGovernance.ConfirmationsNeeded.selector, 2));
    }

    function _governs(bytes memory refusal) private {
        vm.expectRevert(refusal);
        _institutions.admit(_one(address(9), 0));
        vm.expectRevert(refusal);
        _institutions.assign(new IInstitutions.Assignment[](0));
        vm.expectRevert(refusal);
        _institutions.unpause();
        vm.expectRevert(refusal);
        _institutions.setThreshold(1);
    }

    function test_thereAreNotMoreMembersThanABlockCanPause() external {
        uint256 limit = _institutions.MEMBER_LIMIT();
        for (uint256 i = 1; i < limit; ++i) {
            _institutions.admit(_one(address(uint160(i) << 120), 0));
        }
        _refused(address(uint160(limit) << 120), 1, abi.encodeWithSelector(IInstitutions.TooManyMembers.selector, limit));
        _institutions.pause();
    }

    function test_proposalsAreKnownOnceAndNeverEmpty() external {
        bytes[] memory calls = new bytes[](0);
        vm.expectRevert(abi.encodeWithSelector(IGovernance.EmptyProposal.selector));
        _institutions.propose(calls, 0);
        calls = new bytes[](1);
        calls[0] = abi.encodeCall(IGovernance.setThreshold, (2));
        bytes32 id = _institutions.proposalId(calls, 0);
        vm.expectRevert(abi.encodeWithSelector(IGovernance.UnknownProposal.selector, id));
        _institutions.proposalOf(id);
        _institutions.propose(calls, 0);
        vm.expectRevert(abi.encodeWithSelector(IGovernance.AlreadyProposed.selector, id));
        _institutions.propose(calls, 0);
        equal(_institutions.confirmationsOf(id), 1, "confirmations");
        equal(_institutions.proposalOf(id).expiresAt, START + 14 days, "lifetime");
        vm.expectRevert(abi.encodeWithSelector(IGovernance.ThresholdUnreachable.selector, 2, 1));
        _institutions.execute(calls, 0);
        vm.expectRevert(abi.encodeWithSelector(IGovernance.ThresholdUnreachable.selector, 0, 1));
        _institutions.setThreshold(0);
    }

    function _refused(address member, uint16 roles, bytes memory why) private {
        vm.expectRevert(why);
        _institutions.admit(_one(member, roles));
    }

    function _one(address member, uint16 roles) private pure returns (IInstitutions.Admission[] memory list) {
        list = new IInstitutions.Admission[](1);
        list[0] = IInstitutions.Admission(member, "stream", roles);
    }
}
