// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The questions of ERC-3643's `IIdentityRegistry` that a token asks, answered for one product
/// @notice A token of this standard takes the contract as its identity registry. It answers by all that the ledger knows
/// now: expiry, revocation, supersession, the standing of every issuer, tolerance against the product's risk.
/// @dev It keeps nothing and nobody writes to it; the setters of `IIdentityRegistry`, `identity` and `investorCountry` are
/// left out, since there is no identity contract and no country on the chain: a module that needs them fails, and does
/// not take a zero for an answer.
interface IEligibleWallets {
    /// @notice A product's risk is 1 to 5 for R1 to R5.
    error BadProductRisk(uint8 productRisk);
    /// @notice The regime has no name.
    error MissingRegime();

    /// @notice Whether this wallet's investor may hold the product now.
    function isVerified(address wallet) external view returns (bool);

    /// @notice Whether this wallet is linked to an investor, eligible or not.
    function contains(address wallet) external view returns (bool);

    /// @notice Why not: bits of `Reasons` and `WalletReasons`, zero if it may.
    function reasonsOf(address wallet) external view returns (uint16);
}
