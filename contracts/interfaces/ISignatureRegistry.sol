// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBatch} from "./IBatch.sol";
import {ISigned} from "./ISigned.sol";

/// @title Who signed which document, when, by which suite
/// @notice A key is the SHA-256 thumbprint of a public key, or an address padded with zeros on the left. Of each document
/// and key the first signature is kept for ever. Suites that the chain cannot check are recorded by an operator and
/// say so; their proof is the record behind `evidence`.
interface ISignatureRegistry is ISigned, IBatch {
    /// @notice A signature checked elsewhere, recorded by an operator.
    /// @param document SHA-256 of the document
    /// @param key Thumbprint of the signing key
    /// @param leaf Leaf hash of the record document.signed
    /// @param suite ASCII name, padded with zeros on the right
    /// @param signedAt Claimed time, seconds
    struct RecordedSignature {
        bytes32 document;
        bytes32 key;
        bytes32 leaf;
        bytes16 suite;
        uint40 signedAt;
    }

    /// @notice A signature over EIP-712 typed data `DocumentSignature`, by an account or a contract wallet (EIP-1271).
    /// @param signer Who signed
    /// @param document SHA-256 of the document
    /// @param documentSm3 SM3 of the document
    /// @param statement SHA-256 of the signature statement (what was shown, confirmed and intended)
    /// @param signedAt Claimed time, seconds
    /// @param deadline Until when it may be sent, seconds
    /// @param signature 65 bytes r, s, v with low s, or what the wallet asks for
    struct TypedSignature {
        address signer;
        bytes32 document;
        bytes32 documentSm3;
        bytes32 statement;
        uint40 signedAt;
        uint256 deadline;
        bytes signature;
    }

    /// @notice An ECDSA signature by a P-256 key over SHA-256 of the EIP-712 encoding of `DocumentSignature`: what
    /// WebCrypto, PKCS #11 or a smart card make of the 66 bytes 0x1901, domain separator, struct hash.
    /// @param x First coordinate of the public key
    /// @param y Second coordinate
    /// @param document SHA-256 of the document
    /// @param documentSm3 SM3 of the document
    /// @param statement SHA-256 of the signature statement
    /// @param signedAt Claimed time, seconds
    /// @param deadline Until when it may be sent, seconds
    /// @param s Not above half the order: whoever signs takes the order less s if it is
    struct KeySignature {
        bytes32 x;
        bytes32 y;
        bytes32 document;
        bytes32 documentSm3;
        bytes32 statement;
        uint40 signedAt;
        uint256 deadline;
        bytes32 r;
        bytes32 s;
    }

    /// @notice A signature as kept.
    /// @param recordedAt Time of the block
    /// @param signedAt Claimed time
    /// @param checkedOnChain Whether this contract verified it
    /// @param suite ASCII name
    struct Entry {
        uint40 recordedAt;
        uint40 signedAt;
        bool checkedOnChain;
        bytes16 suite;
    }

    /// @notice A signature was recorded, for the first time or again; only the first is kept in the state.
    /// @param evidence Leaf hash of the record, or SHA-256 of the statement when checked on chain
    event DocumentSigned(
        bytes32 indexed document,
        bytes32 indexed key,
        bytes16 suite,
        bool checkedOnChain,
        bytes32 evidence,
        uint40 signedAt
    );

    /// @notice A contract wallet accepted a signature (EIP-1271). A wallet may change its mind later; that it accepted then
    /// is proven by this event's receipt.
    /// @param digest EIP-712 digest of all that was signed, SM3 digest and deadline included
    /// @param codeHash Keccak-256 of the code that accepted it
    event WalletSigned(bytes32 indexed document, address indexed wallet, bytes32 digest, bytes32 codeHash);

    /// @notice The caller is not the log, which alone forwards on behalf of an operator.
    error NotLog(address caller);
    /// @notice `account` is no operator.
    error NotOperator(address account);
    /// @notice Item `index` names no document, key, leaf or suite.
    error MissingName(uint256 index);
    /// @notice The public key of item `index` is not on the curve P-256.
    error BadPublicKey(uint256 index);
    /// @notice Item `index` is not signed by the key with this thumbprint, or for another chain, contract or content.
    error BadKeySignature(uint256 index, bytes32 key);
    /// @notice Item `index` claims a time after this block.
    error SignedInFuture(uint256 index, uint40 signedAt);
    /// @notice Item `index` is kept already.
    error AlreadySigned(uint256 index, bytes32 document, bytes32 key);
    /// @notice No signature of this document by this key is kept.
    error UnknownSignature(bytes32 document, bytes32 key);

    /// @notice Check and keep EIP-712 signatures; anybody may send them. All or nothing.
    /// @dev The domain binds chain and contract, the key is the document and signer, never the signature bytes: neither
    /// replay elsewhere nor a re-encoded signature makes a second entry.
    function sign(TypedSignature[] calldata items) external;

    /// @notice Check and keep signatures of P-256 keys; anybody may send them. All or nothing.
    /// @dev Checked in Solidity, on every chain alike. The key is kept under SHA-256 of its SubjectPublicKeyInfo. Reverts
    /// as `sign`, and with `BadPublicKey`, `BadKeySignature`.
    function signP256(KeySignature[] calldata items) external;

    /// @notice Record signatures that the caller, an operator, checked off chain. All or nothing.
    function record(RecordedSignature[] calldata items) external;

    /// @notice Record what travels with a checkpoint. Only the log, which has checked that the sender is an operator.
    function recordFromLog(RecordedSignature[] calldata items) external;

    /// @notice Whether the chain held a signature of `document` by `key` before `time` (block time, not the claim).
    function signedBefore(bytes32 document, bytes32 key, uint40 time) external view returns (bool);

    /// @notice The kept signature; `UnknownSignature` if there is none.
    function signatureOf(bytes32 document, bytes32 key) external view returns (Entry memory);

    /// @notice The digest that a wallet signs for `sign` (EIP-712).
    function digestOf(
        bytes32 document,
        bytes32 documentSm3,
        bytes32 statement,
        uint40 signedAt,
        uint256 deadline
    ) external view returns (bytes32);
}
