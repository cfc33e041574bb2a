// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SaleProcedure} from "../SaleProcedure.sol";
import {ISaleProcedure} from "../interfaces/ISaleProcedure.sol";
import {Base} from "./Base.sol";
import {PlainSale} from "./PlainSale.sol";

/// @title Stands for the evidence log and sends steps, lawful ones and others, told apart by the plain model
contract SaleActor is Base {
    uint256 public constant SALES = 4;

    SaleProcedure public immutable sales = new SaleProcedure(address(this));
    mapping(bytes32 sale => PlainSale) private _plain;
    mapping(uint256 => bytes32) private _names;
    uint256 private _fresh;
    uint256 private _time = START;
    bytes32 private _last;
    uint256 public ended;

    constructor() {
        vm.warp(_time);
        for (uint256 i = 0; i < SALES; ++i) {
            _renew(i);
        }
    }

    /// @dev Anything at all: mostly refused.
    function anything(uint256 seed, uint16 number, uint40 at, uint16 hours_, bool due, bytes32 leaf) external {
        bytes32 sale = _names[seed % SALES];
        _send(
            ISaleProcedure.SaleStep({
                sale: sale,
                leaf: leaf,
                step: ISaleProcedure.Step(uint8(seed >> 8) % 11),
                number: seed >> 16 & 3 == 0 ? number : uint16(_plain[sale].count() + 1),
                at: seed >> 24 & 3 == 0 ? at : uint40(within(at, _time - 3 days, _time + 1 hours)),
                coolingOffHours: hours_,
                start: ISaleProcedure.Start(uint8(seed >> 32) % 3),
                visitDue: due,
                exemption: ISaleProcedure.Exemption(uint8(seed >> 40) % 3)
            })
        );
    }

    /// @dev A step that is likely to be next, so that sales come to their ends.
    function likely(uint256 which, uint256 seed) external {
        uint256 place = which % SALES;
        bytes32 sale = _names[place];
        PlainSale plain = _plain[sale];
        _time += within(seed >> 8, 0, 20 hours);
        vm.warp(_time);
        ISaleProcedure.SaleStep memory item = ISaleProcedure.SaleStep({
            sale: sale,
            leaf: keccak256(abi.encode(sale, plain.count())),
            step: _next(plain, seed),
            number: uint16(plain.count() + 1),
            at: uint40(_time - within(seed >> 16, 0, 2 hours)),
            coolingOffHours: uint16(within(seed >> 24, 23, 50)),
            start: ISaleProcedure.Start(uint8(within(seed >> 32, 0, 2))),
            visitDue: seed >> 40 & 1 == 1,
            exemption: ISaleProcedure.Exemption(within(seed >> 48, 0, 3) % 3)
        });
        _send(item);
        if (plain.outcome() != ISaleProcedure.Outcome.Open) {
            ++ended;
            check(sale);
            _renew(place);
        }
    }

    /// @dev The contract's word slot against the plain model, and the law against what the contract proves.
    function check(bytes32 sale) public view {
        ISaleProcedure.Order memory order = sales.proofsOfOrder(_one(sale))[0];
        PlainSale plain = _plain[sale];
        equal(order.opened, plain.when(ISaleProcedure.Step.Opened), "opened");
        equal(order.matched, plain.when(ISaleProcedure.Step.Matched), "matched");
        equal(order.disclosed, plain.when(ISaleProcedure.Step.Disclosed), "disclosed");
        equal(order.qualified, plain.when(ISaleProcedure.Step.Qualified), "qualified");
        equal(order.signed, plain.when(ISaleProcedure.Step.Signed), "signed");
        equal(order.completed, plain.when(ISaleProcedure.Step.Completed), "completed");
        equal(order.paid, plain.when(ISaleProcedure.Step.Paid), "paid");
        equal(order.closed, plain.closed(), "closed");
        equal(uint256(order.outcome), uint256(plain.outcome()), "outcome");
        equal(order.coolingOffEnds, plain.ends(), "end of cooling-off");
        equal(order.coolingOffHours, plain.hours_(), "hours");
        equal(uint256(order.start), uint256(plain.start()), "start");
        equal(order.steps, plain.count(), "steps");
        truth(order.visitDue == plain.visitDue(), "visit due");
        truth(order.reopened == plain.reopened(), "reopened");
        truth(order.qualificationSkipped == plain.qualificationSkipped(), "qualification skipped");
        truth(order.coolingOffSkipped == plain.coolingOffSkipped(), "cooling-off skipped");
        _lawful(order);
    }

    /// @dev The sale that was last sent a step.
    function checkLast() external view {
        check(_last);
    }

    function checkAll() external view {
        for (uint256 i = 0; i < SALES; ++i) {
            check(_names[i]);
        }
    }

    /// @dev What no sale on the chain may ever show, said directly.
    function _lawful(ISaleProcedure.Order memory order) private pure {
        if (order.matched != 0) truth(order.opened <= order.matched, "matched before it was opened");
        if (order.disclosed != 0) truth(order.matched != 0 && order.matched <= order.disclosed, "disclosed unmatched");
        if (order.qualified != 0) {
            truth(order.disclosed != 0 && order.disclosed <= order.qualified, "qualified before disclosure");
        }
        if (order.signed != 0) {
            truth(order.qualificationSkipped || order.qualified != 0, "signed unqualified");
            truth(order.qualified <= order.signed && order.disclosed <= order.signed, "signed too early");
        }
        if (order.completed != 0) truth(order.signed != 0 && order.signed <= order.completed, "completed unsigned");
        if (order.paid != 0) truth(order.signed != 0 && order.signed <= order.paid, "paid unsigned");
        if (order.outcome == ISaleProcedure.Outcome.Visited || order.outcome == ISaleProcedure.Outcome.Effective) {
            truth(order.completed != 0 && order.paid != 0, "in effect without contract or money");
            truth(order.coolingOffSkipped || order.closed >= order.coolingOffEnds, "visited inside cooling-off");
            truth(order.coolingOffEnds >= order.signed + 24 hours, "cooling-off below the law");
            truth(!order.reopened, "in effect without a match that stands");
        }
        truth((order.closed == 0) == (order.outcome == ISaleProcedure.Outcome.Open), "closed and open");
    }

    function _send(ISaleProcedure.SaleStep memory item) private {
        PlainSale plain = _plain[item.sale];
        _last = item.sale;
        bool lawful = plain.lawful(item, block.timestamp);
        ISaleProcedure.SaleStep[] memory items = new ISaleProcedure.SaleStep[](1);
        items[0] = item;
        try sales.record(items) {
            truth(lawful, "the contract took what the law forbids");
            plain.take(item);
        } catch {
            truth(!lawful, "the contract refused what the law allows");
        }
    }

    function _next(PlainSale plain, uint256 seed) private view returns (ISaleProcedure.Step) {
        if (!plain.opened()) return ISaleProcedure.Step.Opened;
        if (plain.reopened()) return seed % 5 == 0 ? ISaleProcedure.Step.Disclosed : ISaleProcedure.Step.Matched;
        uint256 wish = seed % 24;
        if (wish == 0) return ISaleProcedure.Step.Rescinded;
        if (wish == 1) return ISaleProcedure.Step.Reopened;
        if (wish == 2) return ISaleProcedure.Step(uint8(seed >> 56) % 11);
        for (uint8 step = 1; step <= uint8(ISaleProcedure.Step.Paid); ++step) {
            if (wish == 3 && step == uint8(ISaleProcedure.Step.Completed)) continue; // paid first
            if (wish == 4 && step == uint8(ISaleProcedure.Step.Qualified)) continue;
            if (!plain.did(ISaleProcedure.Step(step))) return ISaleProcedure.Step(step);
        }
        return wish % 2 == 0 ? ISaleProcedure.Step.Visited : ISaleProcedure.Step.Effective;
    }

    function _renew(uint256 place) private {
        bytes32 sale = keccak256(abi.encode("sale", ++_fresh));
        _names[place] = sale;
        if (_last == 0) _last = sale;
        _plain[sale] = new PlainSale();
    }

    function _one(bytes32 sale) private pure returns (bytes32[] memory list) {
        list = new bytes32[](1);
        list[0] = sale;
    }
}

contract SaleProcedureInvariantTest is Base {
    SaleActor private _actor;

    function setUp() external {
        _actor = new SaleActor();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[] memory selectors = new bytes4[](4);
        selectors[0] = SaleActor.anything.selector;
        (selectors[1], selectors[2], selectors[3]) =
            (SaleActor.likely.selector, SaleActor.likely.selector, SaleActor.likely.selector);
        targets[0] = FuzzSelector(address(_actor), selectors);
    }

    /// @dev Whatever is sent, the contract takes what the law allows and nothing else, and never leaves the order.
    function invariant_theOrderIsNeverLeft() external view {
        _actor.checkLast();
    }

    function afterInvariant() external view {
        _actor.checkAll();
    }

    /// @dev The random sales reach their ends, so that the invariant is about something.
    function test_salesReachTheirEnds() external {
        for (uint256 seed = 0; seed < 600; ++seed) {
            _actor.likely(seed, uint256(keccak256(abi.encode("a sale's way", seed))));
        }
        truth(_actor.ended() >= 10, "too few sales came to an end");
        _actor.checkAll();
    }
}

contract SaleProcedureTest is Base {
    SaleProcedure private _sales = new SaleProcedure(address(this));

    function setUp() external {
        vm.warp(START + 3_000 days);
    }

    function test_onlyTheLogRecords() external {
        vm.prank(address(1));
        vm.expectRevert(abi.encodeWithSelector(ISaleProcedure.NotLog.selector, address(1)));
        _sales.record(new ISaleProcedure.SaleStep[](0));
    }

    function test_stepsHaveNames() external {
        for (uint256 i = 0; i < 2; ++i) {
            ISaleProcedure.SaleStep[] memory items = _items(1);
            if (i == 0) items[0].sale = 0;
            else items[0].leaf = 0;
            vm.expectRevert(abi.encodeWithSelector(ISaleProcedure.MissingName.selector, 0));
            _sales.record(items);
        }
    }

    function test_aSaleThatWasNotOpenedIsUnknown() external {
        vm.expectRevert(abi.encodeWithSelector(ISaleProcedure.UnknownSale.selector, bytes32("sale")));
        _sales.proofOfOrder("sale");
    }

    function test_nothingComesAfterTheEnd() external {
        ISaleProcedure.SaleStep[] memory items = _items(3);
        items[1].step = ISaleProcedure.Step.Rescinded;
        vm.expectRevert(
            abi.encodeWithSelector(
                ISaleProcedure.SaleEnded.selector,
                2,
                bytes32("sale"),
                ISaleProcedure.Step.Reopened,
                ISaleProcedure.Outcome.Rescinded
            )
        );
        _sales.record(items);
    }

    function test_noStepComesAfterFourYears() external {
        ISaleProcedure.SaleStep[] memory items = _items(2);
        items[1].at = START + (1 << 27) - 1;
        vm.expectRevert(
            abi.encodeWithSelector(
                ISaleProcedure.StepTooLate.selector, 1, bytes32("sale"), ISaleProcedure.Step.Matched, items[1].at
            )
        );
        _sales.record(items);
        --items[1].at;
        _sales.record(items);
        equal(_sales.proofOfOrder("sale").matched, items[1].at, "matched");
    }

    function test_aMatchIsReopenedOnceAndNotForEver() external {
        _sales.record(_items(511));
        ISaleProcedure.Order memory order = _sales.proofOfOrder("sale");
        equal(order.steps, 511, "steps");
        ISaleProcedure.SaleStep[] memory items = _items(1);
        items[0].number = 512;
        items[0].step = ISaleProcedure.Step.Rescinded;
        vm.expectRevert(abi.encodeWithSelector(ISaleProcedure.TooManySteps.selector, 0, bytes32("sale")));
        _sales.record(items);
        items = _items(4);
        for (uint256 i = 0; i < 4; ++i) {
            items[i].sale = "other";
        }
        items[3].step = ISaleProcedure.Step.Reopened;
        vm.expectRevert(
            abi.encodeWithSelector(
                ISaleProcedure.StepDone.selector, 3, bytes32("other"), ISaleProcedure.Step.Reopened
            )
        );
        _sales.record(items);
    }

    /// @dev Opened, matched, then reopened and matched in turn.
    function _items(uint256 count) private pure returns (ISaleProcedure.SaleStep[] memory items) {
        items = new ISaleProcedure.SaleStep[](count);
        for (uint256 i = 0; i < count; ++i) {
            items[i] = ISaleProcedure.SaleStep({
                sale: "sale",
                leaf: bytes32(i + 1),
                step: i == 0
                    ? ISaleProcedure.Step.Opened
                    : i % 2 == 1 ? ISaleProcedure.Step.Matched : ISaleProcedure.Step.Reopened,
                number: uint16(i + 1),
                at: START,
                coolingOffHours: 24,
                start: ISaleProcedure.Start.CompletedAndPaid,
                visitDue: true,
                exemption: ISaleProcedure.Exemption.None
            });
        }
    }
}
