// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {InvestorRegistry} from "../InvestorRegistry.sol";
import {SaleProcedure} from "../SaleProcedure.sol";
import {SignatureRegistry} from "../SignatureRegistry.sol";
import {IBatch} from "../interfaces/IBatch.sol";
import {IInstitutions} from "../interfaces/IInstitutions.sol";
import {IInvestorRegistry} from "../interfaces/IInvestorRegistry.sol";
import {ISaleProcedure} from "../interfaces/ISaleProcedure.sol";
import {ISignatureRegistry} from "../interfaces/ISignatureRegistry.sol";
import {ISigned} from "../interfaces/ISigned.sol";
import {Base} from "./Base.sol";
import {PlainInstitutions} from "./PlainInstitutions.sol";

/// @dev A contract wallet that has signed what it was told.
contract PlainWallet {
    bytes32 public approved;

    function approve(bytes32 digest) external {
        approved = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == approved ? bytes4(0x1626ba7e) : bytes4(0);
    }
}

/// @title What others sign and anybody may send; the hashes are written out here a second time
contract SignedActsTest is Base {
    uint256 private constant _P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    bytes private constant _SPKI = hex"3059301306072a8648ce3d020106082a8648ce3d03010703420004";

    PlainInstitutions private _members = new PlainInstitutions();
    InvestorRegistry private _investors;
    SignatureRegistry private _signatures;

    function setUp() external {
        vm.warp(START);
        _investors = new InvestorRegistry(IInstitutions(address(_members)), address(this));
        _signatures = new SignatureRegistry(IInstitutions(address(_members)), address(this));
    }

    function testFuzz_aCertifierSignsAndAnybodySends(uint256 key, uint40 granted, uint40 lasting) external {
        key = within(key, 1, type(uint128).max);
        granted = uint40(within(granted, 1, START));
        lasting = uint40(within(lasting, 1, START));
        vm.warp(1);
        _members.set(vm.addr(key), 7);
        vm.warp(START);
        IInvestorRegistry.Certification[] memory grants = new IInvestorRegistry.Certification[](1);
        grants[0] = IInvestorRegistry.Certification("i", "r", "grant", granted, granted + lasting);
        IInvestorRegistry.Revocation[] memory revocations = new IInvestorRegistry.Revocation[](1);
        revocations[0] = IInvestorRegistry.Revocation("i", "r", "grant", "leaf", granted + lasting);
        IInvestorRegistry.Assessment[] memory outcomes = new IInvestorRegistry.Assessment[](1);
        outcomes[0] = IInvestorRegistry.Assessment("i", "r", "leaf", 3, false, granted, granted + lasting);
        IInvestorRegistry.Ending[] memory endings = new IInvestorRegistry.Ending[](1);
        endings[0] = IInvestorRegistry.Ending("i", "r", "leaf", "changed", granted + lasting);
        ISigned.Authorization memory by = ISigned.Authorization(vm.addr(key), 1, START, "");
        by.signature = signed(key, _recordDigest(grants[0], revocations[0], outcomes[0], endings[0], by));
        vm.expectRevert();
        _investors.recordBySig(by, grants, revocations, outcomes, endings); // the next nonce is 0
        by.nonce = 0;
        by.signature = signed(key, _recordDigest(grants[0], revocations[0], outcomes[0], endings[0], by));
        grants[0].validUntil += 1;
        vm.expectRevert(abi.encodeWithSelector(ISigned.BadSignature.selector, 0, vm.addr(key)));
        _investors.recordBySig(by, grants, revocations, outcomes, endings);
        grants[0].validUntil -= 1;
        _investors.recordBySig(by, grants, revocations, outcomes, endings);
        (bool eligible,) = _investors.eligibleAt("i", "r", 3, granted + lasting - 1);
        truth(eligible, "eligible");
        vm.expectRevert();
        _investors.recordBySig(by, grants, revocations, outcomes, endings); // sent again
    }

    function testFuzz_aP256KeySigns(uint256 key, bytes32 document) external {
        key = within(key, 1, type(uint128).max);
        if (document == 0) document = "d";
        ISignatureRegistry.KeySignature[] memory items = new ISignatureRegistry.KeySignature[](1);
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        items[0] = ISignatureRegistry.KeySignature({
            x: bytes32(x),
            y: bytes32(y),
            document: document,
            documentSm3: "sm3",
            statement: "statement",
            signedAt: START,
            deadline: START,
            r: 0,
            s: 0
        });
        bytes32 digest = sha256(typedData(address(_signatures), _documentHash(document, START, START)));
        (bytes32 r, bytes32 s) = vm.signP256(key, digest);
        if (uint256(s) > _P256_ORDER / 2) s = bytes32(_P256_ORDER - uint256(s));
        (items[0].r, items[0].s) = (r, bytes32(_P256_ORDER - uint256(s)));
        vm.expectRevert(abi.encodeWithSelector(ISigned.MalleableSignature.selector, 0));
        _signatures.signP256(items);
        (items[0].r, items[0].s) = (r ^ bytes32(uint256(1)), s);
        bytes32 thumbprint = sha256(abi.encodePacked(_SPKI, x, y));
        vm.expectRevert(abi.encodeWithSelector(ISignatureRegistry.BadKeySignature.selector, 0, thumbprint));
        _signatures.signP256(items);
        items[0].r = r;
        items[0].y = bytes32(y ^ 1);
        vm.expectRevert(abi.encodeWithSelector(ISignatureRegistry.BadPublicKey.selector, 0));
        _signatures.signP256(items);
        items[0].y = bytes32(y);
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(ISigned.DeadlinePassed.selector, 0, START));
        _signatures.signP256(items);
        vm.warp(START);
        _signatures.signP256(items);
        truth(_signatures.signatureOf(document, thumbprint).checkedOnChain, "checked on chain");
        vm.expectRevert(
            abi.encodeWithSelector(ISignatureRegistry.AlreadySigned.selector, 0, document, thumbprint)
        );
        _signatures.signP256(items);
    }

    function test_aWalletSigns() external {
        PlainWallet wallet = new PlainWallet();
        ISignatureRegistry.TypedSignature[] memory items = new ISignatureRegistry.TypedSignature[](1);
        items[0] = ISignatureRegistry.TypedSignature(address(wallet), "d", "sm3", "statement", START, START, "");
        vm.expectRevert(abi.encodeWithSelector(ISigned.BadSignature.selector, 0, address(wallet)));
        _signatures.sign(items);
        wallet.approve(keccak256(typedData(address(_signatures), _documentHash("d", START, START))));
        _signatures.sign(items);
        bytes32 key = bytes32(uint256(uint160(address(wallet))));
        truth(_signatures.signatureOf("d", key).suite == "eip1271", "suite");
    }

    function testFuzz_aBatchHasALimit(uint256 length) external {
        length = within(length, 1_001, 1_100);
        _members.set(address(this), 7);
        bytes memory refusal = abi.encodeWithSelector(IBatch.BatchTooLarge.selector, length, 1_000);
        vm.expectRevert(refusal);
        _investors.certify(new IInvestorRegistry.Certification[](length));
        vm.expectRevert(refusal);
        _signatures.recordFromLog(new ISignatureRegistry.RecordedSignature[](length));
        SaleProcedure sales = new SaleProcedure(address(this));
        vm.expectRevert(refusal);
        sales.record(new ISaleProcedure.SaleStep[](length));
    }

    function _documentHash(bytes32 document, uint40 signedAt, uint256 deadline) private pure returns (bytes32) {
        bytes32 type_ = keccak256(
            "DocumentSignature(bytes32 document,bytes32 documentSm3,bytes32 statement,uint40 signedAt,uint256 deadline)"
        );
        return keccak256(abi.encode(type_, document, bytes32("sm3"), bytes32("statement"), signedAt, deadline));
    }

    function _recordDigest(
        IInvestorRegistry.Certification memory grant,
        IInvestorRegistry.Revocation memory revocation,
        IInvestorRegistry.Assessment memory outcome,
        IInvestorRegistry.Ending memory ending,
        ISigned.Authorization memory by
    ) private view returns (bytes32) {
        bytes memory granted =
            "Certification(bytes32 investor,bytes32 regime,bytes32 leaf,uint40 grantedAt,uint40 validUntil)";
        bytes memory revoked =
            "Revocation(bytes32 investor,bytes32 regime,bytes32 certification,bytes32 leaf,uint40 revokedAt)";
        bytes memory assessed = "Assessment(bytes32 investor,bytes32 regime,bytes32 leaf,uint8 tolerance,bool lowest,"
            "uint40 completedAt,uint40 validUntil)";
        bytes memory ended =
            "Ending(bytes32 investor,bytes32 regime,bytes32 assessment,bytes32 leaf,uint40 endedAt)";
        bytes memory record = "Record(Certification[] certifications,Revocation[] revocations,"
            "Assessment[] assessments,Ending[] endings,uint256 nonce,uint256 deadline)";
        bytes32[7] memory words;
        words[0] = keccak256(bytes.concat(record, assessed, granted, ended, revoked));
        words[1] = _listOf(abi.encode(keccak256(granted), grant));
        words[2] = _listOf(abi.encode(keccak256(revoked), revocation));
        words[3] = _listOf(abi.encode(keccak256(assessed), outcome));
        words[4] = _listOf(abi.encode(keccak256(ended), ending));
        (words[5], words[6]) = (bytes32(by.nonce), bytes32(by.deadline));
        bytes32 structHash = keccak256(abi.encodePacked(words));
        return keccak256(typedData(address(_investors), structHash));
    }

    /// @dev The hash of a list of one.
    function _listOf(bytes memory item) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(keccak256(item)));
    }
}
