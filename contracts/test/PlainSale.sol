// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ISaleProcedure} from "../interfaces/ISaleProcedure.sol";

/// @title A sale as the law tells it, kept without any packing
/// @dev Written from 募集行为办法 arts. 15, 26-32, not from the contract: the tests hold each against the other.
contract PlainSale {
    uint256 private constant _FOUR_YEARS = 134_217_726;

    bool public opened;
    bool public reopened;
    bool public visitDue;
    bool public qualificationSkipped;
    bool public coolingOffSkipped;
    uint256 public count;
    uint256 public hours_;
    ISaleProcedure.Start public start;
    ISaleProcedure.Outcome public outcome;
    mapping(ISaleProcedure.Step step => bool) public did;
    mapping(ISaleProcedure.Step step => uint256) public when;

    /// @dev Whether the law lets this step be taken now, at block time `time`.
    function lawful(ISaleProcedure.SaleStep calldata item, uint256 time) external view returns (bool) {
        if (item.sale == 0 || item.leaf == 0 || item.at > time || item.number != count + 1 || count == 511) return false;
        if (!opened) {
            return item.step == ISaleProcedure.Step.Opened && item.coolingOffHours >= 24 && item.coolingOffHours <= 1023
                && item.at != 0;
        }
        if (outcome != ISaleProcedure.Outcome.Open || item.step == ISaleProcedure.Step.Opened) return false;
        if (item.at < when[ISaleProcedure.Step.Opened]) return false;
        if (item.step == ISaleProcedure.Step.Reopened) {
            return did[ISaleProcedure.Step.Matched] && !reopened && item.at >= when[ISaleProcedure.Step.Matched];
        }
        if (item.step == ISaleProcedure.Step.Matched && did[ISaleProcedure.Step.Matched]) {
            return reopened && item.at >= when[ISaleProcedure.Step.Matched];
        }
        if (did[item.step] || item.at - when[ISaleProcedure.Step.Opened] > _FOUR_YEARS) return false;
        return item.step == ISaleProcedure.Step.Rescinded ? _afterAll(item.at) : _inOrder(item);
    }

    /// @dev Keep a step that was taken.
    function take(ISaleProcedure.SaleStep calldata item) external {
        ISaleProcedure.Step step = item.step;
        ++count;
        if (step == ISaleProcedure.Step.Opened) {
            (opened, hours_, start, visitDue) = (true, item.coolingOffHours, item.start, item.visitDue);
        } else if (step == ISaleProcedure.Step.Reopened) {
            reopened = true;
            return;
        } else if (step == ISaleProcedure.Step.Matched && did[step]) {
            reopened = false;
            return;
        } else if (step == ISaleProcedure.Step.Signed && !did[ISaleProcedure.Step.Qualified]) {
            qualificationSkipped = true;
        } else if (step == ISaleProcedure.Step.Visited || step == ISaleProcedure.Step.Effective) {
            outcome = step == ISaleProcedure.Step.Visited
                ? ISaleProcedure.Outcome.Visited
                : ISaleProcedure.Outcome.Effective;
            coolingOffSkipped = item.at < ends();
        } else if (step == ISaleProcedure.Step.Rescinded) {
            outcome = ISaleProcedure.Outcome.Rescinded;
        }
        did[step] = true;
        when[step] = item.at;
    }

    /// @dev When cooling-off ends; zero if it has not begun.
    function ends() public view returns (uint256) {
        bool completed = did[ISaleProcedure.Step.Completed];
        bool paid = did[ISaleProcedure.Step.Paid];
        uint256 length = hours_ * 3600;
        if (start == ISaleProcedure.Start.Completed) return completed ? when[ISaleProcedure.Step.Completed] + length : 0;
        if (start == ISaleProcedure.Start.Paid) return paid ? when[ISaleProcedure.Step.Paid] + length : 0;
        if (!completed || !paid) return 0;
        uint256 a = when[ISaleProcedure.Step.Completed];
        uint256 b = when[ISaleProcedure.Step.Paid];
        return (a > b ? a : b) + length;
    }

    /// @dev When it was ended, zero if it is not.
    function closed() external view returns (uint256) {
        return when[ISaleProcedure.Step.Visited] + when[ISaleProcedure.Step.Effective]
            + when[ISaleProcedure.Step.Rescinded];
    }

    function _inOrder(ISaleProcedure.SaleStep calldata item) private view returns (bool) {
        ISaleProcedure.Step step = item.step;
        if (step == ISaleProcedure.Step.Matched) return true;
        if (step == ISaleProcedure.Step.Disclosed) return _after(ISaleProcedure.Step.Matched, item.at);
        if (step == ISaleProcedure.Step.Qualified) {
            return !did[ISaleProcedure.Step.Signed] && _after(ISaleProcedure.Step.Disclosed, item.at);
        }
        if (reopened) return false;
        if (step == ISaleProcedure.Step.Signed) {
            if (did[ISaleProcedure.Step.Qualified]) return _after(ISaleProcedure.Step.Qualified, item.at);
            return item.exemption == ISaleProcedure.Exemption.Qualification
                && _after(ISaleProcedure.Step.Disclosed, item.at);
        }
        if (step == ISaleProcedure.Step.Completed || step == ISaleProcedure.Step.Paid) {
            return _after(ISaleProcedure.Step.Signed, item.at);
        }
        if (!_after(ISaleProcedure.Step.Completed, item.at) || !_after(ISaleProcedure.Step.Paid, item.at)) return false;
        if (item.exemption != ISaleProcedure.Exemption.None) return true;
        return item.at >= ends() && (step == ISaleProcedure.Step.Visited || !visitDue);
    }

    function _after(ISaleProcedure.Step before, uint256 at) private view returns (bool) {
        return did[before] && at >= when[before];
    }

    function _afterAll(uint256 at) private view returns (bool) {
        for (uint8 step = 0; step <= uint8(ISaleProcedure.Step.Paid); ++step) {
            if (did[ISaleProcedure.Step(step)] && at < when[ISaleProcedure.Step(step)]) return false;
        }
        return true;
    }
}
