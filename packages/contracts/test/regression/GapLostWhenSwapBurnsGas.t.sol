// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {BaseVaultGapTest} from "./BaseVaultGapTest.sol";

/// @dev A spot market that burns all the gas that it receives, like one with tiny positions at many prices.
contract GasBurner is ISpotAdapter {
    address public immutable baseToken;
    address public immutable quoteToken;
    uint256 public constant pathFee = 0;

    constructor(ISpotAdapter like) {
        (baseToken, quoteToken) = (like.baseToken(), like.quoteToken());
    }

    function isLocked() external pure returns (bool) {
        return false;
    }

    function swap(bool, bool, uint256, address) external pure returns (uint256, uint256) {
        while (true) {}
        return (0, 0);
    }
}

/// @dev A swap that burned all of its gas left too little to record the gap.
contract GapLostWhenSwapBurnsGasTest is BaseVaultGapTest {
    function test_H1_GapIsRecorded_SwapBurnsAllGas() public {
        _shortAgainstTheVault(alice, 10_000 * USD, 50e18);
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.adapter = new GasBurner(p.adapter);
        vm.prank(owner());
        shb.setParameters(p);
        jumpWithPool(2300e18);
        passWindow(alice);
        address[] memory makers = house.makersOf(market);
        vm.prank(stranger);
        backstop.deleverage{gas: 1_800_000}(market, alice, makers);
        assertFlatAndEmpty(alice);
        assertEq(shb.hedgeGap(), 50e18);
    }
}
