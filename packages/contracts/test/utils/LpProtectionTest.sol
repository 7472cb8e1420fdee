// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {LpRequestVaultTest} from "./LpRequestVaultTest.sol";
import {MakerKind} from "./MakerKind.sol";

/// @dev Suites about what LPs can take from each other, on every maker.
abstract contract LpProtectionTest is LpRequestVaultTest {
    constructor(MakerKind kind_) LpRequestVaultTest(kind_) {}

    /// @dev The suites redeem at prices at which the quote vault of the fixture would have to be rebalanced first.
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        if (kind == MakerKind.SpotHedgeQuote) c.spotHedgeQuoteMaker.minMarginRatio = 100_000;
    }

    /// @dev A position of about half of the maker's capacity.
    function giveInventory() internal {
        openPosition(900_000, 200e18);
    }

    /// @dev Makes the value of a share depend on the price where inventory alone does not.
    function takeSpreads() internal {
        if (kind == MakerKind.SpotHedgeBase) setSpread(shb, 5000);
    }
}
