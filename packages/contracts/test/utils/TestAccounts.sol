// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Bounds} from "./Bounds.sol";

/// @dev Accounts of every fixture.
abstract contract TestAccounts is Bounds {
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal stranger = makeAddr("stranger");
}
