// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ISaleProcedure} from "../interfaces/ISaleProcedure.sol";

/// @title The one word that holds a sale
/// @dev From the low end: 40 bits opened (seconds since 1970); 27 bits for each of matched, disclosed, qualified, signed,
/// completed, paid and closed (seconds after opening, plus one; zero is "not done"); 10 bits hours of cooling-off; 2 bits
/// what begins it; 1 bit visit due; 2 bits outcome; 1 bit each for reopened, qualification skipped and cooling-off
/// skipped; 9 bits number of steps. A word of zero is no sale.
library SaleSlot {
    /// @dev 27 bits of seconds, less the one for "not done": four years and 93 days.
    uint256 internal constant LONGEST = (1 << 27) - 2;
    uint16 internal constant MOST_STEPS = 511;

    uint256 private constant _OPENED_BITS = 40;
    uint256 private constant _PLACE_BITS = 27;
    uint256 private constant _CLOSED = 6;
    uint256 private constant _HOURS = 229;
    uint256 private constant _START = 239;
    uint256 private constant _VISIT_DUE = 241;
    uint256 private constant _OUTCOME = 242;
    uint256 private constant _REOPENED = 244;
    uint256 private constant _QUALIFICATION_SKIPPED = 245;
    uint256 private constant _COOLING_OFF_SKIPPED = 246;
    uint256 private constant _STEPS = 247;

    /// @dev A sale as it is opened.
    function open(uint40 at, uint16 coolingOffHours, ISaleProcedure.Start start, bool due)
        internal
        pure
        returns (uint256 slot)
    {
        slot = uint256(at) | uint256(coolingOffHours) << _HOURS | uint256(start) << _START;
        if (due) slot |= 1 << _VISIT_DUE;
    }

    /// @dev The same with one step more; the caller has checked that it is not the 512th.
    function counted(uint256 slot) internal pure returns (uint256) {
        return slot + (1 << _STEPS);
    }

    /// @dev The same with a step done at `at`, not before opening and at most `LONGEST` after it.
    function with(uint256 slot, ISaleProcedure.Step step, uint40 at) internal pure returns (uint256) {
        return slot | (at - opened(slot) + 1) << _shiftOf(_placeOf(step));
    }

    /// @dev The same, ended.
    function closedAs(uint256 slot, ISaleProcedure.Outcome outcome_) internal pure returns (uint256) {
        return slot | uint256(outcome_) << _OUTCOME;
    }

    /// @dev The same with the match standing or not.
    function withReopened(uint256 slot, bool reopened_) internal pure returns (uint256) {
        return reopened_ ? slot | 1 << _REOPENED : slot & ~uint256(1 << _REOPENED);
    }

    /// @dev The same, signed without qualification.
    function withQualificationSkipped(uint256 slot) internal pure returns (uint256) {
        return slot | 1 << _QUALIFICATION_SKIPPED;
    }

    /// @dev The same, ended before cooling-off was over.
    function withCoolingOffSkipped(uint256 slot) internal pure returns (uint256) {
        return slot | 1 << _COOLING_OFF_SKIPPED;
    }

    function opened(uint256 slot) internal pure returns (uint256) {
        return slot & ((1 << _OPENED_BITS) - 1);
    }

    function steps(uint256 slot) internal pure returns (uint16) {
        return uint16(slot >> _STEPS);
    }

    function outcome(uint256 slot) internal pure returns (ISaleProcedure.Outcome) {
        return ISaleProcedure.Outcome(slot >> _OUTCOME & 3);
    }

    function reopened(uint256 slot) internal pure returns (bool) {
        return slot >> _REOPENED & 1 == 1;
    }

    function visitDue(uint256 slot) internal pure returns (bool) {
        return slot >> _VISIT_DUE & 1 == 1;
    }

    /// @dev When a step was done, zero if it was not.
    function timeOf(uint256 slot, ISaleProcedure.Step step) internal pure returns (uint40) {
        if (step == ISaleProcedure.Step.Opened) return uint40(opened(slot));
        return _timeAt(slot, _placeOf(step));
    }

    /// @dev When the latest of all steps was done.
    function newest(uint256 slot) internal pure returns (uint40 time) {
        time = uint40(opened(slot));
        for (uint256 place = 0; place <= _CLOSED; ++place) {
            uint40 done = _timeAt(slot, place);
            if (done > time) time = done;
        }
    }

    /// @dev When cooling-off ends, zero if it has not begun.
    function coolingOffEnds(uint256 slot) internal pure returns (uint40) {
        ISaleProcedure.Start start = ISaleProcedure.Start(slot >> _START & 3);
        uint40 completed = timeOf(slot, ISaleProcedure.Step.Completed);
        uint40 paid = timeOf(slot, ISaleProcedure.Step.Paid);
        uint40 began = completed > paid ? completed : paid;
        if (start == ISaleProcedure.Start.Completed) began = completed;
        else if (start == ISaleProcedure.Start.Paid) began = paid;
        else if (completed == 0 || paid == 0) began = 0;
        return began == 0 ? 0 : began + uint40(_hours(slot)) * 1 hours;
    }

    /// @dev All of it, for people.
    function order(uint256 slot) internal pure returns (ISaleProcedure.Order memory) {
        return ISaleProcedure.Order({
            opened: uint40(opened(slot)),
            matched: _timeAt(slot, 0),
            disclosed: _timeAt(slot, 1),
            qualified: _timeAt(slot, 2),
            signed: _timeAt(slot, 3),
            completed: _timeAt(slot, 4),
            paid: _timeAt(slot, 5),
            closed: _timeAt(slot, _CLOSED),
            outcome: outcome(slot),
            coolingOffEnds: coolingOffEnds(slot),
            coolingOffHours: _hours(slot),
            start: ISaleProcedure.Start(slot >> _START & 3),
            visitDue: visitDue(slot),
            steps: steps(slot),
            reopened: reopened(slot),
            qualificationSkipped: slot >> _QUALIFICATION_SKIPPED & 1 == 1,
            coolingOffSkipped: slot >> _COOLING_OFF_SKIPPED & 1 == 1
        });
    }

    function _hours(uint256 slot) private pure returns (uint16) {
        return uint16(slot >> _HOURS & 1023);
    }

    function _timeAt(uint256 slot, uint256 place) private pure returns (uint40) {
        uint256 offset = slot >> _shiftOf(place) & ((1 << _PLACE_BITS) - 1);
        return offset == 0 ? 0 : uint40(opened(slot) + offset - 1);
    }

    /// @dev Matched to paid have a place each; the three ends share one.
    function _placeOf(ISaleProcedure.Step step) private pure returns (uint256) {
        return step > ISaleProcedure.Step.Paid ? _CLOSED : uint256(step) - 1;
    }

    function _shiftOf(uint256 place) private pure returns (uint256) {
        return _OPENED_BITS + _PLACE_BITS * place;
    }
}
