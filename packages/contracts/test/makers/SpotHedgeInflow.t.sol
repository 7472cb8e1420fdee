// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {FeeToken} from "../utils/FeeToken.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev What LPs bring to a vault with a hedge is the breaker's credit as far as it arrives, and is no part of what a window
/// that it opens measures.
contract SpotHedgeInflowTest is ExchangeTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (1 days, 100_000, 100_000);
    }

    function createBaseToken() internal override returns (TestToken) {
        return TestToken(deployCode("FeeToken.sol:FeeToken", abi.encode("WETH", "WETH", uint8(18))));
    }

    function test_T24_BreakerCreditsWhatArrives() public {
        skip(2 days);
        setPrice(START_PRICE);
        uint256 held = weth.balanceOf(address(shb));
        FeeToken(address(weth)).takeFee();
        depositLp(lp, 0, 50e18);
        assertEq(shb.assetBalance(), held + 49.5e18);
        assertEq(d.breaker.creditOf(address(weth), address(shb)), 49.5e18);
        (, uint256 measured,,) = d.breaker.windowOf(address(weth));
        assertEq(measured, held);
    }
}
