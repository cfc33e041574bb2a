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

/// @title Wallets linked by their own consent, and what a token is told of them; the hash is written out a second time
contract WalletRegistryTest is Base {
    address private constant _STRANGER = address(0xbad);
    uint40 private constant _ENDS = START + 1_000;

    PlainInstitutions private _members = new PlainInstitutions();
    InvestorRegistry private _investors;
    WalletRegistry private _wallets;
    EligibleWallets private _token;

    function setUp() external {
        vm.warp(1);
        _members.set(address(this), 7);
        vm.warp(START);
        _investors = new InvestorRegistry(IInstitutions(address(_members)), address(this));
        _wallets = new WalletRegistry(IInstitutions(address(_members)), _investors);
        _token = new EligibleWallets(_wallets, "r", 3);
        IInvestorRegistry.Certification[] memory grants = new IInvestorRegistry.Certification[](1);
        grants[0] = IInvestorRegistry.Certification("i", "r", "grant", START, _ENDS);
        _investors.certify(grants);
        IInvestorRegistry.Assessment[] memory outcomes = new IInvestorRegistry.Assessment[](1);
        outcomes[0] = IInvestorRegistry.Assessment("i", "r", "leaf", 3, false, START, _ENDS);
        _investors.assess(outcomes);
    }

    function testFuzz_aWalletIsVerifiedFromItsConsentToTheLastSecond(uint256 key, uint40 time) external {
        key = within(key, 1, type(uint128).max);
        time = uint40(within(time, START, START + 2_000));
        address wallet = vm.addr(key);
        truth(!_token.isVerified(wallet) && !_token.contains(wallet), "nobody's");
        equal(_token.reasonsOf(wallet), WalletReasons.NOT_LINKED, "nobody's reasons");
        _wallets.link(_consent(key, 0, "i"));
        vm.warp(time);
        truth(_token.contains(wallet), "linked");
        truth(_token.isVerified(wallet) == (time < _ENDS), "verified");
        vm.warp(START);
        _members.set(address(this), 6); // no operator any more
        equal(_token.reasonsOf(wallet), WalletReasons.LINKER_NOT_IN_STANDING, "linker");
    }

    function testFuzz_aConsentLinksOnce(uint256 key, bytes32 investor) external {
        key = within(key, 1, type(uint128).max);
        if (investor == 0) investor = "another";
        address wallet = vm.addr(key);
        IWalletRegistry.Link[] memory items = _consent(key, 0, investor);
        items[0].investor = investor ^ bytes32(uint256(1));
        if (items[0].investor != 0) {
            vm.expectRevert(abi.encodeWithSelector(ISigned.BadSignature.selector, 0, wallet));
            _wallets.link(items);
        }
        items[0].investor = investor;
        _wallets.link(items);
        truth(_wallets.holderOf(wallet).investor == investor, "holder");
        IWalletRegistry.Link[] memory again = _consent(key, 1, investor);
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.AlreadyLinked.selector, 0, wallet));
        _wallets.link(again);
        vm.prank(wallet);
        _wallets.unlink(_only(wallet));
        vm.expectRevert();
        _wallets.link(items); // its nonce is used up
        _wallets.link(again);
        _wallets.unlink(_only(wallet)); // as an operator
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.NotLinked.selector, 0, wallet));
        _wallets.unlink(_only(wallet));
    }

    function test_whoMayNot() external {
        IWalletRegistry.Link[] memory items = _consent(1, 0, "i");
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.NotOperator.selector, _STRANGER));
        vm.prank(_STRANGER);
        _wallets.link(items);
        _wallets.link(items);
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.NotHolder.selector, 0, _STRANGER));
        vm.prank(_STRANGER);
        _wallets.unlink(_only(vm.addr(1)));
        items[0].investor = 0;
        vm.expectRevert(abi.encodeWithSelector(IWalletRegistry.MissingName.selector, 0));
        _wallets.link(items);
    }

    function test_aPauseStopsUnlinking() external {
        _wallets.link(_consent(1, 0, "i"));
        _members.setPaused(true);
        vm.expectRevert(abi.encodeWithSelector(IInstitutions.WritesPaused.selector));
        _wallets.unlink(_only(vm.addr(1)));
        truth(_token.isVerified(vm.addr(1)), "the question is answered");
    }

    function test_aTokensProductHasARegimeAndARisk() external {
        vm.expectRevert(abi.encodeWithSelector(IEligibleWallets.MissingRegime.selector));
        new EligibleWallets(_wallets, 0, 3);
        vm.expectRevert(abi.encodeWithSelector(IEligibleWallets.BadProductRisk.selector, 6));
        new EligibleWallets(_wallets, "r", 6);
        equal(new EligibleWallets(_wallets, "r", 4).reasonsOf(vm.addr(1)), WalletReasons.NOT_LINKED, "not linked");
        _wallets.link(_consent(1, 0, "i"));
        equal(
            new EligibleWallets(_wallets, "r", 4).reasonsOf(vm.addr(1)), Reasons.RISK_ABOVE_TOLERANCE, "above tolerance"
        );
    }

    function _consent(uint256 key, uint256 nonce, bytes32 investor)
        private
        view
        returns (IWalletRegistry.Link[] memory items)
    {
        address wallet = vm.addr(key);
        bytes32 type_ =
            keccak256("Link(bytes32 investor,address wallet,address operator,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(type_, investor, wallet, address(this), nonce, uint256(_ENDS)));
        bytes memory signature = signed(key, keccak256(typedData(address(_wallets), structHash)));
        items = new IWalletRegistry.Link[](1);
        items[0] = IWalletRegistry.Link(investor, ISigned.Authorization(wallet, nonce, _ENDS, signature));
    }

    function _only(address wallet) private pure returns (address[] memory wallets) {
        wallets = new address[](1);
        wallets[0] = wallet;
    }
}
