// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EligibleWallets} from "../EligibleWallets.sol";
import {InvestorRegistry} from "../InvestorRegistry.sol";
import {WalletRegistry} from "../WalletRegistry.sol";
import {IEligibleWallets} from "../interfaces/IEligibleWallets.sol";
import {IInstitutions} from "../interfaces/IInstitutions.sol";
import {IInvestorRegistry, Reasons} from "../interfaces/IInvestorRegistry.sol";
import {ISigned} from "../interfaces/ISigned.sol";
import {IWalletRegistry, WalletReasons} from "../interfaces/IWalletRegistry.sol";
import {Base} from "./Base.sol";
import {PlainInstitutions} from "./PlainInstitutions.sol";

contract WalletRegistryTest is Base {
    PlainInstitutions private _members = new PlainInstitutions();
    InvestorRegistry private _investors;
    WalletRegistry private _wallets;
    EligibleWallets private _eligible;

    function setUp() external {
        vm.warp(START);
        _investors = new InvestorRegistry(IInstitutions(address(_members)), address(this));
        _wallets = new WalletRegistry(IInstitutions(address(_members)), _investors);
        _eligible = new EligibleWallets(_wallets, "r", 3);
        _members.set(address(this), 7);
    }

    /// @dev From an unknown wallet to an eligible one, and out again with its operator's standing.
    function testFuzz_aWalletIsEligibleWithItsInvestor(uint256 key, bytes32 investor) external {
        key = within(key, 1, type(uint128).max);
        if (investor == 0) investor = "i";
        address wallet = vm.addr(key);
        equal(_eligible.reasonsOf(wallet), WalletReasons.NOT_LINKED, "unknown");
        truth(!_eligible.contains(wallet) && !_eligible.isVerified(wallet), "unknown");
        _wallets.link(_consent(key, investor, 0));
        truth(_wallets.holderOf(wallet).investor == investor && _eligible.contains(wallet), "linked");
        equal(_eligible.reasonsOf(wallet), Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED, "nothing granted");
        _grant(investor);
        truth(_eligible.isVerified(wallet), "eligible");
        vm.warp(START + 9);
        truth(!_eligible.isVerified(wallet), "expired");
        vm.warp(START + 1);
        _members.set(address(this), 6);
        equal(_eligible.reasonsOf(wallet) & WalletReasons.LINKER_NOT_IN_STANDING, 1024, "operator gone");
    }

    function testFuzz_onlyTheHolderAndOperatorsUnlink(uint256 key) external {
        key = within(key, 1, type(uint128).max);
        address[] memory list = new address[](1);
        list[0] = vm.addr(key);
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.NotLinked.selector, 0, list[0]));
        _wallets.unlink(list);
        _wallets.link(_consent(key, "i", 0));
        IWalletRegistry.Link[] memory again = _consent(key, "j", 1);
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.AlreadyLinked.selector, 0, list[0]));
        _wallets.link(again);
        vm.prank(address(9));
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.NotHolder.selector, 0, address(9)));
        _wallets.unlink(list);
        vm.prank(list[0]);
        _wallets.unlink(list);
        _wallets.link(again);
        _wallets.unlink(list);
        truth(!_eligible.contains(list[0]), "gone");
    }

    function test_badLinksAreRefused() external {
        IWalletRegistry.Link[] memory items = _consent(7, "", 0);
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.MissingName.selector, 0));
        _wallets.link(items);
        items = _consent(7, "i", 0);
        items[0].investor = "j";
        vm.expectRevert(abi.encodeWithSelector(ISigned.BadSignature.selector, 0, vm.addr(7)));
        _wallets.link(items);
        vm.prank(address(9));
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.NotOperator.selector, address(9)));
        _wallets.link(items);
        _members.setPaused(true);
        vm.expectRevert(abi.encodeWithSelector(IInstitutions.WritesPaused.selector));
        _wallets.unlink(new address[](0));
    }

    function testFuzz_aProductHasARegimeAndARisk(uint8 risk) external {
        vm.expectRevert(abi.encodeWithSelector(IEligibleWallets.MissingRegime.selector));
        new EligibleWallets(_wallets, "", 3);
        if (risk == 0 || risk > 5) {
            vm.expectRevert(abi.encodeWithSelector(IEligibleWallets.BadProductRisk.selector, risk));
        }
        new EligibleWallets(_wallets, "r", risk);
    }

    function _consent(uint256 key, bytes32 investor, uint256 nonce)
        private
        view
        returns (IWalletRegistry.Link[] memory items)
    {
        bytes32 type_ =
            keccak256("Link(bytes32 investor,address wallet,address operator,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(type_, investor, vm.addr(key), address(this), nonce, START + 9));
        bytes memory signature = signed(key, keccak256(typedData(address(_wallets), structHash)));
        items = new IWalletRegistry.Link[](1);
        items[0] = IWalletRegistry.Link(investor, ISigned.Authorization(vm.addr(key), nonce, START + 9, signature));
    }

    function _grant(bytes32 investor) private {
        IInvestorRegistry.Certification[] memory grants = new IInvestorRegistry.Certification[](1);
        grants[0] = IInvestorRegistry.Certification(investor, "r", "grant", START, START + 9);
        _investors.certify(grants);
        IInvestorRegistry.Assessment[] memory outcomes = new IInvestorRegistry.Assessment[](1);
        outcomes[0] = IInvestorRegistry.Assessment(investor, "r", "leaf", 3, false, START, START + 9);
        _investors.assess(outcomes);
    }
}
