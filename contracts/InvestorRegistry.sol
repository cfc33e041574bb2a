// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IInstitutions} from "./interfaces/IInstitutions.sol";
import {IInvestorRegistry, Reasons} from "./interfaces/IInvestorRegistry.sol";

/// @title InvestorRegistry
/// @notice The implementation; what it promises stands in `IInvestorRegistry`.
contract InvestorRegistry is IInvestorRegistry {
    /// @notice Who was allowed to do what.
    IInstitutions public immutable institutions;
    /// @notice The only forwarder of operators' writes.
    address public immutable log;

    // The newest fact of a key (investor and regime) has a slot of its own, so that the usual question reads one slot;
    // when it is superseded it moves to the history under its number.
    mapping(bytes32 key => Grant) private _grant;
    mapping(bytes32 key => mapping(uint256 number => Grant)) private _grantHistory;
    mapping(bytes32 key => mapping(uint256 number => Withdrawal)) private _withdrawals;
    mapping(bytes32 key => Outcome) private _outcome;
    mapping(bytes32 key => mapping(uint256 number => Outcome)) private _outcomeHistory;

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
    function record(
        address issuer,
        Certification[] calldata certifications,
        Revocation[] calldata revocations,
        Assessment[] calldata assessments
    ) external {
        if (msg.sender != log) revert NotLog(msg.sender);
        if (certifications.length != 0) _certify(issuer, certifications);
        if (revocations.length != 0) _revoke(issuer, revocations);
        if (assessments.length != 0) _assess(issuer, assessments);
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
        bytes32 key = _keyOf(investor, regime);
        uint256 count = _grant[key].number;
        grants = new Grant[](count);
        withdrawals = new Withdrawal[](count);
        for (uint256 number = 1; number <= count; ++number) {
            grants[number - 1] = number == count ? _grant[key] : _grantHistory[key][number];
            withdrawals[number - 1] = _withdrawals[key][number];
        }
    }

    /// @inheritdoc IInvestorRegistry
    function assessmentsOf(bytes32 investor, bytes32 regime) external view returns (Outcome[] memory outcomes) {
        bytes32 key = _keyOf(investor, regime);
        uint256 count = _outcome[key].number;
        outcomes = new Outcome[](count);
        for (uint256 number = 1; number <= count; ++number) {
            outcomes[number - 1] = number == count ? _outcome[key] : _outcomeHistory[key][number];
        }
    }

    function _certify(address issuer, Certification[] calldata items) private {
        if (!institutions.hasRole(issuer, IInstitutions.Role.Certifier)) revert NotCertifier(issuer);
        for (uint256 i = 0; i < items.length; ++i) {
            Certification calldata item = items[i];
            bytes32 key = _checked(i, item.investor, item.regime, item.leaf);
            if (item.validUntil <= item.grantedAt) revert EmptyValidity(i, item.grantedAt, item.validUntil);
            Grant memory newest = _grant[key];
            if (newest.number != 0) {
                if (newest.tag == bytes8(item.leaf)) revert AlreadyRecorded(i, item.leaf);
                _grantHistory[key][newest.number] = newest;
            }
            _grant[key] = Grant({
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
        if (!institutions.hasRole(revoker, IInstitutions.Role.Certifier)) revert NotCertifier(revoker);
        for (uint256 i = 0; i < items.length; ++i) {
            Revocation calldata item = items[i];
            bytes32 key = _checked(i, item.investor, item.regime, item.leaf);
            Grant storage grant = _find(i, key, item.certification);
            if (grant.revoked) revert AlreadyRevoked(i, item.certification);
            if (
                grant.issuer != bytes6(bytes20(revoker))
                    && !institutions.hasRole(revoker, IInstitutions.Role.Operator)
            ) revert NotIssuer(i, revoker);
            grant.revoked = true;
            _withdrawals[key][grant.number] = Withdrawal({
                revoker: bytes6(bytes20(revoker)),
                revokedAt: item.revokedAt,
                recordedAt: uint40(block.timestamp)
            });
            emit CertificationRevoked(item.investor, item.regime, item.certification, item.leaf, item.revokedAt);
        }
    }

    function _assess(address assessor, Assessment[] calldata items) private {
        if (!institutions.hasRole(assessor, IInstitutions.Role.Assessor)) revert NotAssessor(assessor);
        for (uint256 i = 0; i < items.length; ++i) {
            Assessment calldata item = items[i];
            bytes32 key = _checked(i, item.investor, item.regime, item.leaf);
            if (item.validUntil <= item.completedAt) revert EmptyValidity(i, item.completedAt, item.validUntil);
            uint8 tolerance = item.tolerance;
            if (tolerance == 0 || tolerance > 5 || (item.lowest && tolerance != 1)) {
                revert BadTolerance(i, tolerance, item.lowest);
            }
            Outcome memory newest = _outcome[key];
            if (newest.number != 0) {
                if (newest.tag == bytes7(item.leaf)) revert AlreadyRecorded(i, item.leaf);
                _outcomeHistory[key][newest.number] = newest;
            }
            _outcome[key] = Outcome({
                assessor: bytes6(bytes20(assessor)),
                completedAt: item.completedAt,
                validUntil: item.validUntil,
                recordedAt: uint40(block.timestamp),
                tag: bytes7(item.leaf),
                number: newest.number + 1,
                tolerance: tolerance,
                lowest: item.lowest
            });
            emit AssessmentCompleted(item.investor, item.regime, item.leaf);
        }
    }

    function _reasons(bytes32 investor, bytes32 regime, uint8 productRisk, uint40 time, uint40 knownAt)
        private
        view
        returns (uint16)
    {
        if (productRisk == 0 || productRisk > 5) revert BadProductRisk(productRisk);
        bytes32 key = _keyOf(investor, regime);
        return _certificationReasons(key, time, knownAt) | _assessmentReasons(key, productRisk, time, knownAt);
    }

    function _certificationReasons(bytes32 key, uint40 time, uint40 knownAt) private view returns (uint16 reasons) {
        Grant memory grant = _grant[key];
        while (grant.number != 0 && (grant.grantedAt > time || grant.recordedAt > knownAt)) {
            grant = _grantHistory[key][grant.number - 1];
        }
        if (grant.number == 0) return Reasons.NOT_CERTIFIED;
        if (time >= grant.validUntil) reasons |= Reasons.CERTIFICATION_EXPIRED;
        if (grant.revoked) {
            Withdrawal memory withdrawal = _withdrawals[key][grant.number];
            if (withdrawal.revokedAt <= time && withdrawal.recordedAt <= knownAt) {
                reasons |= Reasons.CERTIFICATION_REVOKED;
            }
        }
        if (!_inStanding(grant.issuer, IInstitutions.Role.Certifier, time, knownAt)) {
            reasons |= Reasons.CERTIFIER_NOT_IN_STANDING;
        }
    }

    function _assessmentReasons(bytes32 key, uint8 productRisk, uint40 time, uint40 knownAt)
        private
        view
        returns (uint16 reasons)
    {
        Outcome memory outcome = _outcome[key];
        while (outcome.number != 0 && (outcome.completedAt > time || outcome.recordedAt > knownAt)) {
            outcome = _outcomeHistory[key][outcome.number - 1];
        }
        if (outcome.number == 0) return Reasons.NOT_ASSESSED;
        if (time >= outcome.validUntil) reasons |= Reasons.ASSESSMENT_EXPIRED;
        if (productRisk > outcome.tolerance) reasons |= Reasons.RISK_ABOVE_TOLERANCE;
        if (outcome.lowest && productRisk > 1) reasons |= Reasons.LOWEST_CLASS;
        if (!_inStanding(outcome.assessor, IInstitutions.Role.Assessor, time, knownAt)) {
            reasons |= Reasons.ASSESSOR_NOT_IN_STANDING;
        }
    }

    /// @dev Roles change at the time of their block, so what is known by `knownAt` is the standing at that time at most.
    function _inStanding(bytes6 id, IInstitutions.Role role, uint40 time, uint40 knownAt) private view returns (bool) {
        return institutions.hadRoleById(id, role, time < knownAt ? time : knownAt);
    }

    /// @dev Newest first: what is revoked is nearly always the newest.
    function _find(uint256 index, bytes32 key, bytes32 leaf) private view returns (Grant storage grant) {
        grant = _grant[key];
        uint256 number = grant.number;
        while (number != 0) {
            if (grant.tag == bytes8(leaf)) return grant;
            grant = _grantHistory[key][--number];
        }
        revert UnknownCertification(index, leaf);
    }

    function _checked(uint256 index, bytes32 investor, bytes32 regime, bytes32 leaf) private pure returns (bytes32) {
        if (investor == 0 || regime == 0 || leaf == 0) revert MissingName(index);
        return _keyOf(investor, regime);
    }

    function _keyOf(bytes32 investor, bytes32 regime) private pure returns (bytes32) {
        return keccak256(abi.encode(investor, regime));
    }
}
