// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IInvestorRegistry} from "../interfaces/IInvestorRegistry.sol";
import {ISigned} from "../interfaces/ISigned.sol";

/// @title InvestorActs
/// @notice EIP-712 hashes of what certifiers and assessors sign.
library InvestorActs {
    bytes32 private constant _CERTIFICATION = keccak256(
        "Certification(bytes32 investor,bytes32 regime,bytes32 leaf,uint40 grantedAt,uint40 validUntil)"
    );
    bytes32 private constant _REVOCATION = keccak256(
        "Revocation(bytes32 investor,bytes32 regime,bytes32 certification,bytes32 leaf,uint40 revokedAt)"
    );
    bytes32 private constant _ASSESSMENT = keccak256(
        "Assessment(bytes32 investor,bytes32 regime,bytes32 leaf,uint8 tolerance,bool lowest,uint40 completedAt,"
        "uint40 validUntil)"
    );
    bytes32 private constant _ENDING =
        keccak256("Ending(bytes32 investor,bytes32 regime,bytes32 assessment,bytes32 leaf,uint40 endedAt)");
    bytes32 private constant _RECORD = keccak256(
        "Record(Certification[] certifications,Revocation[] revocations,Assessment[] assessments,Ending[] endings,"
        "uint256 nonce,uint256 deadline)"
        "Assessment(bytes32 investor,bytes32 regime,bytes32 leaf,uint8 tolerance,bool lowest,uint40 completedAt,"
        "uint40 validUntil)"
        "Certification(bytes32 investor,bytes32 regime,bytes32 leaf,uint40 grantedAt,uint40 validUntil)"
        "Ending(bytes32 investor,bytes32 regime,bytes32 assessment,bytes32 leaf,uint40 endedAt)"
        "Revocation(bytes32 investor,bytes32 regime,bytes32 certification,bytes32 leaf,uint40 revokedAt)"
    );

    function hash(
        ISigned.Authorization calldata authorization,
        IInvestorRegistry.Certification[] calldata certifications,
        IInvestorRegistry.Revocation[] calldata revocations,
        IInvestorRegistry.Assessment[] calldata assessments,
        IInvestorRegistry.Ending[] calldata endings
    ) internal pure returns (bytes32) {
        bytes32[7] memory words;
        words[0] = _RECORD;
        words[1] = _granted(certifications);
        words[2] = _revoked(revocations);
        words[3] = _assessed(assessments);
        words[4] = _ended(endings);
        words[5] = bytes32(authorization.nonce);
        words[6] = bytes32(authorization.deadline);
        return keccak256(abi.encode(words));
    }

    function _granted(IInvestorRegistry.Certification[] calldata items) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            hashes[i] = keccak256(abi.encode(_CERTIFICATION, items[i]));
        }
        return _listed(hashes);
    }

    function _revoked(IInvestorRegistry.Revocation[] calldata items) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            hashes[i] = keccak256(abi.encode(_REVOCATION, items[i]));
        }
        return _listed(hashes);
    }

    function _assessed(IInvestorRegistry.Assessment[] calldata items) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            hashes[i] = keccak256(abi.encode(_ASSESSMENT, items[i]));
        }
        return _listed(hashes);
    }

    function _ended(IInvestorRegistry.Ending[] calldata items) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            hashes[i] = keccak256(abi.encode(_ENDING, items[i]));
        }
        return _listed(hashes);
    }

    function _listed(bytes32[] memory hashes) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hashes));
    }
}
