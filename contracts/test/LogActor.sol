// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EvidenceLog} from "../EvidenceLog.sol";
import {IEvidenceLog} from "../interfaces/IEvidenceLog.sol";
import {IInstitutions} from "../interfaces/IInstitutions.sol";
import {Base} from "./Base.sol";
import {PlainInstitutions} from "./PlainInstitutions.sol";

/// @title An operator that anchors growing and shrinking heads, and remembers every one that was taken
contract LogActor is Base {
    struct Head {
        uint64 size;
        bytes32 sha256Root;
        bytes32 sm3Root;
        bytes32 mapRoot;
        uint256 time;
        uint256 number;
    }

    PlainInstitutions public immutable members = new PlainInstitutions();
    EvidenceLog public immutable log = new EvidenceLog(IInstitutions(address(members)));
    Head[] private _heads;
    mapping(uint64 size => uint256) private _witnesses;
    uint256 private _time = START;
    uint256 private _block = 100;

    constructor() {
        members.set(address(this), 1);
        members.set(address(0xAAAA), uint16(1) << uint8(IInstitutions.Role.Witness));
        vm.warp(_time);
        vm.roll(_block);
    }

    function anchor(uint256 seed, bytes32 a, bytes32 b, bytes32 c) external {
        _pass(seed);
        IEvidenceLog.Head memory head = _head(seed, a, b, c);
        bool may = _may(head, _size());
        if (seed >> 200 & 1 == 0) {
            try log.anchor(head.size, head.sha256Root, head.sm3Root, head.mapRoot) {
                _taken(head, may);
            } catch {
                truth(!may, "a growing head was refused");
            }
        } else {
            IEvidenceLog.Writes memory none;
            try log.anchorWith(head, none) {
                _taken(head, may);
            } catch {
                truth(!may, "a growing head was refused");
            }
        }
    }

    function anchorBatch(uint256 seed, bytes32 a, bytes32 b, bytes32 c) external {
        _pass(seed);
        IEvidenceLog.Head[] memory heads = new IEvidenceLog.Head[](seed % 4);
        uint64 size = _size();
        bool may = true;
        for (uint256 i = 0; i < heads.length; ++i) {
            heads[i] = _head(uint256(keccak256(abi.encode(seed, i))), a, b, c);
            heads[i].size += uint64(i * 500);
            may = may && _may(heads[i], size);
            size = heads[i].size;
        }
        try log.anchorBatch(heads) {
            for (uint256 i = 0; i < heads.length; ++i) {
                _taken(heads[i], may);
            }
        } catch {
            truth(!may, "a growing backlog was refused");
        }
    }

    function cosign(uint256 seed) external {
        if (_heads.length == 0) return;
        Head memory head = _heads[seed % _heads.length];
        bool forged = seed >> 64 & 3 == 0;
        IEvidenceLog.Head memory told = IEvidenceLog.Head(head.size, head.sha256Root, head.sm3Root, head.mapRoot);
        if (forged && seed & 1 == 0) told.sha256Root = keccak256(abi.encode(head.sha256Root));
        else if (forged) told.mapRoot = keccak256(abi.encode(head.mapRoot));
        vm.prank(address(0xAAAA));
        try log.cosign(told) {
            truth(!forged && _witnesses[head.size] == 0, "a cosignature was taken that may not be");
            _witnesses[head.size] = 1;
        } catch {
            truth(forged || _witnesses[head.size] == 1, "a cosignature was refused that may be");
        }
    }

    /// @dev The head is the last and the largest, and no other of the last three has changed.
    function check() external view {
        _check(_heads.length > 3 ? _heads.length - 3 : 0);
    }

    /// @dev Nothing that was ever anchored has changed.
    function checkAll() external view {
        _check(0);
    }

    function _check(uint256 first) private view {
        (uint64 size, uint64 count, IEvidenceLog.Checkpoint memory top) = log.head();
        equal(count, _heads.length, "number of checkpoints");
        equal(size, _size(), "the newest size");
        uint64 before = first == 0 ? 0 : _heads[first - 1].size;
        for (uint256 i = first; i < _heads.length; ++i) {
            Head memory head = _heads[i];
            truth(head.size > before, "the log shrank");
            before = head.size;
            IEvidenceLog.Checkpoint memory kept = log.checkpointOf(head.size);
            equal(kept.time, head.time, "block time");
            equal(kept.blockNumber, head.number, "block number");
            truth(kept.roots == bytes23(keccak256(abi.encode(head.sha256Root, head.sm3Root, head.mapRoot))), "roots");
            equal(log.witnessCount(head.size), _witnesses[head.size], "witnesses");
        }
        if (_heads.length != 0) equal(top.time, _heads[_heads.length - 1].time, "time of the head");
    }

    function _pass(uint256 seed) private {
        _time += within(seed >> 96, 0, 1 hours);
        _block += within(seed >> 128, 0, 3);
        vm.warp(_time);
        vm.roll(_block);
    }

    function _size() private view returns (uint64) {
        return _heads.length == 0 ? 0 : _heads[_heads.length - 1].size;
    }

    /// @dev Mostly larger than the last; roots now and then missing.
    function _head(uint256 seed, bytes32 a, bytes32 b, bytes32 c) private view returns (IEvidenceLog.Head memory head) {
        uint256 size = _size();
        head.size = uint64(seed >> 8 & 7 == 0 ? within(seed >> 16, 0, size) : size + within(seed >> 16, 1, 2000));
        if (seed >> 80 & 31 == 0) a = 0;
        if (seed >> 85 & 31 == 0) b = 0;
        if (seed >> 90 & 31 == 0) c = 0;
        (head.sha256Root, head.sm3Root, head.mapRoot) = (a, b, c);
    }

    function _may(IEvidenceLog.Head memory head, uint64 size) private pure returns (bool) {
        return head.size > size && head.sha256Root != 0 && head.sm3Root != 0 && head.mapRoot != 0;
    }

    function _taken(IEvidenceLog.Head memory head, bool may) private {
        truth(may, "a head was taken that does not grow or lacks a root");
        _heads.push(Head(head.size, head.sha256Root, head.sm3Root, head.mapRoot, _time, _block));
    }
}
