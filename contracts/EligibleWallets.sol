// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEligibleWallets} from "./interfaces/IEligibleWallets.sol";
import {IWalletRegistry} from "./interfaces/IWalletRegistry.sol";

/// @title EligibleWallets
/// @notice The implementation; what it promises stands in `IEligibleWallets`.
contract EligibleWallets is IEligibleWallets {
    /// @notice Whose wallet it is.
    IWalletRegistry public immutable wallets;
    /// @notice The regime of the product.
    bytes32 public immutable regime;
    /// @notice The risk of the product; one that is rated anew takes a new contract.
    uint8 public immutable productRisk;

    /// @param wallets_ Whose wallet it is
    /// @param regime_ ASCII name, padded with zeros on the right
    /// @param productRisk_ 1 to 5 for R1 to R5
    constructor(IWalletRegistry wallets_, bytes32 regime_, uint8 productRisk_) {
        if (regime_ == 0) revert MissingRegime();
        if (productRisk_ == 0 || productRisk_ > 5) revert BadProductRisk(productRisk_);
        wallets = wallets_;
        regime = regime_;
        productRisk = productRisk_;
    }

    /// @inheritdoc IEligibleWallets
    function isVerified(address wallet) external view returns (bool) {
        return reasonsOf(wallet) == 0;
    }

    /// @inheritdoc IEligibleWallets
    function contains(address wallet) external view returns (bool) {
        return wallets.holderOf(wallet).investor != 0;
    }

    /// @inheritdoc IEligibleWallets
    function reasonsOf(address wallet) public view returns (uint16) {
        return wallets.reasonsOf(wallet, regime, productRisk);
    }
}
