// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The order of a sale: which steps are done, and when, in one slot a sale
/// @notice A sale is 32 random bytes. Its steps come in the order of the law (募集行为办法 arts. 15, 26-32): opened (after
/// the specific-person determination), matched, risk disclosed, qualified on proof, contract signed; then completed and
/// paid in either order; cooling-off; the return visit. Until the visit has succeeded the investor may rescind.
/// @dev Times are the claimed ones in whole seconds, rounded down, never after the block: a batch anchored days late
/// keeps the order in which things happened. Steps of one sale are numbered, so none can be left out, repeated or
/// overtaken unseen. The event of a step has its record; its block says when the claim was made at the latest.
interface ISaleProcedure {
    /// @notice What happens in a sale. `Reopened`: the match no longer stands (130号令 art. 21) and is to be made again.
    enum Step {
        Opened,
        Matched,
        Disclosed,
        Qualified,
        Signed,
        Completed,
        Paid,
        Visited,
        Effective,
        Rescinded,
        Reopened
    }

    /// @notice What begins cooling-off: the later of completed and paid (securities funds), or one of them by contract.
    enum Start {
        CompletedAndPaid,
        Completed,
        Paid
    }

    /// @notice What the investor may skip (募集行为办法 art. 32), on the operator's word: nothing; cooling-off and visit
    /// (professional institutions); qualification, cooling-off and visit.
    enum Exemption {
        None,
        Visit,
        Qualification
    }

    /// @notice How a sale ended. `Effective`: without a visit, because none is due.
    enum Outcome {
        Open,
        Visited,
        Effective,
        Rescinded
    }

    /// @notice One step of one sale.
    /// @param sale Stream of the sale
    /// @param leaf Leaf hash of its record
    /// @param step What happened
    /// @param number Which step of this sale it is, from 1
    /// @param at Claimed time, seconds
    /// @param coolingOffHours Only read when opened: 24 to 1,023
    /// @param start Only read when opened
    /// @param visitDue Only read when opened: whether the contract has the return visit
    /// @param exemption Only read where a step would be too early without it
    struct SaleStep {
        bytes32 sale;
        bytes32 leaf;
        Step step;
        uint16 number;
        uint40 at;
        uint16 coolingOffHours;
        Start start;
        bool visitDue;
        Exemption exemption;
    }

    /// @notice A sale in its order. Zero stands for "not done".
    /// @param matched The first match; a later one is in the events
    /// @param closed When it was visited, took effect or was rescinded, as `outcome` says
    /// @param coolingOffEnds Zero until it has begun
    /// @param steps How many there were
    /// @param reopened Whether the match is to be made again
    /// @param qualificationSkipped Whether the contract was signed without qualification, by exemption
    /// @param coolingOffSkipped Whether the sale was visited or took effect before cooling-off was over, by exemption
    struct Order {
        uint40 opened;
        uint40 matched;
        uint40 disclosed;
        uint40 qualified;
        uint40 signed;
        uint40 completed;
        uint40 paid;
        uint40 closed;
        Outcome outcome;
        uint40 coolingOffEnds;
        uint16 coolingOffHours;
        Start start;
        bool visitDue;
        uint16 steps;
        bool reopened;
        bool qualificationSkipped;
        bool coolingOffSkipped;
    }

    /// @notice A step was taken; `number` counts the steps of this sale.
    event StepTaken(bytes32 indexed sale, Step indexed step, bytes32 leaf, uint40 at, uint16 number);

    /// @notice The caller is not the log, which alone forwards on behalf of an operator.
    error NotLog(address caller);
    /// @notice Item `index` names no sale or leaf.
    error MissingName(uint256 index);
    /// @notice Item `index` is not the next step of its sale, which is number `next`.
    error NotNextStep(uint256 index, bytes32 sale, Step step, uint16 number, uint16 next);
    /// @notice Item `index` claims a time after this block.
    error StepInFuture(uint256 index, bytes32 sale, Step step, uint40 at);
    /// @notice Item `index` comes more than four years after the sale was opened.
    error StepTooLate(uint256 index, bytes32 sale, Step step, uint40 at);
    /// @notice Item `index` agrees on a cooling-off below the law's 24 hours, or above 1,023.
    error CoolingOffOutOfRange(uint256 index, bytes32 sale, uint16 coolingOffHours);
    /// @notice Item `index` comes before `missing` is done.
    error StepOutOfOrder(uint256 index, bytes32 sale, Step step, Step missing);
    /// @notice `step` of item `index` is done already, or is the signature that closes qualification.
    error StepDone(uint256 index, bytes32 sale, Step step);
    /// @notice Item `index` comes after the sale has ended.
    error SaleEnded(uint256 index, bytes32 sale, Step step, Outcome outcome);
    /// @notice Item `index` claims a time before the step that it comes after, which was at `earliest`.
    error StepBackdated(uint256 index, bytes32 sale, Step step, uint40 at, uint40 earliest);
    /// @notice Item `index` lies inside cooling-off, which lasts until `ends`.
    error InsideCoolingOff(uint256 index, bytes32 sale, Step step, uint40 at, uint40 ends);
    /// @notice Item `index` would take effect without the visit that is due.
    error VisitDue(uint256 index, bytes32 sale);
    /// @notice Item `index` would be step 512 of its sale.
    error TooManySteps(uint256 index, bytes32 sale);
    /// @notice No such sale was opened.
    error UnknownSale(bytes32 sale);

    /// @notice Record the steps that travel with a checkpoint. Only the log, which has checked that the sender is an
    /// operator. All or nothing.
    function record(SaleStep[] calldata items) external;

    /// @notice The order in which this sale's steps were taken, with all times: what the contract accepted is in order.
    /// @dev Reverts with `UnknownSale`.
    function proofOfOrder(bytes32 sale) external view returns (Order memory);

    /// @notice `proofOfOrder` for many; all zeros for a sale that is unknown.
    function proofsOfOrder(bytes32[] calldata sales) external view returns (Order[] memory orders);
}
