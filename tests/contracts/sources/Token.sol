// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev As ERC-3643 declares it.
interface IIdentityRegistry {
    function isVerified(address _userAddress) external view returns (bool);

    function contains(address _userAddress) external view returns (bool);
}

/// @title The part of an ERC-3643 token that asks its identity registry before it transfers, for tests
contract Token {
    IIdentityRegistry public immutable identityRegistry;
    mapping(address => uint256) public balanceOf;

    constructor(address registry) {
        identityRegistry = IIdentityRegistry(registry);
        balanceOf[msg.sender] = 1_000;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        require(identityRegistry.isVerified(to), "Transfer not possible");
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        return true;
    }
}
