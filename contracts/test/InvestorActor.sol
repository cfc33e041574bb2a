// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {InvestorRegistry} from "../InvestorRegistry.sol";
import {IInstitutions} from "../interfaces/IInstitutions.sol";
import {IInvestorRegistry, Reasons} from "../interfaces/IInvestorRegistry.sol";
import {Base} from "./Base.sol";
import {PlainInstitutions} from "./PlainInstitutions.sol";

/// @title Writes histories and asks about them; a list of plain facts, searched from its end, knows the answers
contract InvestorActor is Base {
    struct Fact {
        bytes32 investor;
        address issuer;
        bytes32 leaf;
        uint256 begins;
        uint256 ends;
        uint256 recorded;
        uint256 tolerance;
        bool lowest;
        bool revoked;
        uint256 revokedAt;
        uint256 revocationRecorded;
    }

    bytes32 private constant _REGIME = "cn_private_fund";
    uint256 private constant _INVESTORS = 3;

    PlainInstitutions public immutable members = new PlainInstitutions();
    InvestorRegistry public immutable registry;
    address[3] private _issuers = [address(uint160(0xA1) << 152), address(uint160(0xB2) << 152), address(uint160(0xC3) << 152)];
    Fact[] private _certifications;
    Fact[] private _assessments;
    uint256 private _time = START;
    uint256 private _fresh;
    uint256 public eligible;

    constructor() {
        vm.warp(_time);
        registry = new InvestorRegistry(IInstitutions(address(members)), address(this));
        for (uint256 i = 0; i < 3; ++i) {
            members.set(_issuers[i], 7);
        }
    }

    function pass(uint256 seconds_) external {
        _time += within(seconds_, 1, 1 days);
        vm.warp(_time);
    }

    function roles(uint256 who, uint16 bits) external {
        members.set(_issuers[who % 3], bits % 8);
        members.set(_issuers[(who % 3 + 1) % 3], 7); // or soon nobody could write
    }

    function certify(uint256 seed) external {
        Fact memory fact = _fact(seed);
        IInvestorRegistry.Certification[] memory items = new IInvestorRegistry.Certification[](1);
        items[0] = IInvestorRegistry.Certification({
            investor: fact.investor,
            regime: _REGIME,
            leaf: fact.leaf,
            grantedAt: uint40(fact.begins),
            validUntil: uint40(fact.ends)
        });
        bool may = members.hasRole(fact.issuer, IInstitutions.Role.Certifier) && fact.ends > fact.begins;
        try registry.record(
            fact.issuer,
            items,
            new IInvestorRegistry.Revocation[](0),
            new IInvestorRegistry.Assessment[](0),
            new IInvestorRegistry.Ending[](0)
        ) {
            truth(may, "a certification was taken that may not be");
            _certifications.push(fact);
        } catch {
            truth(!may, "a certification was refused that may be");
        }
    }

    function assess(uint256 seed) external {
        Fact memory fact = _fact(seed);
        fact.tolerance = within(seed >> 64, 0, 6);
        fact.lowest = seed >> 72 & 7 == 0;
        IInvestorRegistry.Assessment[] memory items = new IInvestorRegistry.Assessment[](1);
        items[0] = IInvestorRegistry.Assessment({
            investor: fact.investor,
            regime: _REGIME,
            leaf: fact.leaf,
            tolerance: uint8(fact.tolerance),
            lowest: fact.lowest,
            completedAt: uint40(fact.begins),
            validUntil: uint40(fact.ends)
        });
        bool may = members.hasRole(fact.issuer, IInstitutions.Role.Assessor) && fact.ends > fact.begins
            && fact.tolerance >= 1 && fact.tolerance <= 5 && !(fact.lowest && fact.tolerance != 1);
        try registry.record(
            fact.issuer,
            new IInvestorRegistry.Certification[](0),
            new IInvestorRegistry.Revocation[](0),
            items,
            new IInvestorRegistry.Ending[](0)
        ) {
            truth(may, "an assessment was taken that may not be");
            _assessments.push(fact);
        } catch {
            truth(!may, "an assessment was refused that may be");
        }
    }

    function revoke(uint256 seed) external {
        if (_certifications.length == 0) return;
        Fact storage fact = _certifications[(seed >> 8) % _certifications.length];
        address revoker = _issuers[(seed >> 16) % 3];
        IInvestorRegistry.Revocation[] memory items = new IInvestorRegistry.Revocation[](1);
        items[0] = IInvestorRegistry.Revocation({
            investor: fact.investor,
            regime: _REGIME,
            certification: fact.leaf,
            leaf: keccak256(abi.encode("revocation", ++_fresh)),
            revokedAt: uint40(within(seed >> 24, _time - 2 days, _time + 2 days))
        });
        bool may = members.hasRole(revoker, IInstitutions.Role.Certifier) && !fact.revoked
            && (fact.issuer == revoker || members.hasRole(revoker, IInstitutions.Role.Operator));
        try registry.record(
            revoker,
            new IInvestorRegistry.Certification[](0),
            items,
            new IInvestorRegistry.Assessment[](0),
            new IInvestorRegistry.Ending[](0)
        ) {
            truth(may, "a revocation was taken that may not be");
            (fact.revoked, fact.revokedAt, fact.revocationRecorded) = (true, items[0].revokedAt, _time);
        } catch {
            truth(!may, "a revocation was refused that may be");
        }
    }

    function end(uint256 seed) external {
        if (_assessments.length == 0) return;
        Fact storage fact = _assessments[(seed >> 8) % _assessments.length];
        address ender = _issuers[(seed >> 16) % 3];
        IInvestorRegistry.Ending[] memory items = new IInvestorRegistry.Ending[](1);
        items[0] = IInvestorRegistry.Ending({
            investor: fact.investor,
            regime: _REGIME,
            assessment: fact.leaf,
            leaf: keccak256(abi.encode("ending", ++_fresh)),
            endedAt: uint40(within(seed >> 24, _time - 2 days, _time + 2 days))
        });
        bool may = members.hasRole(ender, IInstitutions.Role.Assessor) && !fact.revoked
            && (fact.issuer == ender || members.hasRole(ender, IInstitutions.Role.Operator));
        vm.prank(ender);
        try registry.end(items) {
            truth(may, "an end was taken that may not be");
            (fact.revoked, fact.revokedAt, fact.revocationRecorded) = (true, items[0].endedAt, _time);
        } catch {
            truth(!may, "an end was refused that may be");
        }
    }

    /// @dev One question about any instant, as known at any instant.
    function ask(uint256 seed) external {
        bytes32 investor = bytes32(1 + seed % _INVESTORS);
        uint8 risk = uint8(within(seed >> 8, 1, 5));
        uint256 time = within(seed >> 16, START - 3 days, _time + 10 days);
        uint256 known = within(seed >> 48, START - 1 days, _time + 1 days);
        (bool yes, uint16 found) = registry.eligibleAt(investor, _REGIME, risk, uint40(time));
        equal(found, _why(investor, risk, time, type(uint40).max), "reasons");
        truth(yes == (found == 0), "eligible and reasons");
        if (yes) ++eligible;
        (yes, found) = registry.eligibleAsKnown(investor, _REGIME, risk, uint40(time), uint40(known));
        equal(found, _why(investor, risk, time, known), "reasons as known");
        truth(yes == (found == 0), "eligible as known and reasons");
    }

    /// @dev The histories hold exactly what was taken, in order.
    function checkHistories() external view {
        uint256 grants;
        uint256 outcomes;
        for (uint256 i = 1; i <= _INVESTORS; ++i) {
            (IInvestorRegistry.Grant[] memory kept, IInvestorRegistry.Withdrawal[] memory withdrawals) =
                registry.certificationsOf(bytes32(i), _REGIME);
            uint256 place;
            for (uint256 j = 0; j < _certifications.length; ++j) {
                Fact storage fact = _certifications[j];
                if (fact.investor != bytes32(i)) continue;
                truth(kept[place].tag == bytes8(fact.leaf) && kept[place].grantedAt == fact.begins, "grant");
                equal(kept[place].recordedAt, fact.recorded, "when it was recorded");
                truth(kept[place].revoked == fact.revoked, "revoked");
                equal(withdrawals[place].revokedAt, fact.revokedAt, "when it was revoked");
                ++place;
            }
            equal(kept.length, place, "number of grants");
            grants += place;
            outcomes += _checkAssessments(bytes32(i));
        }
        equal(grants, _certifications.length, "grants of all");
        equal(outcomes, _assessments.length, "assessments of all");
    }

    function _checkAssessments(bytes32 investor) private view returns (uint256 place) {
        (IInvestorRegistry.Outcome[] memory kept, IInvestorRegistry.End[] memory ends) =
            registry.assessmentsOf(investor, _REGIME);
        for (uint256 j = 0; j < _assessments.length; ++j) {
            Fact storage fact = _assessments[j];
            if (fact.investor != investor) continue;
            truth(kept[place].tag == bytes6(fact.leaf) && kept[place].completedAt == fact.begins, "outcome");
            truth(kept[place].ended == fact.revoked, "ended");
            equal(ends[place].endedAt, fact.revokedAt, "when it was ended");
            ++place;
        }
        equal(kept.length, place, "number of outcomes");
    }

    function _fact(uint256 seed) private returns (Fact memory fact) {
        fact.investor = bytes32(1 + seed % _INVESTORS);
        fact.issuer = _issuers[(seed >> 8) % 3];
        fact.leaf = keccak256(abi.encode(++_fresh));
        fact.begins = within(seed >> 16, _time - 2 days, _time + 1 days);
        fact.ends = fact.begins + within(seed >> 32, 0, 20 days);
        fact.recorded = _time;
    }

    function _why(bytes32 investor, uint256 risk, uint256 time, uint256 known) private view returns (uint16 reasons) {
        uint256 standing = time < known ? time : known;
        (bool found, Fact memory fact) = _governing(_certifications, investor, time, known);
        if (!found) {
            reasons |= Reasons.NOT_CERTIFIED;
        } else {
            if (fact.ends <= time) reasons |= Reasons.CERTIFICATION_EXPIRED;
            if (fact.revoked && fact.revokedAt <= time && fact.revocationRecorded <= known) {
                reasons |= Reasons.CERTIFICATION_REVOKED;
            }
            if (!members.had(bytes6(bytes20(fact.issuer)), IInstitutions.Role.Certifier, standing)) {
                reasons |= Reasons.CERTIFIER_NOT_IN_STANDING;
            }
        }
        (found, fact) = _governing(_assessments, investor, time, known);
        if (!found) return reasons | Reasons.NOT_ASSESSED;
        if (fact.ends <= time) reasons |= Reasons.ASSESSMENT_EXPIRED;
        if (!members.had(bytes6(bytes20(fact.issuer)), IInstitutions.Role.Assessor, standing)) {
            reasons |= Reasons.ASSESSOR_NOT_IN_STANDING;
        }
        if (risk > fact.tolerance) reasons |= Reasons.RISK_ABOVE_TOLERANCE;
        if (fact.lowest && risk > 1) reasons |= Reasons.LOWEST_CLASS;
        if (fact.revoked && fact.revokedAt <= time && fact.revocationRecorded <= known) {
            reasons |= Reasons.ASSESSMENT_ENDED;
        }
    }

    /// @dev The one written last, among those in effect by then and known by then.
    function _governing(Fact[] storage facts, bytes32 investor, uint256 time, uint256 known)
        private
        view
        returns (bool found, Fact memory fact)
    {
        for (uint256 i = facts.length; i > 0; --i) {
            fact = facts[i - 1];
            if (fact.investor == investor && fact.begins <= time && fact.recorded <= known) return (true, fact);
        }
    }
}
