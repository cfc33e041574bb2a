// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ISaleProcedure} from "./interfaces/ISaleProcedure.sol";
import {Batch} from "./libraries/Batch.sol";
import {SaleSlot} from "./libraries/SaleSlot.sol";

/// @title SaleProcedure
/// @notice The implementation; what it promises stands in `ISaleProcedure`.
contract SaleProcedure is ISaleProcedure {
    using SaleSlot for uint256;

    /// @dev 募集行为办法 art. 29; and what ten bits hold.
    uint16 private constant _LEAST_HOURS = 24;
    uint16 private constant _MOST_HOURS = 1023;

    /// @notice The only forwarder of operators' writes.
    address public immutable log;

    mapping(bytes32 sale => uint256 slot) private _slots;

    /// @param log_ The evidence log that forwards operators' writes
    constructor(address log_) {
        log = log_;
    }

    /// @inheritdoc ISaleProcedure
    function record(SaleStep[] calldata items) external {
        if (msg.sender != log) revert NotLog(msg.sender);
        Batch.requireFits(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            SaleStep calldata item = items[i];
            bytes32 sale = item.sale;
            if (sale == 0 || item.leaf == 0) revert MissingName(i);
            if (item.at > block.timestamp) revert StepInFuture(i, sale, item.step, item.at);
            uint256 slot = _slots[sale];
            uint16 next = slot.steps() + 1;
            if (item.number != next) revert NotNextStep(i, sale, item.step, item.number, next);
            if (next > SaleSlot.MOST_STEPS) revert TooManySteps(i, sale);
            _slots[sale] = (slot == 0 ? _opened(i, item) : _taken(i, item, slot)).counted();
            emit StepTaken(sale, item.step, item.leaf, item.at, next);
        }
    }

    /// @inheritdoc ISaleProcedure
    function proofOfOrder(bytes32 sale) external view returns (Order memory) {
        uint256 slot = _slots[sale];
        if (slot == 0) revert UnknownSale(sale);
        return slot.order();
    }

    /// @inheritdoc ISaleProcedure
    function proofsOfOrder(bytes32[] calldata sales) external view returns (Order[] memory orders) {
        orders = new Order[](sales.length);
        for (uint256 i = 0; i < sales.length; ++i) {
            orders[i] = _slots[sales[i]].order();
        }
    }

    function _opened(uint256 index, SaleStep calldata item) private pure returns (uint256) {
        if (item.step != Step.Opened) revert StepOutOfOrder(index, item.sale, item.step, Step.Opened);
        if (item.coolingOffHours < _LEAST_HOURS || item.coolingOffHours > _MOST_HOURS) {
            revert CoolingOffOutOfRange(index, item.sale, item.coolingOffHours);
        }
        _notBefore(index, item, 1); // zero stands for "not done"
        return SaleSlot.open(item.at, item.coolingOffHours, item.start, item.visitDue);
    }

    /// @dev The slot after a step that is not the first.
    function _taken(uint256 index, SaleStep calldata item, uint256 slot) private pure returns (uint256) {
        Step step = item.step;
        if (slot.outcome() != Outcome.Open) revert SaleEnded(index, item.sale, step, slot.outcome());
        if (step == Step.Matched) return _matched(index, item, slot);
        if (step == Step.Reopened) return _reopened(index, item, slot);
        if (slot.timeOf(step) != 0) revert StepDone(index, item.sale, step);
        if (step == Step.Qualified && slot.timeOf(Step.Signed) != 0) revert StepDone(index, item.sale, Step.Signed);
        if (step == Step.Rescinded) {
            return _at(index, item, slot, slot.newest()).closedAs(Outcome.Rescinded);
        }
        if (step >= Step.Signed && slot.reopened()) revert StepOutOfOrder(index, item.sale, step, Step.Matched);
        if (step >= Step.Visited) return _ended(index, item, slot);
        if (step == Step.Signed && item.exemption == Exemption.Qualification && slot.timeOf(Step.Qualified) == 0) {
            return _at(index, item, slot, _done(index, item, slot, Step.Disclosed)).withQualificationSkipped();
        }
        Step before = step == Step.Paid ? Step.Signed : Step(uint8(step) - 1);
        return _at(index, item, slot, _done(index, item, slot, before));
    }

    /// @dev The first match has its time kept; each later one only stands in for it.
    function _matched(uint256 index, SaleStep calldata item, uint256 slot) private pure returns (uint256) {
        if (slot.timeOf(Step.Matched) == 0) return _at(index, item, slot, slot.timeOf(Step.Opened));
        if (!slot.reopened()) revert StepDone(index, item.sale, item.step);
        _notBefore(index, item, slot.timeOf(Step.Matched));
        return slot.withReopened(false);
    }

    function _reopened(uint256 index, SaleStep calldata item, uint256 slot) private pure returns (uint256) {
        _notBefore(index, item, _done(index, item, slot, Step.Matched));
        if (slot.reopened()) revert StepDone(index, item.sale, item.step);
        return slot.withReopened(true);
    }

    /// @dev By a visit, or by taking effect without one. A whole second is what times are told apart by: the last second
    /// of cooling-off is taken for its end, and the record decides.
    function _ended(uint256 index, SaleStep calldata item, uint256 slot) private pure returns (uint256 ended) {
        uint40 completed = _done(index, item, slot, Step.Completed);
        uint40 paid = _done(index, item, slot, Step.Paid);
        ended = _at(index, item, slot, completed > paid ? completed : paid);
        uint40 ends = slot.coolingOffEnds();
        if (item.at < ends) {
            if (item.exemption == Exemption.None) revert InsideCoolingOff(index, item.sale, item.step, item.at, ends);
            ended = ended.withCoolingOffSkipped();
        }
        if (item.step == Step.Visited) return ended.closedAs(Outcome.Visited);
        if (slot.visitDue() && item.exemption == Exemption.None) revert VisitDue(index, item.sale);
        return ended.closedAs(Outcome.Effective);
    }

    /// @dev When the step that this one comes after was done.
    function _done(uint256 index, SaleStep calldata item, uint256 slot, Step before) private pure returns (uint40 time) {
        time = slot.timeOf(before);
        if (time == 0) revert StepOutOfOrder(index, item.sale, item.step, before);
    }

    function _at(uint256 index, SaleStep calldata item, uint256 slot, uint40 earliest) private pure returns (uint256) {
        _notBefore(index, item, earliest);
        if (item.at - slot.opened() > SaleSlot.LONGEST) revert StepTooLate(index, item.sale, item.step, item.at);
        return slot.with(item.step, item.at);
    }

    function _notBefore(uint256 index, SaleStep calldata item, uint40 earliest) private pure {
        if (item.at < earliest) revert StepBackdated(index, item.sale, item.step, item.at, earliest);
    }
}
