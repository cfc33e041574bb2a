// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Authorized} from "./Authorized.sol";
import {IInstitutions} from "./interfaces/IInstitutions.sol";
import {IInvestorRegistry, Reasons} from "./interfaces/IInvestorRegistry.sol";
import {Batch} from "./libraries/Batch.sol";
import {InvestorActs} from "./libraries/InvestorActs.sol";

/// @title InvestorRegistry
/// @notice The implementation; what it promises stands in `IInvestorRegistry`.
contract InvestorRegistry is IInvestorRegistry, Authorized {
    /// @notice Who was allowed to do what.
    IInstitutions public immutable institutions;
    /// @notice The only forwarder of operators' writes.
    address public immutable log;

    /// @dev All about one investor under one regime. The newest fact of a kind has a slot of its own, so that the usual
    /// question reads one slot; when it is superseded it moves to the history under its number.
    struct File {
        Grant grant;
        Outcome outcome;
        mapping(uint256 number => Grant) grants;
        mapping(uint256 number => Withdrawal) withdrawals;
        mapping(uint256 number => Outcome) outcomes;
        mapping(uint256 number => End) ends;
    }

    mapping(bytes32 investor => mapping(bytes32 regime => File)) private _files;

    /// @param institutions_ Who was allowed to do what
    /// @param log_ The evidence log that forwards operators' writes
    constructor(IInstitutions institutions_, address log_) {
        institutions = institutions_;
        log = log_;
    }

    /// @inheritdoc IInvestorRegistry
    function certify(Certification[] calldata items) external {
        _certify(msg.sender, items);
    }

    /// @inheritdoc IInvestorRegistry
    function revoke(Revocation[] calldata items) external {
        _revoke(msg.sender, items);
    }

    /// @inheritdoc IInvestorRegistry
    function assess(Assessment[] calldata items) external {
        _assess(msg.sender, items);
    }

    /// @inheritdoc IInvestorRegistry
    function end(Ending[] calldata items) external {
        _end(msg.sender, items);
    }

    /// @inheritdoc IInvestorRegistry
    function record(
        address issuer,
        Certification[] calldata certifications,
        Revocation[] calldata revocations,
        Assessment[] calldata assessments,
        Ending[] calldata endings
    ) external {
        if (msg.sender != log) revert NotLog(msg.sender);
        _record(issuer, certifications, revocations, assessments, endings);
    }

    /// @inheritdoc IInvestorRegistry
    function recordBySig(
        Authorization calldata authorization,
        Certification[] calldata certifications,
        Revocation[] calldata revocations,
        Assessment[] calldata assessments,
        Ending[] calldata endings
    ) external {
        _requireAuthorized(
            0, authorization, InvestorActs.hash(authorization, certifications, revocations, assessments, endings)
        );
        _record(authorization.signer, certifications, revocations, assessments, endings);
    }

    /// @inheritdoc IInvestorRegistry
    function eligibleAt(bytes32 investor, bytes32 regime, uint8 productRisk, uint40 time)
        external
        view
        returns (bool eligible, uint16 reasons)
    {
        reasons = _reasons(investor, regime, productRisk, time, type(uint40).max);
        eligible = reasons == 0;
    }

    /// @inheritdoc IInvestorRegistry
    function eligibleAsKnown(bytes32 investor, bytes32 regime, uint8 productRisk, uint40 time, uint40 knownAt)
        external
        view
        returns (bool eligible, uint16 reasons)
    {
        reasons = _reasons(investor, regime, productRisk, time, knownAt);
        eligible = reasons == 0;
    }

    /// @inheritdoc IInvestorRegistry
    function eligibleAtBatch(Query[] calldata queries) external view returns (uint16[] memory reasons) {
        reasons = new uint16[](queries.length);
        for (uint256 i = 0; i < queries.length; ++i) {
            Query calldata query = queries[i];
            reasons[i] = _reasons(query.investor, query.regime, query.productRisk, query.time, type(uint40).max);
        }
    }

    /// @inheritdoc IInvestorRegistry
    function certificationsOf(bytes32 investor, bytes32 regime)
        external
        view
        returns (Grant[] memory grants, Withdrawal[] memory withdrawals)
    {
        File storage file = _files[investor][regime];
        uint256 count = file.grant.number;
        grants = new Grant[](count);
        withdrawals = new Withdrawal[](count);
        for (uint256 number = 1; number <= count; ++number) {
            grants[number - 1] = number == count ? file.grant : file.grants[number];
            withdrawals[number - 1] = file.withdrawals[number];
        }
    }

    /// @inheritdoc IInvestorRegistry
    function assessmentsOf(bytes32 investor, bytes32 regime)
        external
        view
        returns (Outcome[] memory outcomes, End[] memory ends)
    {
        File storage file = _files[investor][regime];
        uint256 count = file.outcome.number;
        outcomes = new Outcome[](count);
        ends = new End[](count);
        for (uint256 number = 1; number <= count; ++number) {
            outcomes[number - 1] = number == count ? file.outcome : file.outcomes[number];
            ends[number - 1] = file.ends[number];
        }
    }

    function _record(
        address issuer,
        Certification[] calldata certifications,
        Revocation[] calldata revocations,
        Assessment[] calldata assessments,
        Ending[] calldata endings
    ) private {
        if (certifications.length != 0) _certify(issuer, certifications);
        if (revocations.length != 0) _revoke(issuer, revocations);
        if (assessments.length != 0) _assess(issuer, assessments);
        if (endings.length != 0) _end(issuer, endings);
    }

    function _certify(address issuer, Certification[] calldata items) private {
        if (!institutions.mayWrite(issuer, IInstitutions.Role.Certifier)) revert NotCertifier(issuer);
        Batch.requireFits(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            Certification calldata item = items[i];
            File storage file = _checked(i, item.investor, item.regime, item.leaf);
            if (item.validUntil <= item.grantedAt) revert EmptyValidity(i, item.grantedAt, item.validUntil);
            Grant memory newest = file.grant;
            if (newest.number != 0) {
                if (newest.tag == bytes8(item.leaf)) revert AlreadyRecorded(i, item.leaf);
                file.grants[newest.number] = newest;
            }
            file.grant = Grant({
                issuer: bytes6(bytes20(issuer)),
                grantedAt: item.grantedAt,
                validUntil: item.validUntil,
                recordedAt: uint40(block.timestamp),
                tag: bytes8(item.leaf),
                number: newest.number + 1,
                revoked: false
            });
            emit CertificationGranted(item.investor, item.regime, item.leaf);
        }
    }

    function _revoke(address revoker, Revocation[] calldata items) private {
        if (!institutions.mayWrite(revoker, IInstitutions.Role.Certifier)) revert NotCertifier(revoker);
        Batch.requireFits(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            Revocation calldata item = items[i];
            File storage file = _checked(i, item.investor, item.regime, item.leaf);
            Grant storage grant = _find(i, file, item.certification);
            if (grant.revoked) revert AlreadyRevoked(i, item.certification);
            _requireIssuer(i, grant.issuer, revoker);
            grant.revoked = true;
            file.withdrawals[grant.number] = Withdrawal({
                revoker: bytes6(bytes20(revoker)),
                revokedAt: item.revokedAt,
                recordedAt: uint40(block.timestamp)
            });
            emit CertificationRevoked(item.investor, item.regime, item.certification, item.leaf, item.revokedAt);
        }
    }

    function _assess(address assessor, Assessment[] calldata items) private {
        if (!institutions.mayWrite(assessor, IInstitutions.Role.Assessor)) revert NotAssessor(assessor);
        Batch.requireFits(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            Assessment calldata item = items[i];
            File storage file = _checked(i, item.investor, item.regime, item.leaf);
            if (item.validUntil <= item.completedAt) revert EmptyValidity(i, item.completedAt, item.validUntil);
            uint8 tolerance = item.tolerance;
            if (tolerance == 0 || tolerance > 5 || (item.lowest && tolerance != 1)) {
                revert BadTolerance(i, tolerance, item.lowest);
            }
            Outcome memory newest = file.outcome;
            if (newest.number != 0) {
                if (newest.tag == bytes6(item.leaf)) revert AlreadyRecorded(i, item.leaf);
                file.outcomes[newest.number] = newest;
            }
            file.outcome = Outcome({
                assessor: bytes6(bytes20(assessor)),
                completedAt: item.completedAt,
                validUntil: item.validUntil,
                recordedAt: uint40(block.timestamp),
                tag: bytes6(item.leaf),
                number: newest.number + 1,
                tolerance: tolerance,
                lowest: item.lowest,
                ended: false
            });
            emit AssessmentCompleted(item.investor, item.regime, item.leaf);
        }
    }

    function _end(address ender, Ending[] calldata items) private {
        if (!institutions.mayWrite(ender, IInstitutions.Role.Assessor)) revert NotAssessor(ender);
        Batch.requireFits(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            Ending calldata item = items[i];
            File storage file = _checked(i, item.investor, item.regime, item.leaf);
            Outcome storage outcome = _findOutcome(i, file, item.assessment);
            if (outcome.ended) revert AlreadyEnded(i, item.assessment);
            _requireIssuer(i, outcome.assessor, ender);
            outcome.ended = true;
            file.ends[outcome.number] =
                End({ender: bytes6(bytes20(ender)), endedAt: item.endedAt, recordedAt: uint40(block.timestamp)});
            emit AssessmentEnded(item.investor, item.regime, item.assessment, item.leaf, item.endedAt);
        }
    }

    function _reasons(bytes32 investor, bytes32 regime, uint8 productRisk, uint40 time, uint40 knownAt)
        private
        view
        returns (uint16 reasons)
    {
        if (productRisk == 0 || productRisk > 5) revert BadProductRisk(productRisk);
        File storage file = _files[investor][regime];
        (bytes6 certifier, uint16 ofCertification) = _certificationAt(file, time, knownAt);
        (bytes6 assessor, uint16 ofAssessment) = _assessmentAt(file, productRisk, time, knownAt);
        // Roles change at the time of their block, so what is known by `knownAt` is the standing at that time at most.
        return ofCertification | ofAssessment | _standingAt(certifier, assessor, time < knownAt ? time : knownAt);
    }

    /// @dev What the standing of the issuers speaks against; zero stands for no issuer.
    function _standingAt(bytes6 certifier, bytes6 assessor, uint40 time) private view returns (uint16 reasons) {
        (bool certifierStood, bool assessorStood) = institutions.hadRolesById(
            certifier, IInstitutions.Role.Certifier, assessor, IInstitutions.Role.Assessor, time
        );
        if (!certifierStood && certifier != 0) reasons |= Reasons.CERTIFIER_NOT_IN_STANDING;
        if (!assessorStood && assessor != 0) reasons |= Reasons.ASSESSOR_NOT_IN_STANDING;
    }

    /// @dev The issuer of the certification that counts (zero if none does), and what speaks against it.
    function _certificationAt(File storage file, uint256 time, uint256 knownAt)
        private
        view
        returns (bytes6 certifier, uint16 reasons)
    {
        Grant memory grant = file.grant;
        while (grant.number != 0 && (grant.grantedAt > time || grant.recordedAt > knownAt)) {
            grant = file.grants[grant.number - 1];
        }
        if (grant.number == 0) return (0, Reasons.NOT_CERTIFIED);
        certifier = grant.issuer;
        if (time >= grant.validUntil) reasons |= Reasons.CERTIFICATION_EXPIRED;
        if (grant.revoked) {
            Withdrawal memory withdrawal = file.withdrawals[grant.number];
            if (withdrawal.revokedAt <= time && withdrawal.recordedAt <= knownAt) {
                reasons |= Reasons.CERTIFICATION_REVOKED;
            }
        }
    }

    /// @dev The assessor of the assessment that counts (zero if none does), and what speaks against it.
    function _assessmentAt(File storage file, uint256 productRisk, uint256 time, uint256 knownAt)
        private
        view
        returns (bytes6 assessor, uint16 reasons)
    {
        Outcome memory outcome = file.outcome;
        while (outcome.number != 0 && (outcome.completedAt > time || outcome.recordedAt > knownAt)) {
            outcome = file.outcomes[outcome.number - 1];
        }
        if (outcome.number == 0) return (0, Reasons.NOT_ASSESSED);
        assessor = outcome.assessor;
        if (time >= outcome.validUntil) reasons |= Reasons.ASSESSMENT_EXPIRED;
        if (productRisk > outcome.tolerance) reasons |= Reasons.RISK_ABOVE_TOLERANCE;
        if (outcome.lowest && productRisk > 1) reasons |= Reasons.LOWEST_CLASS;
        if (outcome.ended) {
            End memory early = file.ends[outcome.number];
            if (early.endedAt <= time && early.recordedAt <= knownAt) reasons |= Reasons.ASSESSMENT_ENDED;
        }
    }

    /// @dev Newest first: what is revoked is nearly always the newest.
    function _find(uint256 index, File storage file, bytes32 leaf) private view returns (Grant storage grant) {
        grant = file.grant;
        uint256 number = grant.number;
        while (number != 0) {
            if (grant.tag == bytes8(leaf)) return grant;
            grant = file.grants[--number];
        }
        revert UnknownCertification(index, leaf);
    }

    function _findOutcome(uint256 index, File storage file, bytes32 leaf)
        private
        view
        returns (Outcome storage outcome)
    {
        outcome = file.outcome;
        uint256 number = outcome.number;
        while (number != 0) {
            if (outcome.tag == bytes6(leaf)) return outcome;
            outcome = file.outcomes[--number];
        }
        revert UnknownAssessment(index, leaf);
    }

    function _requireIssuer(uint256 index, bytes6 issuer, address account) private view {
        if (issuer != bytes6(bytes20(account)) && !institutions.hasRole(account, IInstitutions.Role.Operator)) {
            revert NotIssuer(index, account);
        }
    }

    function _checked(uint256 index, bytes32 investor, bytes32 regime, bytes32 leaf)
        private
        view
        returns (File storage)
    {
        if (investor == 0 || regime == 0 || leaf == 0) revert MissingName(index);
        return _files[investor][regime];
    }
}
