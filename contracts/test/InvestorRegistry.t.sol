// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {InvestorRegistry} from "../InvestorRegistry.sol";
import {IInstitutions} from "../interfaces/IInstitutions.sol";
import {IInvestorRegistry, Reasons} from "../interfaces/IInvestorRegistry.sol";
import {Base} from "./Base.sol";
import {InvestorActor} from "./InvestorActor.sol";
import {PlainInstitutions} from "./PlainInstitutions.sol";

contract InvestorRegistryInvariantTest is Base {
    InvestorActor private _actor;

    function setUp() external {
        _actor = new InvestorActor();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](9);
        selectors[8] = InvestorActor.end.selector;
        selectors[0] = InvestorActor.pass.selector;
        selectors[1] = InvestorActor.roles.selector;
        selectors[2] = InvestorActor.revoke.selector;
        (selectors[3], selectors[4]) = (InvestorActor.certify.selector, InvestorActor.assess.selector);
        (selectors[5], selectors[6], selectors[7]) =
            (InvestorActor.ask.selector, InvestorActor.ask.selector, InvestorActor.ask.selector);
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_actor), selectors);
    }

    /// @dev The answers are compared where they are asked; here, that no fact is lost, changed or invented.
    function invariant_historiesHoldWhatWasTaken() external view {
        _actor.checkHistories();
    }

    function test_someInvestorsAreEligible() external {
        for (uint256 i = 0; i < 400; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("a history", i)));
            if (i % 4 == 0) _actor.certify(seed);
            if (i % 4 == 1) _actor.assess(seed);
            if (i % 9 == 0) _actor.pass(seed);
            if (i % 20 == 7) _actor.end(seed);
            _actor.ask(seed);
        }
        truth(_actor.eligible() >= 20, "hardly anybody was eligible");
        _actor.checkHistories();
    }
}

contract InvestorRegistryTest is Base {
    InvestorRegistry private _registry;
    PlainInstitutions private _members = new PlainInstitutions();

    function setUp() external {
        vm.warp(START);
        _registry = new InvestorRegistry(IInstitutions(address(_members)), address(this));
        _members.set(address(this), 7);
    }

    function test_itemsWithoutNamesAreRefused() external {
        for (uint256 i = 0; i < 3; ++i) {
            IInvestorRegistry.Certification[] memory items = _granted("leaf");
            if (i == 0) items[1].investor = 0;
            if (i == 1) items[1].regime = 0;
            if (i == 2) items[1].leaf = 0;
            vm.expectRevert(abi.encodeWithSelector(IInvestorRegistry.MissingName.selector, 1));
            _registry.certify(items);
        }
    }

    function test_theNewestFactIsNotRecordedTwice() external {
        IInvestorRegistry.Certification[] memory items = _granted("leaf");
        (items[1].investor, items[1].leaf) = (items[0].investor, items[0].leaf);
        vm.expectRevert(abi.encodeWithSelector(IInvestorRegistry.AlreadyRecorded.selector, 1, items[0].leaf));
        _registry.certify(items);
        IInvestorRegistry.Assessment[] memory outcomes = new IInvestorRegistry.Assessment[](2);
        outcomes[0] = IInvestorRegistry.Assessment("i", "r", "leaf", 3, false, START, START + 1);
        outcomes[1] = outcomes[0];
        vm.expectRevert(abi.encodeWithSelector(IInvestorRegistry.AlreadyRecorded.selector, 1, outcomes[0].leaf));
        _registry.assess(outcomes);
    }

    function test_onlyTheLogForwards() external {
        vm.prank(address(1));
        vm.expectRevert(abi.encodeWithSelector(IInvestorRegistry.NotLog.selector, address(1)));
        _registry.record(
            address(1),
            new IInvestorRegistry.Certification[](0),
            new IInvestorRegistry.Revocation[](0),
            new IInvestorRegistry.Assessment[](0),
            new IInvestorRegistry.Ending[](0)
        );
    }

    function test_whatWasNeverGrantedIsNotRevoked() external {
        IInvestorRegistry.Revocation[] memory items = new IInvestorRegistry.Revocation[](1);
        items[0] = IInvestorRegistry.Revocation("i", "r", "none", "leaf", START);
        vm.expectRevert(
            abi.encodeWithSelector(IInvestorRegistry.UnknownCertification.selector, 0, bytes32("none"))
        );
        _registry.revoke(items);
        IInvestorRegistry.Ending[] memory endings = new IInvestorRegistry.Ending[](1);
        endings[0] = IInvestorRegistry.Ending("i", "r", "none", "leaf", START);
        vm.expectRevert(abi.encodeWithSelector(IInvestorRegistry.UnknownAssessment.selector, 0, bytes32("none")));
        _registry.end(endings);
        vm.prank(address(1));
        vm.expectRevert(abi.encodeWithSelector(IInvestorRegistry.NotAssessor.selector, address(1)));
        _registry.end(endings);
    }

    /// @dev The random histories come by each of these nearly always; here they come by them every time.
    function test_eachReasonIsTold() external {
        IInvestorRegistry.Certification[] memory grants = new IInvestorRegistry.Certification[](1);
        grants[0] = IInvestorRegistry.Certification("i", "r", "granted", START, START + 10);
        _registry.certify(grants);
        IInvestorRegistry.Assessment[] memory outcomes = new IInvestorRegistry.Assessment[](1);
        outcomes[0] = IInvestorRegistry.Assessment("i", "r", "assessed", 1, true, START, START + 10);
        _registry.assess(outcomes);
        equal(_reasons(1, START + 9), 0, "eligible");
        equal(_reasons(2, START + 9), Reasons.RISK_ABOVE_TOLERANCE | Reasons.LOWEST_CLASS, "lowest class");
        equal(_reasons(1, START + 10), Reasons.CERTIFICATION_EXPIRED | Reasons.ASSESSMENT_EXPIRED, "expired");
        IInvestorRegistry.Revocation[] memory revoked = new IInvestorRegistry.Revocation[](1);
        revoked[0] = IInvestorRegistry.Revocation("i", "r", "granted", "revoked", START);
        _registry.revoke(revoked);
        equal(_reasons(1, START), Reasons.CERTIFICATION_REVOKED, "revoked");
        IInvestorRegistry.Ending[] memory ended = new IInvestorRegistry.Ending[](1);
        ended[0] = IInvestorRegistry.Ending("i", "r", "assessed", "changed", START + 5);
        vm.warp(START + 7);
        _registry.end(ended);
        equal(_reasons(1, START + 4), Reasons.CERTIFICATION_REVOKED, "not ended yet");
        equal(_reasons(1, START + 5), Reasons.CERTIFICATION_REVOKED | Reasons.ASSESSMENT_ENDED, "ended");
        (, uint16 known) = _registry.eligibleAsKnown("i", "r", 1, START + 5, START + 6);
        equal(known, Reasons.CERTIFICATION_REVOKED, "not known to have ended");
        vm.expectRevert(abi.encodeWithSelector(IInvestorRegistry.AlreadyEnded.selector, 0, bytes32("assessed")));
        _registry.end(ended);
    }

    function _reasons(uint8 risk, uint40 time) private view returns (uint16 reasons) {
        (, reasons) = _registry.eligibleAt("i", "r", risk, time);
    }

    function testFuzz_productRiskIsOneToFive(uint8 risk) external {
        IInvestorRegistry.Query[] memory queries = new IInvestorRegistry.Query[](1);
        queries[0] = IInvestorRegistry.Query("i", "r", risk, START);
        if (risk == 0 || risk > 5) {
            vm.expectRevert(abi.encodeWithSelector(IInvestorRegistry.BadProductRisk.selector, risk));
            _registry.eligibleAtBatch(queries);
        } else {
            equal(_registry.eligibleAtBatch(queries)[0], Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED, "reasons");
        }
    }

    function _granted(bytes32 leaf) private pure returns (IInvestorRegistry.Certification[] memory items) {
        items = new IInvestorRegistry.Certification[](2);
        items[0] = IInvestorRegistry.Certification("i", "r", leaf, START, START + 1);
        items[1] = IInvestorRegistry.Certification("j", "r", bytes32(uint256(leaf) + 1), START, START + 1);
    }
}
