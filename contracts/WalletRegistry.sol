// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Authorized} from "./Authorized.sol";
import {IInstitutions} from "./interfaces/IInstitutions.sol";
import {IInvestorRegistry} from "./interfaces/IInvestorRegistry.sol";
import {IWalletRegistry, WalletReasons} from "./interfaces/IWalletRegistry.sol";
import {Batch} from "./libraries/Batch.sol";

/// @title WalletRegistry
/// @notice The implementation; what it promises stands in `IWalletRegistry`.
contract WalletRegistry is IWalletRegistry, Authorized {
    bytes32 private constant _LINK =
        keccak256("Link(bytes32 investor,address wallet,address operator,uint256 nonce,uint256 deadline)");

    /// @notice Who was allowed to do what.
    IInstitutions public immutable institutions;
    /// @notice Who may buy what.
    IInvestorRegistry public immutable investors;

    mapping(address wallet => Holder) private _holders;

    /// @param institutions_ Who was allowed to do what
    /// @param investors_ Who may buy what
    constructor(IInstitutions institutions_, IInvestorRegistry investors_) {
        institutions = institutions_;
        investors = investors_;
    }

    /// @inheritdoc IWalletRegistry
    function link(Link[] calldata items) external {
        if (!institutions.mayWrite(msg.sender, IInstitutions.Role.Operator)) revert NotOperator(msg.sender);
        Batch.requireFits(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            bytes32 investor = items[i].investor;
            Authorization calldata consent = items[i].authorization;
            address wallet = consent.signer;
            if (investor == 0) revert MissingName(i);
            _requireAuthorized(
                i, consent, keccak256(abi.encode(_LINK, investor, wallet, msg.sender, consent.nonce, consent.deadline))
            );
            if (_holders[wallet].investor != 0) revert AlreadyLinked(i, wallet);
            _holders[wallet] = Holder(investor, msg.sender, uint40(block.timestamp));
            emit WalletLinked(investor, wallet, msg.sender);
        }
    }

    /// @inheritdoc IWalletRegistry
    function unlink(address[] calldata wallets) external {
        if (institutions.paused()) revert IInstitutions.WritesPaused();
        Batch.requireFits(wallets.length);
        bool operator = institutions.hasRole(msg.sender, IInstitutions.Role.Operator);
        for (uint256 i = 0; i < wallets.length; ++i) {
            bytes32 investor = _holders[wallets[i]].investor;
            if (investor == 0) revert NotLinked(i, wallets[i]);
            if (wallets[i] != msg.sender && !operator) revert NotHolder(i, msg.sender);
            delete _holders[wallets[i]];
            emit WalletUnlinked(investor, wallets[i], msg.sender);
        }
    }

    /// @inheritdoc IWalletRegistry
    function holderOf(address wallet) external view returns (Holder memory) {
        return _holders[wallet];
    }

    /// @inheritdoc IWalletRegistry
    function reasonsOf(address wallet, bytes32 regime, uint8 productRisk) external view returns (uint16 reasons) {
        Holder memory holder = _holders[wallet];
        if (holder.investor == 0) return WalletReasons.NOT_LINKED;
        (, reasons) = investors.eligibleAt(holder.investor, regime, productRisk, uint40(block.timestamp));
        if (!institutions.hasRole(holder.operator, IInstitutions.Role.Operator)) {
            reasons |= WalletReasons.LINKER_NOT_IN_STANDING;
        }
    }
}
