// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TestToken} from "../utils/TestToken.sol";

/// @dev Charges one percent of every transfer.
contract FeeToken is TestToken {
    constructor() TestToken("Fee", "FEE", 6) {}

    function _update(address from, address to, uint256 amount) internal override {
        if (from == address(0) || to == address(0)) return super._update(from, to, amount);
        super._update(from, address(0xdead), amount / 100);
        super._update(from, to, amount - amount / 100);
    }
}

/// @dev Reverts transfers from and to blocked accounts.
contract BlockingToken is TestToken {
    error Blocked(address account);
    mapping(address account => bool blocked) public isBlocked;

    constructor() TestToken("Block", "BLK", 6) {}

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        super._update(from, to, amount);
    }
}

/// @dev Transfers return no value, like those of USDT, or return false instead of reverting.
contract SilentToken {
    mapping(address account => uint256 amount) public balanceOf;
    bool public refuses;
    uint8 public constant decimals = 6;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (refuses) {
            assembly ("memory-safe") {
                mstore(0, 0)
                return(0, 32)
            }
        }
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @dev A token whose balances all grow with a factor.
contract RebasingToken is TestToken {
    uint256 private _factor = 1e18;

    constructor() TestToken("REB", "REB", 6) {}

    function rebase(uint256 factor) external {
        _factor = factor;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return super.balanceOf(account) * _factor / 1e18;
    }
}
