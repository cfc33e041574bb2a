// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev What we use of the cheat codes that Hardhat's (as Foundry's) runner answers at this address.
interface Vm {
    function warp(uint256 time) external;
    function roll(uint256 number) external;
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function expectRevert(bytes calldata data) external;
    function expectRevert() external;
    function assume(bool condition) external pure;
    function addr(uint256 key) external pure returns (address);
    function signP256(uint256 key, bytes32 digest) external pure returns (bytes32 r, bytes32 s);
    function publicKeyP256(uint256 key) external pure returns (uint256 x, uint256 y);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
}

/// @title The base of the Solidity tests: cheat codes and assertions, nothing downloaded
abstract contract Base {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint40 internal constant START = 1_767_574_800;

    bytes32 private constant _DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    error NotEqual(string what, uint256 found, uint256 wanted);
    error NotTrue(string what);

    function equal(uint256 found, uint256 wanted, string memory what) internal pure {
        if (found != wanted) revert NotEqual(what, found, wanted);
    }

    function truth(bool condition, string memory what) internal pure {
        if (!condition) revert NotTrue(what);
    }

    /// @dev The 66 bytes that EIP-712 has signed, for a contract of ours.
    function typedData(address contract_, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(_DOMAIN, keccak256("PrivateFundLedger"), keccak256("1"), block.chainid, contract_)
        );
        return abi.encodePacked(hex"1901", domain, structHash);
    }

    /// @dev 65 bytes r, s, v.
    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev `value` brought between `least` and `most`, both included.
    function within(uint256 value, uint256 least, uint256 most) internal pure returns (uint256) {
        return least + value % (most - least + 1);
    }
}
