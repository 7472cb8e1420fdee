// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TestToken} from "./TestToken.sol";

interface IHooked {
    function onTransfer() external;
}

/// @dev A token that calls registered accounts before and after each of their transfers, like ERC-777 tokens.
contract HookToken is TestToken {
    mapping(address account => bool) public isHooked;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    function setHooked(address account, bool hooked) external {
        isHooked[account] = hooked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isHooked[from]) IHooked(from).onTransfer();
        super._update(from, to, amount);
        if (isHooked[from]) IHooked(from).onTransfer();
        if (isHooked[to]) IHooked(to).onTransfer();
    }
}
