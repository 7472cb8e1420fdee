// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {ISpotAdapter, ISpotPayer} from "../../src/interfaces/ISpotAdapter.sol";
import {ReentrantToken} from "../utils/ReentrantToken.sol";
import {SpotVenue, UniswapV3Venue} from "../utils/SpotVenues.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev A path of two real pools whose middle token calls back during a leg that is not paid yet.
contract PathReentryTest is Test, ISpotPayer {
    SpotVenue private venue;
    ISpotAdapter private adapter;
    TestToken private base;
    ReentrantToken private middle;

    function setUp() public {
        venue = new UniswapV3Venue();
        base = new TestToken("B", "B", 18);
        middle = new ReentrantToken("M", "M", 18);
        address[] memory path = new address[](3);
        (path[0], path[1], path[2]) = (address(base), address(middle), address(new TestToken("Q", "Q", 18)));
        for (uint256 i = 0; i < 2; ++i) {
            venue.createPool(path[i], path[i + 1], 1 << 96);
            venue.provide(path[i], path[i + 1], -venue.EDGE(), venue.EDGE(), 1e24);
        }
        adapter = venue.adapterFor(path);
        base.mint(address(this), 10e18);
    }

    function paySpotSwap(bool, uint256 amount, address to) external {
        base.transfer(to, amount);
    }

    /// @dev T14: the pool sends the token before it requests payment, and the token requests payment first.
    function test_T14_RevertIf_TokenOfThePathRequestsPayment() public {
        address pool = venue.venueOf(adapter);
        middle.arm(address(adapter), venue.callback());
        (uint256 amountIn, uint256 amountOut) = adapter.swap(true, true, 1e18, address(this));
        assertTrue(middle.tried());
        assertEq(middle.answer(), abi.encodeWithSelector(ISpotAdapter.NotThePool.selector, middle, pool));
        assertEq(amountIn, 1e18);
        assertGt(amountOut, 0.99e18);
        assertEq(base.balanceOf(address(this)), 9e18, "paid once");
    }
}
