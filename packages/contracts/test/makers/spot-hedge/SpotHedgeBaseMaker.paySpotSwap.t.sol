// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotAdapter} from "../../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {UniswapV3Adapter} from "../../../src/spot/UniswapV3Adapter.sol";
import {SpotHedgeBaseMakerTest} from "../../utils/SpotHedgeBaseMakerTest.sol";

/// @dev T14: payments to adapters and pools.
contract SpotHedgeBaseMakerPaySpotSwapTest is SpotHedgeBaseMakerTest {
    function test_T14_RevertIf_StrangerRequestsPayment() public {
        address adapter = address(d.spotHedgeBaseMakerAdapter);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.NotAdapter.selector, stranger, adapter));
        vm.prank(stranger);
        shb.paySpotSwap(true, 1e18, stranger);
        // The adapter is paid nothing outside a swap that the maker started.
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.NotAdapter.selector, adapter, adapter));
        vm.prank(adapter);
        shb.paySpotSwap(true, 1e18, stranger);
    }

    /// @dev A swap that a stranger starts requests its payment from the stranger, not from the maker.
    function test_T14_StrangersSwapTakesNothingFromTheVault() public {
        vm.expectRevert();
        vm.prank(stranger);
        d.spotHedgeBaseMakerAdapter.swap(true, true, 1e18, stranger);
        assertEq(shb.assetBalance(), 100e18);
    }

    function test_T14_RevertIf_CallbackIsSpoofed() public {
        UniswapV3Adapter adapter = UniswapV3Adapter(address(d.spotHedgeBaseMakerAdapter));
        address pool = adapter.poolAt(0);
        vm.expectRevert(abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, stranger, pool));
        vm.prank(stranger);
        adapter.uniswapV3SwapCallback(1e18, -1, "");
        vm.expectRevert(abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, pool, pool));
        vm.prank(pool);
        adapter.uniswapV3SwapCallback(1e18, -1, "");
    }
}
