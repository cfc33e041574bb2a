// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBatch} from "../interfaces/IBatch.sol";

/// @title Batch
/// @notice One limit for the batches of all writes, so that too many items are a clear refusal and not a lack of gas.
library Batch {
    /// @dev At 28,000 gas an item this is a block of 28 million.
    uint256 internal constant LIMIT = 1_000;

    function requireFits(uint256 length) internal pure {
        if (length > LIMIT) revert IBatch.BatchTooLarge(length, LIMIT);
    }
}
