// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {ExchangeTest} from "./ExchangeTest.sol";

/// @dev An OracleMaker with 1,000,000 of collateral, oracle price 2,000, maxSpread 1% and maxAbsPosition 500, and two takers
/// with margin.
abstract contract OracleMakerTest is ExchangeTest {
    address internal maker;

    function setUp() public virtual override {
        super.setUp();
        maker = address(om);
        addMargin(alice, 900_000 * USD);
        addMargin(bob, 900_000 * USD);
    }

    /// @dev Publishes and stores a price with a confidence, both WAD.

    function setPriceWithConfidence(uint256 price, uint256 confidence) internal {
        (int64 pythPrice, uint64 conf) = (int64(uint64(price / 1e10)), uint64(confidence / 1e10));
        bytes[] memory update = new bytes[](1);
        skip(1);
        update[0] = pyth.createPriceFeedUpdateData(
            FEED, pythPrice, conf, -8, pythPrice, conf, uint64(timestamp()), uint64(timestamp() - 1)
        );
        pyth.updatePriceFeeds{value: 1}(update);
    }

    function setCharges(uint24 lpFee, uint24 confidenceFactor, uint24 maxConfidencePremium) internal {
        IOracleMaker.Parameters memory p = om.parameters();
        (p.lpFee, p.confidenceFactor, p.maxConfidencePremium) = (lpFee, confidenceFactor, maxConfidencePremium);
        setParameters(p);
    }

    function setCap(uint104 cap) internal {
        IOracleMaker.Parameters memory p = om.parameters();
        p.maxAbsPosition = cap;
        setParameters(p);
    }

    function setMinMarginRatio(uint24 ratio) internal {
        IOracleMaker.Parameters memory p = om.parameters();
        p.minMarginRatio = ratio;
        setParameters(p);
    }

    function setParameters(IOracleMaker.Parameters memory p) internal {
        vm.prank(owner());
        om.setParameters(p);
    }

    /// @dev Gives the maker an inventory: long if positive.
    function setInventory(int256 inventory) internal {
        if (inventory > 0) sell(bob, maker, uint256(inventory));
        else if (inventory < 0) buy(bob, maker, uint256(-inventory));
    }

    /// @dev Stores a new price one second later.
    function jump(uint256 price) internal {
        skip(1);
        setPrice(price);
    }
}
