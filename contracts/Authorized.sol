// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Signed} from "./Signed.sol";

/// @title Authorized
/// @notice Signed acts that nothing but a nonce would keep from being sent twice.
abstract contract Authorized is Signed, Nonces {
    /// @dev Reverts unless the signer authorized the typed data, in time, with its next nonce, which is used up.
    function _requireAuthorized(uint256 index, Authorization calldata authorization, bytes32 structHash) internal {
        _requireSigned(index, authorization.signer, authorization.deadline, structHash, authorization.signature);
        _useCheckedNonce(authorization.signer, authorization.nonce);
    }
}
