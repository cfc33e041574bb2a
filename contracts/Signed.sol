// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ISigned} from "./interfaces/ISigned.sol";

/// @title Signed
/// @notice What all contracts that take signed acts share; what it promises stands in `ISigned`.
abstract contract Signed is ISigned, EIP712("PrivateFundLedger", "1") {
    /// @dev Returns whether the signer is a contract wallet; reverts unless it signed the typed data in time.
    function _requireSigned(
        uint256 index,
        address signer,
        uint256 deadline,
        bytes32 structHash,
        bytes calldata signature
    ) internal view returns (bool wallet) {
        if (signer == address(0)) revert ZeroSigner(index);
        if (block.timestamp > deadline) revert DeadlinePassed(index, deadline);
        bytes32 digest = _hashTypedDataV4(structHash);
        wallet = signer.code.length != 0;
        if (wallet) {
            if (!SignatureChecker.isValidERC1271SignatureNow(signer, digest, signature)) {
                revert BadSignature(index, signer);
            }
        } else {
            (address recovered, ECDSA.RecoverError error_,) = ECDSA.tryRecover(digest, signature);
            if (error_ == ECDSA.RecoverError.InvalidSignatureLength) revert BadSignatureLength(index, signature.length);
            if (error_ == ECDSA.RecoverError.InvalidSignatureS) revert MalleableSignature(index);
            if (recovered != signer) revert BadSignature(index, signer);
        }
    }
}
