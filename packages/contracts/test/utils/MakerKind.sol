// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MakerKind} from "./MakerKind.sol";

/// @dev The makers that a suite can run against: a suite takes one as its constructor's argument.
enum MakerKind {
    Oracle,
    SpotHedgeBase,
    SpotHedgeQuote
}
