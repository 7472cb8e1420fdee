// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TestToken} from "./TestToken.sol";

/// @dev Refuses transfers from and to blocked accounts.
contract BlocklistToken is TestToken {
    error Blocked(address from, address to);

    mapping(address account => bool blocked) public isBlocked;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isBlocked[from] || isBlocked[to]) revert Blocked(from, to);
        super._update(from, to, amount);
    }
}
