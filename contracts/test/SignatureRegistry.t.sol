// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SignatureRegistry} from "../SignatureRegistry.sol";
import {IInstitutions} from "../interfaces/IInstitutions.sol";
import {ISignatureRegistry} from "../interfaces/ISignatureRegistry.sol";
import {ISigned} from "../interfaces/ISigned.sol";
import {Base} from "./Base.sol";
import {PlainInstitutions} from "./PlainInstitutions.sol";

/// @title Records and signs few documents with few keys, so that most are there already
contract SignatureActor is Base {
    struct Kept {
        uint256 recordedAt;
        uint256 signedAt;
        bool checkedOnChain;
        bytes16 suite;
    }

    uint256 private constant _OTHER = 1000; // makes another key of a key
    uint256 private constant _DOCUMENTS = 5;
    uint256 private constant _KEYS = 4;

    PlainInstitutions public immutable members = new PlainInstitutions();
    SignatureRegistry public immutable registry;
    mapping(bytes32 document => mapping(bytes32 key => Kept)) private _kept;
    address[4] private _signers; // finding the account of a key is dear
    uint256 private _time = START;

    constructor() {
        registry = new SignatureRegistry(IInstitutions(address(members)), address(this));
        members.set(address(this), 1);
        for (uint256 i = 0; i < _KEYS; ++i) {
            _signers[i] = vm.addr(1 + i);
        }
        vm.warp(_time);
    }

    function record(uint256 seed, uint40 signedAt, bool asLog) external {
        _pass(seed);
        ISignatureRegistry.RecordedSignature[] memory items = new ISignatureRegistry.RecordedSignature[](1);
        items[0] = ISignatureRegistry.RecordedSignature(_document(seed), _key(seed), "leaf", "x509-p256", signedAt);
        if (asLog) registry.recordFromLog(items);
        else registry.record(items);
        if (_kept[items[0].document][items[0].key].recordedAt == 0) {
            _kept[items[0].document][items[0].key] = Kept(_time, signedAt, false, "x509-p256");
        }
    }

    function sign(uint256 seed) external {
        _pass(seed);
        uint256 secret = 1 + seed / _DOCUMENTS % _KEYS;
        bytes32 document = _document(seed);
        uint40 signedAt = uint40(within(seed >> 64, _time - 1 days, _time + 1 hours));
        uint256 deadline = within(seed >> 96, _time - 1 hours, _time + 1 days);
        bool forged = seed >> 128 & 3 == 0;
        ISignatureRegistry.TypedSignature[] memory items = new ISignatureRegistry.TypedSignature[](1);
        items[0] = ISignatureRegistry.TypedSignature({
            signer: _signers[secret - 1],
            document: document,
            documentSm3: "sm3",
            statement: "statement",
            signedAt: signedAt,
            deadline: deadline,
            signature: _signed(forged ? secret + _OTHER : secret, document, signedAt, deadline)
        });
        bool may = !forged && _kept[document][_key(seed)].recordedAt == 0 && signedAt <= _time && _time <= deadline;
        try registry.sign(items) {
            truth(may, "a signature was taken that may not be");
            _kept[document][_key(seed)] = Kept(_time, signedAt, true, "eip712-secp256k1");
        } catch {
            truth(!may, "a signature was refused that may be");
        }
    }

    /// @dev Of one document, a different one after each call, and each key the first signature stays as it was.
    function check() external view {
        _check(uint256(keccak256(abi.encode(_time))) % _DOCUMENTS, _DOCUMENTS);
    }

    /// @dev The same of all documents.
    function checkAll() external view {
        _check(0, 1);
    }

    function _check(uint256 first, uint256 step) private view {
        for (uint256 seed = first; seed < _DOCUMENTS * _KEYS; seed += step) {
            (bytes32 document, bytes32 key) = (_document(seed), _key(seed));
            Kept storage kept = _kept[document][key];
            truth(!registry.signedBefore(document, key, uint40(kept.recordedAt)), "before it was recorded");
            truth(registry.signedBefore(document, key, uint40(_time + 1)) == (kept.recordedAt != 0), "before now");
            if (kept.recordedAt == 0) continue;
            ISignatureRegistry.Entry memory found = registry.signatureOf(document, key);
            equal(found.recordedAt, kept.recordedAt, "when it was recorded");
            equal(found.signedAt, kept.signedAt, "when it was signed");
            truth(found.suite == kept.suite && found.checkedOnChain == kept.checkedOnChain, "how it was signed");
        }
    }

    function _signed(uint256 secret, bytes32 document, uint40 signedAt, uint256 deadline)
        private
        view
        returns (bytes memory)
    {
        bytes32 digest = registry.digestOf(document, "sm3", "statement", signedAt, deadline);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        return abi.encodePacked(r, s, v);
    }

    function _pass(uint256 seed) private {
        _time += within(seed >> 32, 0, 1 hours);
        vm.warp(_time);
    }

    function _document(uint256 seed) private pure returns (bytes32) {
        return keccak256(abi.encode("document", seed % _DOCUMENTS));
    }

    function _key(uint256 seed) private view returns (bytes32) {
        return bytes32(uint256(uint160(_signers[seed / _DOCUMENTS % _KEYS])));
    }
}

contract SignatureRegistryInvariantTest is Base {
    SignatureActor private _actor;

    function setUp() external {
        _actor = new SignatureActor();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (SignatureActor.record.selector, SignatureActor.sign.selector);
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_actor), selectors);
    }

    function invariant_theFirstSignatureStays() external view {
        _actor.check();
    }

    function afterInvariant() external view {
        _actor.checkAll();
    }

    function test_signaturesAreTaken() external {
        for (uint256 i = 0; i < 60; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("signatures", i)));
            if (i % 3 == 0) _actor.record(seed, START, i % 2 == 0);
            else _actor.sign(seed);
        }
        _actor.checkAll();
    }
}

contract SignatureRegistryTest is Base {
    PlainInstitutions private _members = new PlainInstitutions();
    SignatureRegistry private _registry;

    function setUp() external {
        vm.warp(START);
        _registry = new SignatureRegistry(IInstitutions(address(_members)), address(this));
    }

    function test_itemsWithoutNamesAreRefused() external {
        for (uint256 i = 0; i < 4; ++i) {
            ISignatureRegistry.RecordedSignature[] memory items = new ISignatureRegistry.RecordedSignature[](1);
            items[0] = ISignatureRegistry.RecordedSignature(
                i == 0 ? bytes32(0) : bytes32("d"), i == 1 ? bytes32(0) : bytes32("k"),
                i == 2 ? bytes32(0) : bytes32("l"), i == 3 ? bytes16(0) : bytes16("s"), START
            );
            vm.expectRevert(abi.encodeWithSelector(ISignatureRegistry.MissingName.selector, 0));
            _registry.recordFromLog(items);
        }
        ISignatureRegistry.TypedSignature[] memory typed = new ISignatureRegistry.TypedSignature[](1);
        vm.expectRevert(abi.encodeWithSelector(ISignatureRegistry.MissingName.selector, 0));
        _registry.sign(typed);
        typed[0].document = "d";
        vm.expectRevert(abi.encodeWithSelector(ISigned.ZeroSigner.selector, 0));
        _registry.sign(typed);
    }

    function test_onlyOperatorsAndTheLogRecord() external {
        ISignatureRegistry.RecordedSignature[] memory none = new ISignatureRegistry.RecordedSignature[](0);
        vm.expectRevert(abi.encodeWithSelector(ISignatureRegistry.NotOperator.selector, address(this)));
        _registry.record(none);
        vm.prank(address(1));
        vm.expectRevert(abi.encodeWithSelector(ISignatureRegistry.NotLog.selector, address(1)));
        _registry.recordFromLog(none);
        vm.expectRevert(abi.encodeWithSelector(ISignatureRegistry.UnknownSignature.selector, bytes32("d"), bytes32("k")));
        _registry.signatureOf("d", "k");
    }

    function test_aPauseStopsSigning() external {
        _members.setPaused(true);
        vm.expectRevert(abi.encodeWithSelector(IInstitutions.WritesPaused.selector));
        _registry.sign(new ISignatureRegistry.TypedSignature[](0));
        vm.expectRevert(abi.encodeWithSelector(IInstitutions.WritesPaused.selector));
        _registry.signP256(new ISignatureRegistry.KeySignature[](0));
    }
}
