// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Reverts} from "../../src/libraries/Reverts.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev A token whose {balanceOf} fails in the configured manner for other callers than itself.
contract OddToken is TestToken {
    enum Mode {
        Plain,
        Reverts,
        BurnsAllGas,
        AnswersShort,
        AnswersLong,
        AnswersMaximum
    }

    error BalanceUnreadable(address account);

    Mode public mode;

    constructor() TestToken("Odd", "ODD", 18) {}

    function setMode(Mode mode_) external {
        mode = mode_;
    }

    function balanceOf(address account) public view override returns (uint256) {
        if (mode == Mode.Reverts) revert BalanceUnreadable(account);
        if (mode == Mode.AnswersMaximum) return type(uint256).max;
        if (mode == Mode.BurnsAllGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (mode == Mode.AnswersShort) {
            assembly ("memory-safe") {
                mstore(0, not(0))
                return(0, 31)
            }
        }
        if (mode == Mode.AnswersLong) {
            assembly ("memory-safe") {
                return(0, 100000)
            }
        }
        return super.balanceOf(account);
    }
}

/// @dev A token for which reading a balance costs `rounds` cold storage reads, about 2,100 gas each.
contract ExpensiveToken is TestToken {
    uint256 public rounds;

    constructor() TestToken("Expensive", "EXP", 18) {}

    function setRounds(uint256 rounds_) external {
        rounds = rounds_;
    }

    function balanceOf(address account) public view override returns (uint256 sum) {
        uint256 end = uint256(keccak256("slots")) + rounds;
        for (uint256 slot = uint256(keccak256("slots")); slot < end; ++slot) {
            assembly ("memory-safe") {
                sum := add(sum, sload(slot))
            }
        }
        sum += super.balanceOf(account);
    }
}
