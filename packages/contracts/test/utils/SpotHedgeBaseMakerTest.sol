// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MakerKind} from "./MakerKind.sol";
import {SpotHedgeMakerTest} from "./SpotHedgeMakerTest.sol";

/// @dev A base vault that holds 100 base, and a pool that holds 5,000 base at 2,000.
abstract contract SpotHedgeBaseMakerTest is SpotHedgeMakerTest(MakerKind.SpotHedgeBase) {}
