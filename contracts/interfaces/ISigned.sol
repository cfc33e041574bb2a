// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Acts that one party signs and another sends
/// @notice Every signed act is EIP-712 typed data under the domain "PrivateFundLedger", version "1", this chain and the
/// contract that checks it, so it counts nowhere else. An account signs with 65 bytes r, s, v and low s; a contract
/// wallet (EIP-1271) with whatever it asks for.
/// @dev `index` is the item's place in the batch, 0 where there is one.
interface ISigned {
    /// @notice What lets somebody else send what `signer` signed.
    /// @param signer Who answers for the act
    /// @param nonce The signer's next one at this contract, so that nothing counts twice
    /// @param deadline Until when it may be sent, seconds (included)
    /// @param signature Over the act's typed data, which ends with nonce and deadline
    struct Authorization {
        address signer;
        uint256 nonce;
        uint256 deadline;
        bytes signature;
    }

    /// @notice Item `index` names the zero address as its signer.
    error ZeroSigner(uint256 index);
    /// @notice Item `index` was to be sent by `deadline` (seconds, included).
    error DeadlinePassed(uint256 index, uint256 deadline);
    /// @notice The signature of item `index` is not of 65 bytes.
    error BadSignatureLength(uint256 index, uint256 length);
    /// @notice The signature of item `index` has a high s: the second encoding of another one, which nobody needs.
    error MalleableSignature(uint256 index);
    /// @notice Item `index` is not signed by `signer`, or for another chain, contract or content.
    error BadSignature(uint256 index, address signer);
}
