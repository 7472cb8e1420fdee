// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TestToken} from "./TestToken.sol";

/// @dev A token that calls back into the system in the middle of each transfer, like ERC-777 tokens, and stores the
/// result.
contract ReentrantToken is TestToken {
    address private _target;
    bytes private _call;
    bool public tried;
    bool public succeeded;
    bytes public answer;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    function arm(address target, bytes calldata call_) external {
        (_target, _call, tried) = (target, call_, false);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_target == address(0) || from == address(0)) return;
        address target = _target;
        _target = address(0);
        tried = true;
        (succeeded, answer) = target.call(_call);
    }
}
