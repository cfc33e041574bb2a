// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EvidenceLog} from "../EvidenceLog.sol";
import {IEvidenceLog} from "../interfaces/IEvidenceLog.sol";
import {IInstitutions} from "../interfaces/IInstitutions.sol";
import {IInvestorRegistry} from "../interfaces/IInvestorRegistry.sol";
import {ISaleProcedure} from "../interfaces/ISaleProcedure.sol";
import {ISignatureRegistry} from "../interfaces/ISignatureRegistry.sol";
import {ISigned} from "../interfaces/ISigned.sol";
import {Base} from "./Base.sol";
import {LogActor} from "./LogActor.sol";
import {PlainInstitutions} from "./PlainInstitutions.sol";

contract EvidenceLogInvariantTest is Base {
    LogActor private _actor;

    function setUp() external {
        _actor = new LogActor();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](3);
        selectors[0] = LogActor.anchor.selector;
        selectors[1] = LogActor.anchorBatch.selector;
        selectors[2] = LogActor.cosign.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_actor), selectors);
    }

    function invariant_theLogOnlyGrows() external view {
        _actor.check();
    }

    function afterInvariant() external view {
        _actor.checkAll();
    }

    function test_headsAreTaken() external {
        for (uint256 i = 0; i < 60; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("a log", i)));
            if (i % 3 == 0) _actor.anchor(seed, "a", "b", "c");
            if (i % 3 == 1) _actor.anchorBatch(seed, "a", "b", "c");
            if (i % 3 == 2) _actor.cosign(seed);
        }
        _actor.checkAll();
        (, uint64 count,) = _actor.log().head();
        truth(count >= 30, "hardly anything was anchored");
    }
}

contract EvidenceLogTest is Base {
    PlainInstitutions private _members = new PlainInstitutions();
    EvidenceLog private _log;

    function setUp() external {
        vm.warp(START);
        _log = new EvidenceLog(IInstitutions(address(_members)));
        _members.set(address(this), 7);
    }

    /// @dev RFC 9162 trees of any size: the right path is taken; a path with one changed bit, of another length, or for
    /// another place is not.
    function testFuzz_onlyTheRightPathIsIncluded(uint256 size, uint256 index, uint256 seed) external {
        size = within(size, 1, 300);
        index = within(index, 0, size - 1);
        bytes32 root = _root(seed, 0, size);
        _log.anchor(uint64(size), root, "sm3", "map");
        bytes32[] memory path = new bytes32[](16);
        uint256 length = _path(seed, index, 0, size, path, 0);
        path = _cut(path, length);
        bytes32 leaf = _leaf(seed, index);
        equal(_log.verifyInclusion(leaf, uint64(index), _head(size, root), path), START, "time");
        _refused(leaf ^ bytes32(uint256(1) << seed % 256), index, size, root, path);
        for (uint256 i = 0; i < length; ++i) {
            bytes32 kept = path[i];
            path[i] = kept ^ bytes32(uint256(1) << seed % 256);
            _refused(leaf, index, size, root, path);
            path[i] = kept;
        }
        if (length != 0) _refused(leaf, index, size, root, _cut(path, length - 1));
        bytes32[] memory longer = new bytes32[](length + 1);
        for (uint256 i = 0; i < length; ++i) {
            longer[i] = path[i];
        }
        _refused(leaf, index, size, root, longer);
        if (size > 1) _refused(leaf, (index + 1) % size, size, root, path);
    }

    function test_whatIsNotAnchoredProvesNothing() external {
        _log.anchor(4, "root", "sm3", "map");
        bytes32[] memory path = new bytes32[](0);
        vm.expectRevert(abi.encodeWithSelector(IEvidenceLog.UnknownCheckpoint.selector, 3));
        _log.verifyInclusion("leaf", 0, _head(3, "root"), path);
        vm.expectRevert(abi.encodeWithSelector(IEvidenceLog.UnknownCheckpoint.selector, 3));
        _log.checkpointOf(3);
        for (uint256 i = 0; i < 3; ++i) {
            IEvidenceLog.Head memory other = _head(4, "root");
            if (i == 0) other.sha256Root = "other";
            if (i == 1) other.sm3Root = "other";
            if (i == 2) other.mapRoot = "other";
            vm.expectRevert(abi.encodeWithSelector(IEvidenceLog.RootsDiffer.selector, 0, 4));
            _log.verifyInclusion("leaf", 0, other, path);
        }
        vm.expectRevert(abi.encodeWithSelector(IEvidenceLog.IndexOutsideTree.selector, 4, 4));
        _log.verifyInclusion("leaf", 4, _head(4, "root"), path);
    }

    function test_onlyOperatorsAnchor() external {
        IEvidenceLog.Writes memory none;
        vm.startPrank(address(1));
        bytes memory refusal = abi.encodeWithSelector(IEvidenceLog.NotOperator.selector, address(1));
        vm.expectRevert(refusal);
        _log.anchor(1, "a", "b", "c");
        vm.expectRevert(refusal);
        _log.anchorWith(IEvidenceLog.Head(1, "a", "b", "c"), none);
        vm.expectRevert(refusal);
        _log.anchorBatch(new IEvidenceLog.Head[](0));
        vm.expectRevert(refusal);
        _log.recordAhead(none);
        vm.stopPrank();
        _members.setPaused(true);
        vm.expectRevert(abi.encodeWithSelector(IInstitutions.WritesPaused.selector));
        _log.anchor(1, "a", "b", "c");
    }

    function test_writesOfEveryKindTravelWithTheirHead() external {
        IEvidenceLog.Writes memory writes;
        writes.certifications = new IInvestorRegistry.Certification[](1);
        writes.certifications[0] = IInvestorRegistry.Certification("i", "r", "grant", START, START + 9);
        writes.revocations = new IInvestorRegistry.Revocation[](1);
        writes.revocations[0] = IInvestorRegistry.Revocation("i", "r", "grant", "leaf", START + 5);
        writes.assessments = new IInvestorRegistry.Assessment[](1);
        writes.assessments[0] = IInvestorRegistry.Assessment("i", "r", "leaf", 3, false, START, START + 9);
        writes.endings = new IInvestorRegistry.Ending[](1);
        writes.endings[0] = IInvestorRegistry.Ending("i", "r", "leaf", "changed", START + 6);
        writes.signatures = new ISignatureRegistry.RecordedSignature[](1);
        writes.signatures[0] = ISignatureRegistry.RecordedSignature("document", "key", "leaf", "sm2", START);
        writes.saleSteps = new ISaleProcedure.SaleStep[](1);
        writes.saleSteps[0] = ISaleProcedure.SaleStep({
            sale: "sale",
            leaf: "leaf",
            step: ISaleProcedure.Step.Opened,
            number: 1,
            at: START,
            coolingOffHours: 24,
            start: ISaleProcedure.Start.CompletedAndPaid,
            visitDue: true,
            exemption: ISaleProcedure.Exemption.None
        });
        _log.anchorWith(IEvidenceLog.Head(1, "a", "b", "c"), writes);
        (, uint16 reasons) = _log.investors().eligibleAt("i", "r", 3, START + 4);
        equal(reasons, 0, "eligible before the revocation");
        (, reasons) = _log.investors().eligibleAt("i", "r", 3, START + 5);
        equal(reasons, 4, "revoked");
        (, reasons) = _log.investors().eligibleAt("i", "r", 3, START + 6);
        equal(reasons, 4 + 2048, "ended");
        equal(_log.signatures().signatureOf("document", "key").signedAt, START, "signed");
        equal(_log.sales().proofOfOrder("sale").opened, START, "opened");
    }

    function test_writesMayGoAheadOfTheirHead() external {
        IEvidenceLog.Writes memory writes;
        writes.signatures = new ISignatureRegistry.RecordedSignature[](1);
        writes.signatures[0] = ISignatureRegistry.RecordedSignature("document", "key", "leaf", "sm2", START);
        _log.recordAhead(writes);
        truth(!_log.signatures().signatureOf("document", "key").checkedOnChain, "recorded");
    }

    function testFuzz_aSecondFormOfASignatureIsRefused(uint256 key) external {
        key = within(key, 1, type(uint128).max);
        _members.set(vm.addr(key), uint16(1) << uint8(IInstitutions.Role.Witness));
        _log.anchor(7, "a", "b", "c");
        IEvidenceLog.Cosignature[] memory items = new IEvidenceLog.Cosignature[](1);
        (bytes32 r, bytes32 s, uint8 v) = _split(_signed(key, 7, START));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes memory other = abi.encodePacked(r, bytes32(order - uint256(s)), v ^ 7);
        items[0] = IEvidenceLog.Cosignature(vm.addr(key), IEvidenceLog.Head(7, "a", "b", "c"), START, other);
        vm.expectRevert(abi.encodeWithSelector(ISigned.MalleableSignature.selector, 0));
        _log.cosignBySig(items);
        items[0].signature = abi.encodePacked(r, s);
        vm.expectRevert(abi.encodeWithSelector(ISigned.BadSignatureLength.selector, 0, 64));
        _log.cosignBySig(items);
        items[0].witness = address(this);
        vm.expectRevert(abi.encodeWithSelector(ISigned.BadSignature.selector, 0, address(this)));
        _log.cosignBySig(items);
    }

    function testFuzz_aWitnessCosignsByItsSignature(uint256 key, uint256 other) external {
        (key, other) = (within(key, 1, type(uint128).max), within(other, 1, type(uint128).max));
        vm.assume(key != other);
        address witness = vm.addr(key);
        _members.set(witness, uint16(1) << uint8(IInstitutions.Role.Witness));
        _log.anchor(7, "a", "b", "c");
        IEvidenceLog.Cosignature[] memory items = new IEvidenceLog.Cosignature[](1);
        items[0] = IEvidenceLog.Cosignature(
            witness, IEvidenceLog.Head(7, "a", "b", "c"), START, _signed(other, 7, START)
        );
        vm.expectRevert(abi.encodeWithSelector(ISigned.BadSignature.selector, 0, witness));
        _log.cosignBySig(items);
        items[0].signature = _signed(key, 8, START);
        vm.expectRevert(abi.encodeWithSelector(ISigned.BadSignature.selector, 0, witness));
        _log.cosignBySig(items);
        items[0].signature = _signed(key, 7, START);
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(ISigned.DeadlinePassed.selector, 0, START));
        _log.cosignBySig(items);
        vm.warp(START);
        items[0].signature = _signed(key, 7, START);
        truth(!_log.hasCosigned(7, witness), "not yet");
        _log.cosignBySig(items);
        truth(_log.hasCosigned(7, witness), "cosigned");
        truth(!_log.hasCosigned(7, address(uint160(witness) ^ 1)), "another account of the same first bytes");
        equal(_log.witnessesOf(7).length, 1, "one witness");
        vm.expectRevert(abi.encodeWithSelector(IEvidenceLog.AlreadyCosigned.selector, 0, 7, witness));
        _log.cosignBySig(items);
        vm.expectRevert(abi.encodeWithSelector(IEvidenceLog.NotWitness.selector, 0, address(this)));
        _log.cosign(IEvidenceLog.Head(7, "a", "b", "c"));
    }

    function _signed(uint256 key, uint64 size, uint256 deadline) private view returns (bytes memory) {
        bytes32 type_ = keccak256("Cosign(uint64 size,bytes32 sha256Root,bytes32 sm3Root,bytes32 mapRoot,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(type_, size, bytes32("a"), bytes32("b"), bytes32("c"), deadline));
        return signed(key, keccak256(typedData(address(_log), structHash)));
    }

    function _split(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        (r, s) = abi.decode(signature, (bytes32, bytes32));
        v = uint8(signature[64]);
    }

    function _head(uint256 size, bytes32 root) private pure returns (IEvidenceLog.Head memory) {
        return IEvidenceLog.Head(uint64(size), root, "sm3", "map");
    }

    function _refused(bytes32 leaf, uint256 index, uint256 size, bytes32 root, bytes32[] memory path) private {
        vm.expectRevert(abi.encodeWithSelector(IEvidenceLog.NotIncluded.selector, leaf, index, size));
        _log.verifyInclusion(leaf, uint64(index), _head(size, root), path);
    }

    function _leaf(uint256 seed, uint256 index) private pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x00), seed, index));
    }

    /// @dev RFC 9162 §2.1.1 as it is written.
    function _root(uint256 seed, uint256 first, uint256 count) private pure returns (bytes32) {
        if (count == 1) return _leaf(seed, first);
        uint256 left = _split(count);
        return sha256(
            abi.encodePacked(bytes1(0x01), _root(seed, first, left), _root(seed, first + left, count - left))
        );
    }

    /// @dev RFC 9162 §2.1.3.1: fills `path` from the leaf up, returns how far.
    function _path(uint256 seed, uint256 index, uint256 first, uint256 count, bytes32[] memory path, uint256 length)
        private
        pure
        returns (uint256)
    {
        if (count == 1) return length;
        uint256 left = _split(count);
        if (index < left) {
            length = _path(seed, index, first, left, path, length);
            path[length] = _root(seed, first + left, count - left);
        } else {
            length = _path(seed, index - left, first + left, count - left, path, length);
            path[length] = _root(seed, first, left);
        }
        return length + 1;
    }

    /// @dev The largest power of two below `count`.
    function _split(uint256 count) private pure returns (uint256 left) {
        left = 1;
        while (left * 2 < count) left *= 2;
    }

    function _cut(bytes32[] memory path, uint256 length) private pure returns (bytes32[] memory cut) {
        cut = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) {
            cut[i] = path[i];
        }
    }
}
