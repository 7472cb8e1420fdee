// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TestToken} from "./TestToken.sol";

/// @dev A token whose transfers can fail, with an error of its own or by consuming all gas.
contract FaultyToken is TestToken {
    enum Fault {
        None,
        Reverts,
        BurnsGas
    }

    error Stopped(address from, address to);

    Fault public fault;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    function setFault(Fault fault_) external {
        fault = fault_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (fault == Fault.Reverts) revert Stopped(from, to);
        if (fault == Fault.BurnsGas) {
            while (true) {}
        }
        super._update(from, to, amount);
    }
}
