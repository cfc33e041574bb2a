// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBatch} from "./IBatch.sol";
import {ISigned} from "./ISigned.sol";

/// @notice Why an investor is not eligible: a bit set, zero when eligible.
library Reasons {
    /// @dev No certification was in effect.
    uint16 internal constant NOT_CERTIFIED = 1;
    /// @dev The certification's validity was over.
    uint16 internal constant CERTIFICATION_EXPIRED = 2;
    /// @dev The certification had been revoked.
    uint16 internal constant CERTIFICATION_REVOKED = 4;
    /// @dev Who granted the certification was not a certifier at that time.
    uint16 internal constant CERTIFIER_NOT_IN_STANDING = 8;
    /// @dev No risk assessment was in effect.
    uint16 internal constant NOT_ASSESSED = 16;
    /// @dev The assessment's validity was over.
    uint16 internal constant ASSESSMENT_EXPIRED = 32;
    /// @dev Who made the assessment was not an assessor at that time.
    uint16 internal constant ASSESSOR_NOT_IN_STANDING = 64;
    /// @dev The product's risk is above the investor's tolerance.
    uint16 internal constant RISK_ABOVE_TOLERANCE = 128;
    /// @dev The investor is of the lowest class, to whom nothing above R1 may be sold, on no condition.
    uint16 internal constant LOWEST_CLASS = 256;
    /// @dev The assessment had been ended early.
    uint16 internal constant ASSESSMENT_ENDED = 2048;
}

/// @title Qualified-investor certifications and risk assessments, and the one question they answer
/// @notice Investors are 32 random bytes. Nothing is ever overwritten: a later certification supersedes, a revocation or
/// the early end of an assessment is a second fact, and every fact keeps both the time it claims and the time of its block.
/// @dev Times are seconds. A fact holds from `grantedAt`/`completedAt` (included) to `validUntil` (excluded). At time T
/// the fact that was written last, among those in effect by T, is the one that counts.
interface IInvestorRegistry is ISigned, IBatch {
    /// @notice A certification under a regime such as `cn_private_fund`.
    /// @param investor Stream of the investor
    /// @param regime ASCII name, padded with zeros on the right
    /// @param leaf Leaf hash of the record certification.granted
    struct Certification {
        bytes32 investor;
        bytes32 regime;
        bytes32 leaf;
        uint40 grantedAt;
        uint40 validUntil;
    }

    /// @notice The revocation of one certification.
    /// @param certification Leaf hash of the certification that it ends
    /// @param leaf Leaf hash of the record certification.revoked
    struct Revocation {
        bytes32 investor;
        bytes32 regime;
        bytes32 certification;
        bytes32 leaf;
        uint40 revokedAt;
    }

    /// @notice A risk assessment.
    /// @param leaf Leaf hash of the record assessment.completed
    /// @param tolerance 1 to 5 for C1 to C5
    /// @param lowest Whether the investor is of the lowest class inside C1
    struct Assessment {
        bytes32 investor;
        bytes32 regime;
        bytes32 leaf;
        uint8 tolerance;
        bool lowest;
        uint40 completedAt;
        uint40 validUntil;
    }

    /// @notice The early end of one assessment: the investor's circumstances have changed (130号令 art. 13).
    /// @param assessment Leaf hash of the assessment that it ends
    /// @param leaf Leaf hash of the record investor.changed
    struct Ending {
        bytes32 investor;
        bytes32 regime;
        bytes32 assessment;
        bytes32 leaf;
        uint40 endedAt;
    }

    /// @notice One question of a batch; as the arguments of `eligibleAt`.
    struct Query {
        bytes32 investor;
        bytes32 regime;
        uint8 productRisk;
        uint40 time;
    }

    /// @notice A certification as kept.
    /// @param issuer Id of the member that granted it
    /// @param tag First eight bytes of the leaf hash
    /// @param number Position in the history of this investor and regime, from 1
    struct Grant {
        bytes6 issuer;
        uint40 grantedAt;
        uint40 validUntil;
        uint40 recordedAt;
        bytes8 tag;
        uint16 number;
        bool revoked;
    }

    /// @notice A revocation as kept.
    struct Withdrawal {
        bytes6 revoker;
        uint40 revokedAt;
        uint40 recordedAt;
    }

    /// @notice An assessment as kept.
    /// @param assessor Id of the member that made it
    /// @param tag First six bytes of the leaf hash
    /// @param number Position in the history of this investor and regime, from 1
    struct Outcome {
        bytes6 assessor;
        uint40 completedAt;
        uint40 validUntil;
        uint40 recordedAt;
        bytes6 tag;
        uint16 number;
        uint8 tolerance;
        bool lowest;
        bool ended;
    }

    /// @notice The early end of an assessment as kept.
    struct End {
        bytes6 ender;
        uint40 endedAt;
        uint40 recordedAt;
    }

    /// @notice A certification was recorded; its terms are in the state.
    event CertificationGranted(bytes32 indexed investor, bytes32 indexed regime, bytes32 leaf);

    /// @notice A certification was revoked.
    event CertificationRevoked(
        bytes32 indexed investor, bytes32 indexed regime, bytes32 certification, bytes32 leaf, uint40 revokedAt
    );

    /// @notice An assessment was recorded; its terms are in the state.
    event AssessmentCompleted(bytes32 indexed investor, bytes32 indexed regime, bytes32 leaf);

    /// @notice An assessment was ended early.
    event AssessmentEnded(
        bytes32 indexed investor, bytes32 indexed regime, bytes32 assessment, bytes32 leaf, uint40 endedAt
    );

    /// @notice The caller is not the log, which alone forwards on behalf of an operator.
    error NotLog(address caller);
    /// @notice `account` is no certifier.
    error NotCertifier(address account);
    /// @notice `account` is no assessor.
    error NotAssessor(address account);
    /// @notice Item `index` names no investor, regime or leaf.
    error MissingName(uint256 index);
    /// @notice Item `index` ends before it begins.
    error EmptyValidity(uint256 index, uint40 from, uint40 until);
    /// @notice Item `index` is the newest fact already.
    error AlreadyRecorded(uint256 index, bytes32 leaf);
    /// @notice Item `index` has a tolerance outside 1 to 5, or is of the lowest class without being C1.
    error BadTolerance(uint256 index, uint8 tolerance, bool lowest);
    /// @notice Item `index` revokes a certification that this investor never had under this regime.
    error UnknownCertification(uint256 index, bytes32 certification);
    /// @notice Item `index` revokes what is revoked.
    error AlreadyRevoked(uint256 index, bytes32 certification);
    /// @notice Item `index` ends an assessment that this investor never had under this regime.
    error UnknownAssessment(uint256 index, bytes32 assessment);
    /// @notice Item `index` ends what is ended.
    error AlreadyEnded(uint256 index, bytes32 assessment);
    /// @notice Item `index` revokes or ends what another member wrote, and `account` is no operator.
    error NotIssuer(uint256 index, address account);
    /// @notice A product's risk is 1 to 5 for R1 to R5.
    error BadProductRisk(uint8 productRisk);

    /// @notice Record certifications granted by the caller, a certifier. All or nothing.
    function certify(Certification[] calldata items) external;

    /// @notice Revoke certifications that the caller granted; an operator may revoke any. All or nothing.
    function revoke(Revocation[] calldata items) external;

    /// @notice Record assessments made by the caller, an assessor. All or nothing.
    function assess(Assessment[] calldata items) external;

    /// @notice End assessments that the caller, an assessor, made; an operator may end any. All or nothing.
    function end(Ending[] calldata items) external;

    /// @notice Record what a certifier or assessor signed, in this order; anybody may send it. All or nothing.
    /// @dev EIP-712 typed data `Record(Certification[] certifications,Revocation[] revocations,Assessment[] assessments,
    /// Ending[] endings,uint256 nonce,uint256 deadline)` with the members of the structs above. Besides the errors of the acts themselves,
    /// which the signer must be allowed to do when it is sent, those of `ISigned`, and OpenZeppelin's
    /// `InvalidAccountNonce` for what was sent before.
    function recordBySig(
        Authorization calldata authorization,
        Certification[] calldata certifications,
        Revocation[] calldata revocations,
        Assessment[] calldata assessments,
        Ending[] calldata endings
    ) external;

    /// @notice Record what travels with a checkpoint, in this order. Only the log, on behalf of `issuer`.
    function record(
        address issuer,
        Certification[] calldata certifications,
        Revocation[] calldata revocations,
        Assessment[] calldata assessments,
        Ending[] calldata endings
    ) external;

    /// @notice Whether this investor may buy a product of this risk under this regime at `time`: certification and
    /// assessment in effect, unexpired, not revoked, ended or superseded, their issuers in standing, tolerance enough.
    /// @dev All that is known by now counts. For a `time` after the present block: what holds if nothing more is written.
    /// @return eligible Whether `reasons` is zero
    /// @return reasons Bit set of `Reasons`
    function eligibleAt(bytes32 investor, bytes32 regime, uint8 productRisk, uint40 time)
        external
        view
        returns (bool eligible, uint16 reasons);

    /// @notice As `eligibleAt`, but only with facts that the chain held by `knownAt`. For `knownAt` in the past the
    /// answer never changes again, whatever is written with an earlier date.
    function eligibleAsKnown(bytes32 investor, bytes32 regime, uint8 productRisk, uint40 time, uint40 knownAt)
        external
        view
        returns (bool eligible, uint16 reasons);

    /// @notice The `reasons` of `eligibleAt` for many questions.
    function eligibleAtBatch(Query[] calldata queries) external view returns (uint16[] memory reasons);

    /// @notice All certifications of an investor under a regime, oldest first, each with its revocation (or zeros).
    function certificationsOf(bytes32 investor, bytes32 regime)
        external
        view
        returns (Grant[] memory grants, Withdrawal[] memory withdrawals);

    /// @notice All assessments of an investor under a regime, oldest first, each with its early end (or zeros).
    function assessmentsOf(bytes32 investor, bytes32 regime)
        external
        view
        returns (Outcome[] memory outcomes, End[] memory ends);
}
