// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {Feed} from "../../src/types/Feed.sol";
import {Price} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev The market's collateral has a feed. Stored prices of it serve 120 s, and 60 s for liquidation and executions.
/// Base and collateral may be published 10 s apart.
abstract contract CollateralFeedFixture is ExchangeTest {
    bytes32 internal constant USDC = keccak256("USDC/USD");

    function setUp() public virtual override {
        super.setUp();
        vm.prank(owner());
        oracle.setExecutor(address(this), true);
        skip(1);
        publish(2000e8, 0, 1e8, 0);
    }

    function plainWithCollateral() internal pure returns (Feed memory feed) {
        feed = plainFeed(FEED);
        feed.floatFee = 2;
        feed.collateral.pythId = USDC;
        feed.collateral.maxAge = 120;
        feed.collateral.maxExecutionAge = 60;
        feed.collateral.maxLiquidationAge = 60;
        feed.collateral.maxSkew = 10;
    }

    function marketFeed() internal virtual returns (Feed memory) {
        return plainWithCollateral();
    }

    /// @dev Stores both prices now, with 8 decimals.
    function publish(uint256 base, uint256 baseConfidence, uint256 collateral, uint256 collateralConfidence) internal {
        bytes[] memory data = new bytes[](2);
        data[0] = raw(FEED, int64(uint64(base)), uint64(baseConfidence), timestamp(), timestamp() - 1);
        data[1] = raw(USDC, int64(uint64(collateral)), uint64(collateralConfidence), timestamp(), timestamp() - 1);
        pyth.updatePriceFeeds{value: 2}(data);
    }

    function raw(bytes32 id, int64 price, uint64 confidence, uint256 time, uint256 previous)
        internal
        view
        returns (bytes memory)
    {
        return pyth.createPriceFeedUpdateData(
            id, price, confidence, -8, price, confidence, uint64(time), uint64(previous)
        );
    }

    function both(uint256 base, uint256 collateral, uint256 time) internal view returns (bytes[] memory data) {
        data = new bytes[](2);
        data[0] = raw(FEED, int64(uint64(base)), 0, time, time - 1);
        data[1] = raw(USDC, int64(uint64(collateral)), 0, time, time - 1);
    }

    function priceNow() internal view returns (uint256) {
        (Price price,,) = oracle.getPrice(market);
        return price.unwrap();
    }

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.feed = marketFeed();
    }
}
