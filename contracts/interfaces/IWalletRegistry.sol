// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBatch} from "./IBatch.sol";
import {ISigned} from "./ISigned.sol";

/// @notice Why a wallet is not eligible, beside what `Reasons` says of its investor: bits of the same set.
library WalletReasons {
    /// @dev The wallet is nobody's.
    uint16 internal constant NOT_LINKED = 512;
    /// @dev Who linked the wallet is no operator any more.
    uint16 internal constant LINKER_NOT_IN_STANDING = 1024;
}

/// @title Which wallets are an investor's
/// @notice A link takes two: the wallet signs its consent, and an operator, who knows who the investor is, sends it. Neither
/// does anything alone. What is linked is the investor's stream, 32 random bytes; no name, country or claim.
interface IWalletRegistry is ISigned, IBatch {
    /// @notice A wallet's consent, EIP-712 typed data `Link(bytes32 investor,address wallet,address operator,uint256 nonce,
    /// uint256 deadline)`, where the operator is who sends it.
    /// @param investor Stream of the investor
    /// @param authorization By the wallet
    struct Link {
        bytes32 investor;
        Authorization authorization;
    }

    /// @notice A link as kept.
    /// @param investor Stream of the investor
    /// @param operator Who linked it
    /// @param since Time of the block
    struct Holder {
        bytes32 investor;
        address operator;
        uint40 since;
    }

    /// @notice A wallet was linked.
    event WalletLinked(bytes32 indexed investor, address indexed wallet, address indexed operator);

    /// @notice A wallet was unlinked, by itself or an operator.
    event WalletUnlinked(bytes32 indexed investor, address indexed wallet, address indexed by);

    /// @notice `account` is no operator.
    error NotOperator(address account);
    /// @notice Item `index` names no investor.
    error MissingName(uint256 index);
    /// @notice The wallet of item `index` is linked already; unlink it first.
    error AlreadyLinked(uint256 index, address wallet);
    /// @notice The wallet of item `index` is not linked.
    error NotLinked(uint256 index, address wallet);
    /// @notice Item `index` is another's wallet, and `account` is no operator.
    error NotHolder(uint256 index, address account);

    /// @notice Link wallets to investors. Only an operator, with the consent of each wallet. All or nothing.
    /// @dev Reverts with `NotOperator`, `MissingName`, `AlreadyLinked`, and the errors of `ISigned`; `InvalidAccountNonce`
    /// for a consent that was used before, so that no consent outlives its withdrawal.
    function link(Link[] calldata items) external;

    /// @notice Unlink wallets: one's own, or any as an operator. All or nothing.
    /// @dev Reverts with `NotLinked`, `NotHolder`.
    function unlink(address[] calldata wallets) external;

    /// @notice Whose wallet it is; all zeros if nobody's.
    function holderOf(address wallet) external view returns (Holder memory);

    /// @notice Why the wallet's investor may not buy a product of this risk under this regime now: bits of `Reasons` and
    /// `WalletReasons`, zero if it may.
    function reasonsOf(address wallet, bytes32 regime, uint8 productRisk) external view returns (uint16 reasons);
}
