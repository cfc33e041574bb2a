// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title What all batches have in common
interface IBatch {
    /// @notice A batch of `length` items: cut it into parts of at most `limit`.
    error BatchTooLarge(uint256 length, uint256 limit);
}
